"""What to say when a message was not understood: each step differs from the one before, and the last is a person."""

from typing import Any, Optional, Sequence

from rasa_sdk.events import SlotSet

from actions.base import SportelloAction
from actions.follow_ups import answer_to_a_name
from actions.people import ASK_HUMAN
from actions.turn import DENY, Events, Turn
from switchboard.body import ButtonMeaning

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
        last = _last(turn)
        times = min((last["times"] if last and last["turn_id"] == turn.previous_turn_id() else 0) + 1, len(ANSWERS))
        intents = _likely(turn) if times == CHOICES else []
        turn.say(ANSWERS[times - 1], choices=_buttons(turn, intents))
        return [SlotSet(SLOT, {"turn_id": turn.id, "times": times, "choices": intents})]


def none_of_the_choices(turn: Turn) -> bool:
    """Whether the message refuses the choices that were offered just before."""
    last = _last(turn)
    return bool(last and last["choices"] and last["turn_id"] == turn.previous_turn_id())


def say_choices_left(turn: Turn) -> None:
    """Offer again what was not tried, when the task that ends was one of the choices."""
    last = _last(turn)
    if not last or last["turn_id"] not in turn.recent_turn_ids():
        return
    tried = turn.previous_request()
    left = [intent for intent in last["choices"] if intent != tried]
    if left:
        turn.say("utter_choices_left", choices=_buttons(turn, left))


def _last(turn: Turn) -> Optional[dict[str, Any]]:
    return turn.slot(SLOT)


def _likely(turn: Turn) -> list[str]:
    """The likeliest intents that have a name a customer understands."""
    named = [intent for intent in turn.likely_intents if turn.wording.has_label(f"intent_{intent}")]
    return (named or list(turn.context.dialogue.choices))[:MOST_CHOICES]


def _buttons(turn: Turn, intents: Sequence[str]) -> list[ButtonMeaning]:
    if not intents:
        return []
    named = [*intents, DENY, ASK_HUMAN]
    labels = {DENY: "none_of_these", ASK_HUMAN: "ask_human"}
    return [ButtonMeaning(turn.wording.label(labels.get(name, f"intent_{name}")), name) for name in named]
