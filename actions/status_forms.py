"""What the four status forms share: ask for a number, then for its e-mail unless it is proved, then tell.

Rasa runs the form; the class of a topic says which numbers it takes and what it tells. The whole message is read here,
once a turn, so that a digit typed after a question is understood whatever intent it was given. After a wrong try number
and e-mail are held, so that only the wrong one has to be written again; after another question the form stands aside,
so that "yes" and "no" have one meaning.
"""

from abc import abstractmethod
from typing import ClassVar

from rasa_sdk.events import ActionExecutionRejected, SlotSet

from actions import proving
from actions.answering import ANSWERING, COURTESIES, NO_ANSWER
from actions.details import SLOT_OF_KIND, Details, email_given, record_answered, record_named, records_named
from actions.kept import Waiting, keep
from actions.people import TAKEN_BY_A_PERSON
from actions.proof import RecordRef, prove
from actions.proving import End
from actions.records import (
    known_records,
    named_by_article,
    now_talked_about,
    record_choices,
    say_now_about,
    talked_about,
)
from actions.tasks import Task
from actions.turn import DENY, REQUESTED_SLOT, Events, Turn, clear_task, end_form
from shop.errors import RecordNotFound

MAX_MISSES = 2
LACKING = "lack_details"
MOST_DIGRESSIONS = 2  # after which a question comes back by itself
CORRECTION = "correction"  # asked for after a wrong try: the number, the e-mail or both


