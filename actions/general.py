"""Greetings, yes, no and cancel, loose details, and what was not understood."""

from typing import Optional

from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet

from actions.base import SportelloAction
from actions.choices import asked_again, offer_again, offered_just_before, refused
from actions.details import Details, email_given, record_named, record_written
from actions.farewell import hear_outcome
from actions.follow_ups import answer_to_a_name, shopping_answer
from actions.kept import form_aside, in_hand, keep, keep_at_hand, kept, kept_details, park, parked
from actions.not_understood import counted, say_choices_left, times_not_understood
from actions.people import ASK_HUMAN, TAKEN_BY_A_PERSON, WANTED, add_to_request, request_person
from actions.proof import RecordRef, proved_in
from actions.proving import code_outcome, owners, say_outcome
from actions.records import SLOT as TALKED_ABOUT
from actions.records import STATUS_FORM_OF_KIND, known_records, record_choices, talked_about
from actions.resuming import RESUME as RESUME_ELSEWHERE
from actions.resuming import ActionResumeElsewhere
from actions.tasks import settle
from actions.turn import CASE_FORM, Events, Turn, clear_task, end_form
from switchboard.codes import Outcome
from switchboard.handoffs import SOLVED, UNSOLVED

FORM_OF_INTENT = {
    "track_order": "order_status_form",
    "track_return": "return_status_form",
    "track_refund": "refund_status_form",
    "track_quote": "quote_status_form",
}
ONLY_A_PERSON = ("utter_not_in_chat_", "utter_details_read_")
LEAVE_TAKING = {"thank", "say_goodbye"}
TAKES_ORDERS_TOO = {"return_status_form", "refund_status_form"}
RESUME = "resume_task"


class ActionGreet(SportelloAction):
    """Greets; after thanks, "ciao" is a goodbye."""

    def name(self) -> str:
        return "action_greet"

    async def act(self, turn: Turn) -> Events:
        leaving = turn.active_form is None and turn.previous_intent() in LEAVE_TAKING
        turn.say("utter_goodbye" if leaving else "utter_greet")
        return []


class ActionAnswerYes(SportelloAction):
    """A typed "yes" is the button that the assistant's last message offered."""

    def name(self) -> str:
        return "action_answer_yes"

    async def act(self, turn: Turn) -> Events:
        if offer_again(turn, "utter_which_one"):
            return asked_again(turn)
        offer = turn.last_offer()
        if offer == ASK_HUMAN:
            return await request_person(turn)
        if offer == RESUME:
            return resume(turn)
        if offer == RESUME_ELSEWHERE:
            return await ActionResumeElsewhere().act(turn)
        if offer == SOLVED:
            return hear_outcome(turn, SOLVED)
        form = form_of_intent(turn, offer)
        if form:
            return [FollowupAction(form)]
        turn.say("utter_yes_to_what")
        return []


class ActionAnswerNo(SportelloAction):
    """A number beside a "no" corrects; a refused offer leads back to the form that stood aside for it."""

    def name(self) -> str:
        return "action_answer_no"

    async def act(self, turn: Turn) -> Events:
        ref, offer = record_named(turn, tuple(STATUS_FORM_OF_KIND)), turn.last_offer()
        if ref:
            return [FollowupAction(form_for(turn, ref))]
        if offered_just_before(turn):
            return _none_fits(turn)
        if offer == SOLVED:
            return hear_outcome(turn, UNSOLVED)
        if offer == RESUME:
            turn.say("utter_as_you_wish")
            return [*clear_task(), *park([])]
        form = form_aside(turn)
        if form and offer:
            turn.say("utter_back_to_the_question")
            return [FollowupAction(form)]
        turn.say("utter_no_again" if "utter_as_you_wish" in turn.last_responses() else "utter_as_you_wish")
        return []


class ActionCancelTask(SportelloAction):
    """Ends the running form and says so; one that waited is offered, and so are choices that were not tried."""

    def name(self) -> str:
        return "action_cancel_task"

    async def act(self, turn: Turn) -> Events:
        if turn.context.dialogue.code_words.ends_proof(turn.text) and (await proved_in(turn) or await owners(turn)):
            return _log_out(turn)
        aside = form_aside(turn)
        if turn.active_form is None:
            turn.say("utter_task_cancelled" if aside else "utter_nothing_to_cancel")
            return [*clear_task(), *park([])]
        asks_how_it_stands = turn.active_form != CASE_FORM
        turn.say("utter_task_cancelled" if asks_how_it_stands else "utter_case_cancelled")
        say_choices_left(turn)
        # Whoever gives up a request still has that order: its number is not asked again.
        known = [] if asks_how_it_stands else keep(in_hand(turn, CASE_FORM).details)
        return [*settle(turn, [*end_form(), *known], parked(turn)), ActiveLoop(None)]


class ActionResumeTask(SportelloAction):
    """Goes back to what was left for something else."""

    def name(self) -> str:
        return "action_resume_task"

    async def act(self, turn: Turn) -> Events:
        return resume(turn)


