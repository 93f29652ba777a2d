"""Preparing a request that a person of the shop will deal with: ask what is missing, sum up, pass it on after a yes.

Which requests there are and what each asks for is in `data/dialogue.yml`. What was said already is not asked, what the
customer does not have is left out, and nothing is passed on without an affirmation or a button of the very turn.
"""

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Mapping, Optional

from rasa_sdk.events import ActionExecutionRejected, SlotSet

from actions import proving
from actions.answering import ANSWERING, COURTESIES, NO_ANSWER
from actions.attachments import files_so_far
from actions.case_details import contact_given, phone_given, words_besides_details
from actions.details import NUMBER_OF_KIND, SLOT_OF_KIND, email_given, record_answered, record_named
from actions.dialogue import DETAILS
from actions.kept import Waiting, in_hand, keep, park, parked
from actions.people import PHOTO, TAKEN_BY_A_PERSON, about_case
from actions.proof import RecordRef, proved_in
from actions.proving import End
from actions.records import known_records, record_choices, say_now_about
from actions.status_forms import MAX_MISSES, MOST_DIGRESSIONS
from actions.tasks import Task
from actions.turn import (
    AFFIRM,
    CASE_FORM,
    CASE_SLOT,
    GIVE_DETAILS,
    REQUESTED_SLOT,
    Events,
    Turn,
    clear_task,
    end_form,
)
from base.emails import email_address
from switchboard.attachments import SEND

CONFIRM, CHANGE = "confirm", "change"
MAX_DESCRIPTION = 500
LEAST_WORDS_OF_AN_ACCOUNT = 4
LACKING = {"lack_details", "deny"}
# A number or an e-mail beside these is an answer; beside anything else it belongs to a new request.
ANSWERING_CASE = ANSWERING | {"track_order", "report_item_problem"}
ACCOUNT = {"give_details", "nlu_fallback", "out_of_scope"}
THINGS = ("product", "size", "color")
FACTS = (*THINGS, "quantity", "date", "amount", "place", "postal_code")


@dataclass(frozen=True)
class Case:
    """A request in the making: its intent, what is known by detail, what was left out and what is being asked.

    `code_offered`: the customer was asked once to prove who he is, and the answer is known. `told_elsewhere`: details
    that were told on another channel, and are not said back on this one.
    """

    intent: str
    known: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    asked: Optional[str] = None
    missed: int = 0
    digressions: int = 0
    code_offered: bool = False
    told_elsewhere: tuple[str, ...] = ()

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Case":
        """The case as a slot keeps it."""
        lists = {name: tuple(stored.get(name) or ()) for name in ("skipped", "told_elsewhere")}
        return cls(**{**stored, **lists})

    def next_detail(self, asks: tuple[str, ...]) -> Optional[str]:
        """What has to be asked now, or None when all is known or left out."""
        reachable = any(kind in self.known for kind in NUMBER_OF_KIND)  # by the e-mail of that order
        settled = {*self.known, *self.skipped, *(("contact",) if reachable else ())}
        return next((detail for detail in asks if detail not in settled), None)


