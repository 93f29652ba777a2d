"""What to say when a message was not understood, or may mean one of two things.

What is close is asked once. Else each step differs from the one before, and the last is a person.
"""

from typing import Any, Optional

from rasa_sdk.events import SlotSet

from actions.base import SportelloAction
from actions.choices import NONE_FITS, ask_which, choices_left, offer, refused_just_before
from actions.follow_ups import answer_to_a_name
from actions.questions import ask_which_question
from actions.turn import Events, Turn

ANSWERS = ("utter_rephrase", "utter_choices", "utter_not_understood_offer_person")
CHOICES = 2  # times not understood in a row at which choices are offered
MOST_CHOICES = 3
SLOT = "misunderstood"


class ActionNotUnderstood(SportelloAction):
    """First a way to say it better, then the likely choices, then a person; counted over turns in a row."""

    def name(self) -> str:
        return "action_not_understood"

    async def act(self, turn: Turn) -> Events:
        answer = await answer_to_a_name(turn)
        if answer:
            return await answer.act(turn)
        if turn.close_questions:
            return ask_which_question(turn, turn.close_questions)
        if turn.close_intents:
            return ask_which(turn, turn.close_intents)
        times = min(times_not_understood(turn) + 1, len(ANSWERS))
        if times == CHOICES:
            return [*offer(turn, ANSWERS[times - 1], _likely(turn), NONE_FITS, person=True), counted(turn, times)]
        turn.say(ANSWERS[times - 1])
        return [counted(turn, times)]


def counted(turn: Turn, times: int) -> dict[str, Any]:
    """The event that keeps how often in a row a message was not understood."""
    return SlotSet(SLOT, {"turn_id": turn.id, "times": times})


def times_not_understood(turn: Turn) -> int:
    """How often in a row messages were not understood, until the turn before."""
    last: Optional[dict[str, Any]] = turn.slot(SLOT)
    return last["times"] if last and last["turn_id"] == turn.previous_turn_id() else 0


def say_choices_left(turn: Turn) -> None:
    """Offer again what was not tried, when the task that ends was one of the choices."""
    left = choices_left(turn)
    if left:
        turn.say("utter_choices_left", choices=left)


def _likely(turn: Turn) -> list[str]:
    """The likeliest intents that have a name a customer understands, and that were not refused just before."""
    refused = refused_just_before(turn)
    named = [intent for intent in turn.likely_intents if turn.wording.has_label(f"intent_{intent}")]
    likely = named or list(turn.context.dialogue.choices)
    return [intent for intent in likely if intent not in refused][:MOST_CHOICES]