class ActionRepeat(SportelloAction):
    """Says the last answer again; inside a form its question comes back by itself."""

    def name(self) -> str:
        return "action_repeat"

    async def act(self, turn: Turn) -> Events:
        if turn.active_form:
            turn.say("utter_repeat_question")
        elif not turn.say_again():
            turn.say("utter_nothing_to_repeat")
        return []


class ActionAskOther(SportelloAction):
    """ "And the other one?": another record this conversation has proved, or a question."""

    def name(self) -> str:
        return "action_ask_other"

    async def act(self, turn: Turn) -> Events:
        last = talked_about(turn)
        known = await known_records(turn, tuple(STATUS_FORM_OF_KIND))
        others = [ref for ref in known if ref != last]
        same_kind = [ref for ref in others if last and ref.kind == last.kind] or others
        if len(same_kind) == 1:
            return [*keep(Details(same_kind[0])), FollowupAction(form_for(turn, same_kind[0]))]
        turn.say("utter_which_other", choices=record_choices(turn, same_kind))
        return []


class ActionUseDetails(SportelloAction):
    """Details nobody had asked for: a number says by itself what it is about, an e-mail waits for its number.

    After something was passed on to a person they belong to that request; while that is still offered, it is offered
    again with them.
    """

    def name(self) -> str:
        return "action_use_details"

    async def act(self, turn: Turn) -> Events:
        outcome = await code_outcome(turn)
        if outcome:
            return await _after_code(turn, outcome)
        kinds = tuple(STATUS_FORM_OF_KIND)
        ref = record_named(turn, kinds) if turn.has_entities else record_written(turn, kinds)
        email, known, form = email_given(turn), kept_details(turn), form_aside(turn)
        if _belongs_to_request(turn, form):
            return [*add_to_request(turn, ref, email), *keep(Details(ref or known.ref, email or known.email), form)]
        if form is None and (ref or email) and _offers_to_pass_on(turn):
            turn.say("utter_details_read_pass_on")
            return keep(Details(ref, email))
        if ref or (email and (form or known.ref)):
            return [FollowupAction(form if form and not ref else form_for(turn, ref or known.ref))]
        if email:
            turn.say("utter_ask_what_the_email_is_for")
            return keep(Details(None, email))
        answer = shopping_answer(turn) or await answer_to_a_name(turn)
        if answer:
            return await answer.act(turn)
        turn.say("utter_ask_what_the_details_are_for")
        return []


def form_of_intent(turn: Turn, intent: Optional[str]) -> Optional[str]:
    """The form that an intent opens, or None."""
    return CASE_FORM if intent in turn.context.dialogue.cases else FORM_OF_INTENT.get(intent or "")


def form_for(turn: Turn, ref: RecordRef) -> str:
    """The form that tells about a record: the one just used, if it takes such a number."""
    last = FORM_OF_INTENT.get(turn.previous_request() or "")
    fits = last == STATUS_FORM_OF_KIND[ref.kind] or (last in TAKES_ORDERS_TOO and ref.kind != "quote")
    return last if last and fits else STATUS_FORM_OF_KIND[ref.kind]


def resume(turn: Turn) -> Events:
    """Go on with the task at hand, or with the last one that waits."""
    at_hand, waiting = kept(turn), parked(turn)
    if at_hand.form is None and waiting:
        *waiting, at_hand = waiting
    if at_hand.form is None:
        turn.say("utter_nothing_to_resume")
        return []
    return [*keep_at_hand(at_hand), *park(waiting), FollowupAction(at_hand.form)]


def _log_out(turn: Turn) -> Events:
    """ "Esci": nothing is proved any more, and nothing that was begun or talked about is remembered."""
    turn.effect("log_out")
    turn.say("utter_logged_out")
    return [*end_form(), *park([]), SlotSet(TALKED_ABOUT, None), ActiveLoop(None)]


async def _after_code(turn: Turn, outcome: Outcome) -> Events:
    """A code while no question for it is open: what waited goes on, else the customer sees what is theirs."""
    if not await say_outcome(turn, outcome):
        return []
    form = form_aside(turn)
    if form:
        return [FollowupAction(form)]
    mine = await known_records(turn, tuple(STATUS_FORM_OF_KIND))
    turn.say("utter_proved_what_now", choices=record_choices(turn, mine))
    return []


def _none_fits(turn: Turn) -> Events:
    """Nothing of what was offered: after a first question other words are asked for, later a person is offered."""
    if times_not_understood(turn):
        turn.say("utter_not_understood_offer_person")
        return refused(turn)
    turn.say("utter_say_it_differently")
    return [*refused(turn), counted(turn, 1)]


def _belongs_to_request(turn: Turn, form: Optional[str]) -> bool:
    """Whether details are meant for the request just passed on; a form that waits for them comes before a plain one."""
    passed_on = TAKEN_BY_A_PERSON.intersection(turn.last_responses())
    return bool(passed_on) and (form is None or not passed_on <= WANTED)


def _offers_to_pass_on(turn: Turn) -> bool:
    """Whether the assistant has just said that only a person can do what was asked, and offered one."""
    return any(name.startswith(ONLY_A_PERSON) for name in turn.last_responses())