class ValidateCaseForm(Task):
    """Leads one request from its first word to its number."""

    form = CASE_FORM

    def is_wanted(self, turn: Turn, waiting: Waiting) -> bool:
        wanted = _wanted(turn)
        return wanted is None or bool(waiting.case and waiting.case["intent"] == wanted)

    async def begin(self, turn: Turn, before: Waiting) -> Events:
        wanted, case = _wanted(turn), Case.read(before.case) if before.case else None
        if wanted and not (case and case.intent == wanted):
            return await self._open(turn, wanted, before)
        if case is None:
            turn.say("utter_ask_what_the_details_are_for")
            return end_form()
        case = await _with_files(turn, replace(case, asked=None))
        return await self._proceed(turn, self._answered(turn, case) or case)

    async def go_on(self, turn: Turn) -> Events:
        case, step = Case.read(turn.slot(CASE_SLOT)), proving.step_of(turn)
        if step:
            return await self._proof_goes_on(turn, case, step)
        if self._is_another_request(turn, case):
            return await self._leave(turn)
        case = await _with_files(turn, case)
        if case.asked in (CONFIRM, CHANGE) and turn.intent == AFFIRM:
            return await self._pass_on(turn, case)
        answered = self._answered(turn, case)
        if answered is None and turn.files:
            return await self._proceed(turn, replace(case, missed=0))
        if answered is not None:
            if answered.next_detail(turn.context.dialogue.cases[case.intent]) == case.asked:
                _say_noted(turn, case, answered)
            return await self._proceed(turn, answered)
        if case.asked == CONFIRM and turn.intent in LACKING:
            turn.say("utter_case_what_to_change")
            return _asking(replace(case, asked=CHANGE))
        return await self._missed(turn, case)

    async def come_back(self, turn: Turn) -> Events:
        case = Case.read(turn.slot(CASE_SLOT))
        answered = turn.has_asked_yes_or_no() or TAKEN_BY_A_PERSON.intersection(turn.responses_so_far())
        case = replace(case, digressions=case.digressions + (turn.intent not in COURTESIES))
        if answered or case.digressions >= MOST_DIGRESSIONS:
            if not answered:  # whoever goes on asking other things is reminded, not asked again
                turn.say(f"utter_resume_{self.form}")
            held = in_hand(turn, self.form)
            return [*end_form(), *keep(held.details, self.form, asdict(replace(case, digressions=0)))]
        step = proving.step_of(turn)
        if step:
            return [*_asking(case), *proving.remind(turn, step)]
        return await self._proceed(turn, case)

    def events_after(self, error: Exception) -> Events:
        return end_form()

    async def _open(self, turn: Turn, intent: str, before: Waiting) -> Events:
        asks = turn.context.dialogue.cases[intent]
        ref, email = before.details.ref, before.email
        known = {ref.kind: ref.number} if ref and ref.kind in asks else {}
        known |= await self._proved(turn, asks) if not known else {}
        known |= {"contact": email} if email and "contact" in asks else {}
        known |= _details_in(turn, asks, Case(intent))
        if "description" in asks and len(words_besides_details(turn)) >= turn.context.dialogue.described_by_words:
            known["description"] = turn.text[:MAX_DESCRIPTION]
        return await self._proceed(turn, await _with_files(turn, Case(intent, known, _facts_in(turn))))

    async def _leave(self, turn: Turn) -> Events:
        """The customer asks for something else: another request is prepared first, anything else answered."""
        if turn.intent not in turn.context.dialogue.cases:
            return [ActionExecutionRejected(self.form)]
        left = in_hand(turn, self.form)
        turn.say("utter_case_instead", wanted=turn.wording.label(f"intent_{turn.intent}"))
        return [*park([*parked(turn), left]), *await self._open(turn, turn.intent, left)]

    async def _proof_goes_on(self, turn: Turn, case: Case, step: proving.Step) -> Events:
        progress = await proving.go_on(turn, step, case.intent)
        if progress.end == End.ASIDE:
            return await self._leave(turn)
        if progress.end == End.WITHOUT:
            turn.say("utter_without_code_case")
        if progress.end:
            return await self._proceed(turn, replace(case, code_offered=True))
        return [*_asking(case), *(progress.events or [])]

    async def _proved(self, turn: Turn, asks: tuple[str, ...]) -> dict[str, str]:
        """The one record this customer is known to have, if it is of a kind that is asked for."""
        proved = await known_records(turn, asks)
        return {proved[-1].kind: proved[-1].number} if len(proved) == 1 else {}

    def _is_another_request(self, turn: Turn, case: Case) -> bool:
        if turn.leaves_open_besides(case.intent):
            return True
        if turn.intent in NO_ANSWER or turn.intent in (case.intent, SEND):
            return False
        if case.asked in ("description", CHANGE) and "?" not in turn.text:
            return turn.intent in turn.context.dialogue.heard_in_a_description
        if "?" not in turn.text and (self._is_told(turn, case) or not self._is_sure(turn)):
            return False
        return turn.intent not in ANSWERING_CASE or not self._given(turn, case)

    def _is_sure(self, turn: Turn) -> bool:
        return turn.confidence >= turn.context.dialogue.leaves_a_case_at

    def _is_told(self, turn: Turn, case: Case) -> bool:
        """Whether a complaint is what the case still has to be told: one about a thing."""
        about_a_thing = turn.intent in turn.context.dialogue.told_in_a_case and turn.entities.intersection(THINGS)
        return bool(about_a_thing) and self._describes(turn, case)

    def _answered(self, turn: Turn, case: Case) -> Optional[Case]:
        """The case with what this message adds to it, or None when it adds nothing."""
        given = {name: told for name, told in self._given(turn, case).items() if told != case.known.get(name)}
        if not given and not turn.is_files_alone and (self._tells(turn, case) or self._describes(turn, case)):
            given = {"description": _joined(case.known.get("description"), turn.text)}
        if given:
            return replace(case, known={**case.known, **given}, facts={**case.facts, **_facts_in(turn)}, missed=0)
        if turn.intent in LACKING and "?" not in turn.text and case.asked in turn.context.dialogue.cases[case.intent]:
            return replace(case, skipped=(*case.skipped, case.asked), missed=0)
        return None

    def _given(self, turn: Turn, case: Case) -> dict[str, str]:
        return _details_in(turn, turn.context.dialogue.cases[case.intent], case)

    def _tells(self, turn: Turn, case: Case) -> bool:
        """Whether the message, which holds no detail, is the customer's own account."""
        if case.asked in ("description", CHANGE):
            return turn.intent not in LACKING | {AFFIRM} and bool(words_besides_details(turn))
        return case.asked == CONFIRM and "?" not in turn.text and turn.intent in ACCOUNT | {case.intent}

    def _describes(self, turn: Turn, case: Case) -> bool:
        """Whether the message tells what was going to be asked later: "le sedie che ho preso, sono scomode"."""
        wanted = "description" in turn.context.dialogue.cases[case.intent] and "description" not in case.known
        return wanted and turn.intent not in LACKING and len(words_besides_details(turn)) >= LEAST_WORDS_OF_AN_ACCOUNT

    async def _missed(self, turn: Turn, case: Case) -> Events:
        case = replace(case, missed=case.missed + 1)
        if case.missed < MAX_MISSES or case.asked in (CONFIRM, CHANGE):
            turn.say(_most_special(turn, f"utter_case_explain_{case.asked}", case.intent))
            return _asking(case)
        return await self._proceed(turn, replace(case, skipped=(*case.skipped, case.asked or ""), missed=0))

    async def _proceed(self, turn: Turn, case: Case) -> Events:
        detail = case.next_detail(turn.context.dialogue.cases[case.intent])
        if detail:
            known = await known_records(turn, (detail,)) if detail in NUMBER_OF_KIND else []
            response = _most_special(turn, f"utter_case_ask_{detail}", case.intent)
            turn.say(response, choices=record_choices(turn, known, GIVE_DETAILS))
            return _asking(replace(case, asked=detail))
        if await _has_to_be_proved(turn, case):
            email, known_there = await _email_of(turn, case)
            offered = proving.offer(turn, email, known_there) if email else proving.ask_email(turn)
            return [*_asking(replace(case, asked=CONFIRM)), *offered]
        turn.say("utter_case_summary", summary=_summary(turn, case))
        return _asking(replace(case, asked=CONFIRM))

    async def _pass_on(self, turn: Turn, case: Case) -> Events:
        about = {**about_case(case.known, case.facts), **await proving.identity_for_staff(turn, _ref_of(case))}
        turn.effect("staff_request", reason=f"intent:{case.intent}", about=about)
        turn.say(_most_special(turn, "utter_case_passed_on", case.intent))
        return [*end_form(), *keep(in_hand(turn, self.form).details)]  # "e i soldi quando tornano?" is about the same


