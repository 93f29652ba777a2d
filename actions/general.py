"""Yes and cancel, loose numbers, and what was not understood."""

from typing import Optional

from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet

from actions.base import SportelloAction
from actions.details import email_given, record_named, record_written
from actions.people import ASK_HUMAN, request_person
from actions.turn import Events, Turn, end_form

FORM_OF_KIND = {"order": "order_status_form", "return": "return_status_form", "quote": "quote_status_form"}
FORM_OF_INTENT = {
    "track_order": "order_status_form",
    "track_return": "return_status_form",
    "track_refund": "refund_status_form",
    "track_quote": "quote_status_form",
}
ANSWER_WHEN_NOT_UNDERSTOOD = ("utter_rephrase", "utter_choices", "utter_not_understood_offer_person")


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


class ActionCancelTask(SportelloAction):
    """Ends the running form and says so."""

    def name(self) -> str:
        return "action_cancel_task"

    async def act(self, turn: Turn) -> Events:
        if turn.active_form is None:
            turn.say("utter_nothing_to_cancel")
            return []
        turn.say("utter_task_cancelled")
        return [*end_form(), ActiveLoop(None)]


class ActionUseDetails(SportelloAction):
    """A number or an e-mail nobody had asked for: a number says by itself what it is about."""

    def name(self) -> str:
        return "action_use_details"

    async def act(self, turn: Turn) -> Events:
        kinds = tuple(FORM_OF_KIND)
        ref = record_named(turn, kinds) if turn.has_entities else record_written(turn, kinds)
        if ref:
            return [FollowupAction(FORM_OF_KIND[ref.kind])]
        turn.say("utter_ask_what_the_email_is_for" if email_given(turn) else "utter_ask_what_the_details_are_for")
        return []


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