class StatusForm(Task):
    """One step of a status form; subclasses name the form, its intent and the kinds of numbers it takes."""

    intent: ClassVar[str]
    kinds: ClassVar[tuple[str, ...]]  # the first is the one that is asked for

    @abstractmethod
    async def tell(self, turn: Turn, ref: RecordRef) -> None:
        """Say how things stand with a record the customer may hear about."""

    async def can_tell(self, turn: Turn, ref: RecordRef) -> bool:
        """Whether there is something to tell about a record that was not named, only talked about before."""
        return ref.kind == self.kinds[0]

    def events_after(self, error: Exception) -> Events:
        if isinstance(error, RecordNotFound):
            return [*clear_task(), SlotSet(REQUESTED_SLOT, self._number_slot)]
        return end_form()

    async def begin(self, turn: Turn, before: Waiting) -> Events:
        known = before.details
        known_ref = known.ref if known.ref and known.ref.kind in self.kinds else None
        given = Details(record_named(turn, self.kinds) or known_ref, email_given(turn) or known.email)
        if len(records_named(turn, self.kinds)) > 1:
            turn.say("utter_one_number_at_a_time")
        if given.ref is None:
            meant = await self._meant(turn)
            if len(meant) == 1:
                return await self._tell_of_the_one_meant(turn, meant[0])
            if meant:
                turn.say("utter_which_record", choices=record_choices(turn, meant, self.intent))
                return end_form()
        return await self._proceed(turn, given)

    async def _tell_of_the_one_meant(self, turn: Turn, ref: RecordRef) -> Events:
        """About a record that was not named; whoever asks on after the answer hears that there is no more to tell."""
        await self.tell(turn, ref)
        if turn.says_the_same_again():
            turn.drop_cards()
            turn.say("utter_no_more_news")
        elif not turn.offers_something():
            turn.say(f"utter_if_another_{ref.kind}")
        return [*end_form(), *now_talked_about(ref)]

    async def go_on(self, turn: Turn) -> Events:
        step, held = proving.step_of(turn), self._held(turn)
        if step and record_named(turn, self.kinds) is None:
            return await self._proof_goes_on(turn, step)
        if step:  # the number was found meanwhile: with the e-mail it is enough
            held = Details(None, step.email)
        given = Details(record_answered(turn, self.kinds, held.ref), email_given(turn, held.email))
        answers = given != Details()
        of_another_kind = given.ref is None and record_named(turn, tuple(SLOT_OF_KIND)) is not None
        if turn.leaves_open_besides(self.intent):
            return [ActionExecutionRejected(self.form)]
        if of_another_kind or turn.intent not in (ANSWERING if answers else NO_ANSWER) | {self.intent}:
            return [ActionExecutionRejected(self.form)]
        if not answers and self._lacks_number(turn):
            return self._without_number(turn, held)
        if not answers:
            return self._explain(turn)
        return await self._proceed(turn, Details(given.ref or held.ref, given.email or held.email))

    async def come_back(self, turn: Turn) -> Events:
        """After something else was answered: ask again, twice at most.

        Not if that answer was a question or a person took over, nor for whoever goes on asking other things: the task
        waits, with what is known.
        """
        times = int(turn.slot("digressions") or 0) + (turn.intent not in COURTESIES)
        answered = turn.has_asked_yes_or_no() or TAKEN_BY_A_PERSON.intersection(turn.responses_so_far())
        if answered or times > MOST_DIGRESSIONS:
            return [*end_form(), *keep(self._held(turn), self.form)]
        step = proving.step_of(turn)
        if step:
            return [SlotSet("digressions", times), *proving.remind(turn, step)]
        return [SlotSet("digressions", times), SlotSet(REQUESTED_SLOT, turn.slot(REQUESTED_SLOT))]

    async def _proceed(self, turn: Turn, details: Details) -> Events:
        if details.ref is None:
            if email_given(turn):
                turn.say("utter_email_noted")
            return self._ask(self._number_slot, details)
        try:
            proved = await prove(turn, details.ref, details.email)
        except RecordNotFound as error:
            turn.say("utter_still_not_found" if error.response in turn.last_responses() else error.response)
            return self._ask(CORRECTION, details)
        if not proved:
            if self._held(turn).ref not in (None, details.ref):
                say_now_about(turn, details.ref)
            return self._ask("email", details)
        await self.tell(turn, details.ref)
        return [*end_form(), *now_talked_about(details.ref)]

    def _lacks_number(self, turn: Turn) -> bool:
        """Whether the customer says that he has no number, where a code is another way."""
        asked = turn.context.codes and turn.slot(REQUESTED_SLOT) == self._number_slot
        return asked and turn.intent in (LACKING, DENY)

    def _without_number(self, turn: Turn, held: Details) -> Events:
        """Whoever has no number can see what is theirs after a code."""
        if held.email:
            return proving.offer(turn, held.email, known=False)
        return proving.ask_email(turn, "utter_code_ask_email_without_number")

    async def _proof_goes_on(self, turn: Turn, step: proving.Step) -> Events:
        progress = await proving.go_on(turn, step, self.intent)
        if progress.end == End.ASIDE:
            return [ActionExecutionRejected(self.form)]
        if progress.end == End.WITHOUT:
            turn.say("utter_without_code_number")
            return [*end_form(), *keep(Details(None, step.email))]
        return await self._choose(turn) if progress.end else (progress.events or [])

    async def _choose(self, turn: Turn) -> Events:
        """After proof: tell of the only record there is, or let the customer choose."""
        meant = await self._meant(turn)
        if len(meant) == 1:
            return await self._tell_of_the_one_meant(turn, meant[0])
        if meant:
            turn.say("utter_which_record", choices=record_choices(turn, meant, self.intent))
        else:
            turn.say(f"utter_none_of_yours_{self.kinds[0]}")
        return end_form()

    def _explain(self, turn: Turn) -> Events:
        missed = int(turn.slot("missed_answers") or 0) + 1
        if missed >= MAX_MISSES:
            turn.say("utter_offer_person_for_missing_details")
            return [*end_form(), *keep(self._held(turn))]
        asked = turn.slot(REQUESTED_SLOT) or self._number_slot
        turn.say(f"utter_explain_{asked}")
        return [SlotSet("missed_answers", missed), SlotSet(REQUESTED_SLOT, asked)]

    def _ask(self, slot: str, details: Details) -> Events:
        held = {SLOT_OF_KIND[details.ref.kind]: details.ref.number} if details.ref else {}
        kept = {**held, "email": details.email}
        cleared = [event for event in clear_task() if event["name"] not in kept]
        return [*cleared, *(SlotSet(name, value) for name, value in kept.items()), SlotSet(REQUESTED_SLOT, slot)]

    def _held(self, turn: Turn) -> Details:
        numbers = ((kind, turn.slot(SLOT_OF_KIND[kind])) for kind in self.kinds)
        return Details(next((RecordRef(kind, number) for kind, number in numbers if number), None), turn.slot("email"))

    async def _meant(self, turn: Turn) -> list[RecordRef]:
        """The records that a message without a number can mean: by an article in it, or the one talked about last."""
        known = [ref for kind in self.kinds for ref in await known_records(turn, (kind,))]
        told = [ref for ref in known if await self.can_tell(turn, ref)]
        last = talked_about(turn)
        by_article = await named_by_article(turn, told)
        if by_article or not told:
            return by_article or [ref for ref in known if ref == last]
        return [last] if last in told else told

    @property
    def _number_slot(self) -> str:
        return SLOT_OF_KIND[self.kinds[0]]