async def _has_to_be_proved(turn: Turn, case: Case) -> bool:
    """Whether a code is offered now: for what changes something, once, where codes are sent and nothing is proved."""
    wanted = turn.context.codes and not case.code_offered and case.intent in turn.context.dialogue.proved_first
    return wanted and not await proving.owners(turn)


async def _email_of(turn: Turn, case: Case) -> tuple[Optional[str], bool]:
    """Where a code can be sent without asking, and whether the shop is known to have that e-mail.

    The record's own e-mail only for a customer who has named it with the number; nobody learns it from a number alone.
    """
    ref = _ref_of(case)
    if ref is None:
        return email_address(case.known.get("contact", "")), False
    if ref in await proved_in(turn):
        return await turn.context.shop.email_of(ref.kind, ref.number), True
    return None, False


def _ref_of(case: Case) -> Optional[RecordRef]:
    return next((RecordRef(kind, case.known[kind]) for kind in NUMBER_OF_KIND if kind in case.known), None)


async def _with_files(turn: Turn, case: Case) -> Case:
    """The case with the files it will take along; those that came with this message are acknowledged."""
    if turn.files:
        turn.say("utter_attachment_in_case")
    count = await files_so_far(turn)
    return replace(case, known={**case.known, PHOTO: str(count)}) if count else case


