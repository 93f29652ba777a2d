"""Handing a request, or the customer, to the people of the shop.

Where nobody works at a desk, whoever wants a person has a numbered request. Where somebody does, the customer waits in
their queue, now or from the next opening on; until then the assistant goes on.
"""

from types import MappingProxyType
from typing import Any, Mapping, Optional

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import SportelloAction
from actions.copying import COPY_FORM
from actions.details import NUMBER_OF_KIND, SLOT_OF_KIND, Details, record_named
from actions.kept import keep, kept
from actions.proof import RecordRef, proved_in
from actions.proving import identity_for_staff
from actions.records import STATUS_FORM_OF_KIND, talked_about
from actions.routing import PLACES, decide
from actions.turn import CASE_SLOT, Events, Turn
from base.emails import email_address, masked_email
from switchboard import agents, contacts, handoffs, staff_requests

ASK_HUMAN = "ask_human"
WEB = "web"
ANGER, LEGAL_THREAT = "anger", "legal_threat"  # reasons
PHOTO = "photo"  # the detail of a case that counts its files
REASON_OF_RESPONSE = {
    "utter_error_too_many_attempts": "attempts",
    "utter_not_understood_offer_person": "not_understood",
    "utter_offer_person_for_missing_details": "not_understood",
    "utter_without_code_number": "asked",
    "utter_sorry_not_solved": "asked",
}
# What a person has to do anyway is passed on at once, and the customer is told so.
PASSED_ON = {
    "withdraw_from_contract": "utter_withdrawal_passed_on",
    "request_my_data": "utter_data_request_passed_on",
    "erase_my_data": "utter_erasure_passed_on",
    "change_consent": "utter_consent_passed_on",
}
WANTED = {"utter_person_requested", "utter_person_waiting", "utter_person_waiting_usual", "utter_person_when_open"}
TAKEN_BY_A_PERSON = {
    *WANTED,
    "utter_added_to_request",
    "utter_added_again",
    "utter_case_passed_on",
    *PASSED_ON.values(),
}


class ActionRequestPerson(SportelloAction):
    """The customer wants a person: leave a numbered request, with the conversation."""

    def name(self) -> str:
        return "action_request_person"

    async def act(self, turn: Turn) -> Events:
        return await request_person(turn)


class ActionTellAnswerTime(SportelloAction):
    """When somebody will answer: at the next opening, if that is what is waited for; else nobody here knows the hour.

    Without a request it is how the last one ended, or it is asked of the record that was talked about.
    """

    def name(self) -> str:
        return "action_tell_answer_time"

    async def act(self, turn: Turn) -> Events:
        database = turn.context.database
        number = await database.read(staff_requests.latest_open_of, turn.conversation_id)
        handoff = await database.read(handoffs.latest_of, turn.conversation_id)
        if number is not None and handoff is not None and handoff.ended_at is None and handoff.waits_from > turn.now:
            opens = turn.wording.moment(handoff.waits_from)
            turn.say("utter_person_comes_when_open", number=handoff.number, opens=opens)
            return []
        if number is not None:
            turn.say("utter_answer_time", number=number)
            return []
        ref = talked_about(turn)
        if ref and turn.active_form is None:
            return [FollowupAction(STATUS_FORM_OF_KIND[ref.kind])]
        if handoff is not None and handoff.ending == handoffs.GIVEN_BACK:
            turn.say("utter_dealt_with_told" if handoff.told else "utter_dealt_with", told=handoff.told)
            return []
        turn.say("utter_nobody_is_asked_yet")
        return []


class ActionComplain(SportelloAction):
    """Anger is met once, with a way out; whoever stays angry is handed to a person without another question."""

    def name(self) -> str:
        return "action_complain"

    async def act(self, turn: Turn) -> Events:
        if turn.slot("complained"):
            turn.say("utter_complain_again")
            return await hand_over(turn, ANGER, _about(turn))
        turn.say("utter_complain")
        return [SlotSet("complained", True)]


class ActionTakeSeriously(SportelloAction):
    """Lawyers, courts or authorities were named: a person takes over at once, and nothing is argued."""

    def name(self) -> str:
        return "action_take_seriously"

    async def act(self, turn: Turn) -> Events:
        turn.say("utter_taken_seriously")
        return await hand_over(turn, LEGAL_THREAT, _about(turn))


class ActionPassToStaff(SportelloAction):
    """The customer asked for something that only a person can do: pass it on without asking again."""

    def name(self) -> str:
        return "action_pass_to_staff"

    async def act(self, turn: Turn) -> Events:
        if turn.context.codes and turn.context.dialogue.wants_copy(turn.text):
            return [FollowupAction(COPY_FORM)]
        turn.say(PASSED_ON[turn.intent])
        about = {**_numbers(_entities(turn)), **await identity_for_staff(turn)}
        turn.effect("staff_request", reason=f"intent:{turn.intent}", about=about)
        ref = record_named(turn, tuple(SLOT_OF_KIND))
        return keep(Details(ref)) if ref else []


async def request_person(turn: Turn) -> Events:
    """Hand the customer over, or say that the request was passed on.

    What it is about is what the offer just accepted was about.
    """
    accepted = turn.last_offer() == ASK_HUMAN
    about = _about(turn, turn.previous_entities() if accepted else {})
    return await hand_over(turn, _reason(turn) if accepted else "asked", about)


