"""Greetings, yes, no and cancel, loose details, and what was not understood."""

from typing import Optional

from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet

from actions.base import SportelloAction
from actions.details import Details, email_given, record_named, record_written
from actions.kept import form_aside, keep, kept_details
from actions.people import ASK_HUMAN, TAKEN_BY_A_PERSON, add_to_request, request_person
from actions.turn import Events, Turn, clear_task, end_form

FORM_OF_KIND = {"order": "order_status_form", "return": "return_status_form", "quote": "quote_status_form"}
FORM_OF_INTENT = {
    "track_order": "order_status_form",
    "track_return": "return_status_form",
    "track_refund": "refund_status_form",
    "track_quote": "quote_status_form",
}
ONLY_A_PERSON = ("utter_not_in_chat_", "utter_details_read_")
LEAVE_TAKING = {"thank", "say_goodbye"}
ANSWER_WHEN_NOT_UNDERSTOOD = ("utter_rephrase", "utter_choices", "utter_not_understood_offer_person")


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
        offer = turn.last_offer()
        if offer == ASK_HUMAN:
            return request_person(turn)
        if offer in FORM_OF_INTENT:
            return [FollowupAction(FORM_OF_INTENT[offer])]
        turn.say("utter_yes_to_what")
        return []


class ActionAnswerNo(SportelloAction):
    """A refused offer leads back to the form that stood aside for it."""

    def name(self) -> str:
        return "action_answer_no"

    async def act(self, turn: Turn) -> Events:
        form = form_aside(turn)
        if form and turn.last_offer():
            turn.say("utter_back_to_the_question")
            return [FollowupAction(form)]
        turn.say("utter_as_you_wish")
        return []


class ActionCancelTask(SportelloAction):
    """Ends the running form and says so."""

    def name(self) -> str:
        return "action_cancel_task"

    async def act(self, turn: Turn) -> Events:
        if turn.active_form is None:
            turn.say("utter_task_cancelled" if form_aside(turn) else "utter_nothing_to_cancel")
            return clear_task()
        turn.say("utter_task_cancelled")
        return [*end_form(), ActiveLoop(None)]


class ActionUseDetails(SportelloAction):
    """Details nobody had asked for: a number says by itself what it is about, an e-mail waits for its number.

    After something was passed on to a person they belong to that request; while that is still offered, it is offered
    again with them.
    """

    def name(self) -> str:
        return "action_use_details"

    async def act(self, turn: Turn) -> Events:
        kinds = tuple(FORM_OF_KIND)
        ref = record_named(turn, kinds) if turn.has_entities else record_written(turn, kinds)
        email, kept, form = email_given(turn), kept_details(turn), form_aside(turn)
        if _belongs_to_request(turn, form):
            return [*add_to_request(turn, ref), *keep(Details(ref or kept.ref, email or kept.email), form)]
        if form is None and (ref or email) and _offers_to_pass_on(turn):
            turn.say("utter_details_read_pass_on")
            return keep(Details(ref, email))
        if ref or (email and (form or kept.ref)):
            return [FollowupAction(form if form and not ref else FORM_OF_KIND[(ref or kept.ref).kind])]
        if email:
            turn.say("utter_ask_what_the_email_is_for")
            return keep(Details(None, email))
        turn.say("utter_ask_what_the_details_are_for")
        return []


def _belongs_to_request(turn: Turn, form: Optional[str]) -> bool:
    """Whether details are meant for the request just passed on; a form that waits for them comes before a plain one."""
    passed_on = TAKEN_BY_A_PERSON.intersection(turn.last_responses())
    return bool(passed_on) and (form is None or passed_on != {"utter_person_requested"})


def _offers_to_pass_on(turn: Turn) -> bool:
    """Whether the assistant has just said that only a person can do what was asked, and offered one."""
    return any(name.startswith(ONLY_A_PERSON) for name in turn.last_responses())


class ActionNotUnderstood(SportelloAction):
    """First a way to say it better, then the likely choices, then a person; counted over turns in a row."""

    def name(self) -> str:
        return "action_not_understood"

    async def act(self, turn: Turn) -> Events:
        times = _misunderstood_before(turn.slot("misunderstood"), turn.previous_turn_id()) + 1
        turn.say(ANSWER_WHEN_NOT_UNDERSTOOD[min(times, len(ANSWER_WHEN_NOT_UNDERSTOOD)) - 1])
        return [SlotSet("misunderstood", {"turn_id": turn.id, "times": times})]


def _misunderstood_before(last: Optional[dict], previous_turn_id: Optional[str]) -> int:
    return last["times"] if last and previous_turn_id and last["turn_id"] == previous_turn_id else 0