def _say_noted(turn: Turn, before: Case, after: Case) -> None:
    """Something else was told than what was asked: it was heard, and the question is still open."""
    kind = next((kind for kind in NUMBER_OF_KIND if after.known.get(kind) != before.known.get(kind)), None)
    if kind:
        say_now_about(turn, RecordRef(kind, after.known[kind]))
    else:
        turn.say("utter_case_noted")


def _wanted(turn: Turn) -> Optional[str]:
    """The request that the message opens, itself or by accepting an offer."""
    cases = turn.context.dialogue.cases
    return next((intent for intent in (turn.intent, turn.last_offer()) if intent in cases), None)


def _asking(case: Case) -> Events:
    """The events that keep `case` and wait for an answer."""
    cleared = [event for event in clear_task() if event["name"] != CASE_SLOT]
    kind = next((kind for kind in NUMBER_OF_KIND if kind in case.known), None)
    held = [SlotSet(SLOT_OF_KIND[kind], case.known[kind])] if kind else []
    return [*cleared, *held, SlotSet(CASE_SLOT, asdict(case)), SlotSet(REQUESTED_SLOT, CASE_SLOT)]


def _details_in(turn: Turn, asks: tuple[str, ...], case: Case) -> dict[str, str]:
    """The details among `asks` that the message gives by itself."""
    given: dict[str, str] = {}
    for kind in (detail for detail in asks if detail in NUMBER_OF_KIND):
        before = RecordRef(kind, case.known[kind]) if kind in case.known else None
        read = record_answered if case.asked == kind else record_named
        ref = read(turn, (kind,), before)
        if ref and ref != before:
            given[kind] = ref.number
    if "phone" in asks and (phone := phone_given(turn)):
        given["phone"] = phone
    if "contact" in asks and (contact := email_given(turn) or contact_given(turn, case.asked == "contact")):
        given["contact"] = contact
    return given


def _facts_in(turn: Turn) -> dict[str, str]:
    """What the message mentions besides details: product, size, day…"""
    return {name: ", ".join(values) for name in FACTS if (values := turn.entity_values(name))}


def _joined(before: Optional[str], words: str) -> str:
    return (f"{before} {words}" if before else words)[:MAX_DESCRIPTION]


def _summary(turn: Turn, case: Case) -> str:
    """One line for what is wanted and one for each detail."""
    wording = turn.wording
    known = {name: _shown(turn, case, name) for name in DETAILS if name in case.known}
    lines = [wording.label(f"case_{name}", value=value) for name, value in known.items()]
    return "\n".join([wording.label(f"intent_{case.intent}"), *lines])


def _shown(turn: Turn, case: Case, detail: str) -> str:
    """A detail as it is said back; one that was told on another channel is not."""
    return turn.wording.label("case_told_elsewhere") if detail in case.told_elsewhere else case.known[detail]


def _most_special(turn: Turn, response: str, intent: str) -> str:
    """The response written for this intent alone, or the one for all."""
    special = f"{response}_{intent}"
    return special if special in turn.context.texts.responses else response