async def hand_over(turn: Turn, reason: str, about: Mapping[str, str]) -> Events:
    """The customer waits for a person, now or from the opening on; where nobody is at a desk he has a request."""
    rules = turn.context.desk
    if rules is None or not await _is_staffed(turn):
        turn.say("utter_person_requested")
        turn.effect("staff_request", reason=reason, about=about)
        return []
    context = turn.context
    told = {**_said_now(turn), **about}
    decision = await decide(context.database, context.shop, rules, turn.conversation_id, reason, told, turn.now)
    hours = rules.of(decision.department)
    opens = None if hours.is_open(turn.now) else hours.opens_next(turn.now)
    if opens:
        turn.say("utter_person_when_open", opens=turn.wording.moment(opens))
    else:
        await _say_waiting(turn, decision.department)
    where = await _where_to_answer(turn, already_asked=opens is not None)
    opening = opens.isoformat() if opens else None
    turn.effect("handoff", reason=reason, about=about, opens=opening, way=decision.way(), **where)
    return []


async def people_are_there(turn: Turn) -> bool:
    """Whether somebody of the shop answers in the chat at this hour."""
    rules = turn.context.desk
    return rules is not None and rules.is_open(turn.now) and await _is_staffed(turn)


async def _is_staffed(turn: Turn) -> bool:
    return await turn.context.database.read(agents.is_staffed)


async def _where_to_answer(turn: Turn, already_asked: bool) -> dict[str, Any]:
    """Tell where the answer reaches a customer who leaves the web chat, and ask where, once, if nobody knows.

    What the switchboard has to keep of it: `contact`, an e-mail, or `asks_contact`. `already_asked`: the words before
    these ask for one.
    """
    if turn.channel != WEB:
        return {}
    reach = await turn.context.database.read(contacts.reach_of, turn.conversation_id, turn.now)
    email = reach.email or await _email_given(turn)
    if reach.telegram:
        turn.say("utter_contact_telegram")
    elif turn.context.codes and email:
        turn.say("utter_contact_email", email=masked_email(email))
        return {"contact": email}
    elif turn.context.codes and not reach.asked:
        if not already_asked:
            turn.say("utter_contact_ask")
        return {"asks_contact": True}
    elif not already_asked:
        turn.say("utter_contact_only_here")
    return {}


async def _say_waiting(turn: Turn, department: Optional[str]) -> None:
    """How long customers of the department have lately waited is told where enough of them have."""
    usual = await turn.context.database.read(handoffs.usual_wait, turn.now, department)
    if usual is None:
        turn.say("utter_person_waiting")
        return
    minutes = round(usual.total_seconds() / 60)
    label = turn.wording.label
    wait = label("wait_minutes", minutes=str(minutes)) if minutes > 1 else label("wait_a_minute")
    turn.say("utter_person_waiting_usual", wait=wait)


async def _email_given(turn: Turn) -> Optional[str]:
    """The e-mail that the customer has written for a request, or with the number of a record that has it."""
    written = email_address(turn.slot("email") or kept(turn).email or "")
    if written:
        return written
    ref = next(reversed(await proved_in(turn)), None)
    return await turn.context.shop.email_of(ref.kind, ref.number) if ref else None


def _about(turn: Turn, before: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """What a person is wanted for: the case so far, and the numbers of this message or `before`, else the last ones."""
    return {**_case_so_far(turn), **(_numbers({**before, **_entities(turn)}) or _talked_about(turn))}


def about_case(known: Mapping[str, str], facts: Mapping[str, str]) -> dict[str, str]:
    """What staff read of a case: the facts it mentions and its details, numbers under the names of their slots.

    Files go with the request by themselves.
    """
    details = {SLOT_OF_KIND.get(name, name): value for name, value in known.items() if name != PHOTO}
    return {**facts, **details}


def _case_so_far(turn: Turn) -> dict[str, str]:
    case = turn.slot(CASE_SLOT)
    return {"case": case["intent"], **about_case(case["known"], case["facts"])} if case else {}


def _talked_about(turn: Turn) -> dict[str, str]:
    """The record that was told about last, when nothing else says what a person is wanted for."""
    ref = talked_about(turn)
    return {SLOT_OF_KIND[ref.kind]: ref.number} if ref else {}


def add_to_request(turn: Turn, ref: Optional[RecordRef], email: Optional[str] = None) -> Events:
    """Add what was just written to the request passed on before it; an `email` is where to answer."""
    again = "utter_added_to_request" in turn.last_responses()
    turn.say("utter_added_again" if again else "utter_added_to_request")
    about = {SLOT_OF_KIND[ref.kind]: ref.number} if ref else {}
    about |= {"contact": email} if email else {}
    turn.effect("staff_request", reason="added", about=about)
    return []


def _reason(turn: Turn) -> str:
    reasons = (REASON_OF_RESPONSE.get(name) for name in turn.last_responses())
    known = next((reason for reason in reasons if reason), None)
    wanted = turn.previous_request()
    if known or not wanted or wanted == ASK_HUMAN:
        return known or "asked"
    return f"intent:{wanted}"


def _said_now(turn: Turn) -> dict[str, str]:
    """What else the latest message names, which the log does not know yet."""
    return {name: values[-1] for name in (*PLACES, "product") if (values := turn.entity_values(name))}


def _entities(turn: Turn) -> dict[str, str]:
    return {name: values[-1] for name in SLOT_OF_KIND.values() if (values := turn.entity_values(name))}


def _numbers(entities: dict[str, str]) -> dict[str, str]:
    """The numbers among `entities`, in canonical form."""
    read = ((SLOT_OF_KIND[kind], number_in) for kind, number_in in NUMBER_OF_KIND.items())
    return {name: number for name, number_in in read if (number := number_in(entities.get(name, "")))}
