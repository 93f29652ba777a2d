"""Offers what a message may have meant, and keeps it so that the choice goes on with that very message.

`engine/choices.py` reads the answer. What was offered, and later what was chosen, is recorded for trainers.
"""

from typing import Any, Optional, Sequence

from rasa_sdk.events import SlotSet

from actions.people import ASK_HUMAN
from actions.turn import DENY, Events, Turn
from switchboard.body import ButtonMeaning

SLOT = "choice"
SENTENCE = "choice"  # the "entity" of a button: the turn of the sentence it is about
WHICH, NONE_FITS = "utter_which_request", "none_of_these"
SOMETHING_ELSE = "something_else"
ASK_SHOP_QUESTION, QUESTION = "ask_shop_question", "question"  # the intent, and the entity with an entry's title


def ask_which(turn: Turn, intents: Sequence[str]) -> Events:
    """One question between requests that are close; "altro" refuses all of them."""
    return offer(turn, WHICH, intents, SOMETHING_ELSE)


def offer(
    turn: Turn,
    response: str,
    intents: Sequence[str],
    refusal: str,
    person: bool = False,
    before: Sequence[ButtonMeaning] = (),
) -> Events:
    """Say `response` with a button for each intent, one that refuses them and, if wanted, one for a person.

    Buttons that stand `before` them need no memory of the message: what they mean is in them.
    """
    ranking = turn.confidences
    offered = [{"intent": intent, "confidence": round(ranking.get(intent, 0.0), 4)} for intent in intents]
    turn.say(response, choices=_buttons(turn, intents, turn.id, refusal, person, before))
    if offered:
        turn.effect("choice", sentence=turn.id, offered=offered)
    titles = [button.title for button in before]
    return [SlotSet(SLOT, {**_kept(turn, offered), "questions": titles})]


def offer_again(turn: Turn, response: str) -> bool:
    """Say `response` with the choices that were offered in the turn before; whether there were any."""
    stored = offered_just_before(turn)
    if stored is None:
        return False
    before = [question_button(title) for title in stored.get("questions", ())]
    turn.say(response, choices=_buttons(turn, _intents(stored), stored["sentence"], SOMETHING_ELSE, False, before))
    return True


def question_button(title: str) -> ButtonMeaning:
    """The button of one of the shop's own questions."""
    return ButtonMeaning(title, ASK_SHOP_QUESTION, {QUESTION: title})


def offered_just_before(turn: Turn) -> Optional[dict[str, Any]]:
    """What was offered in the turn before, as it is kept."""
    stored = turn.slot(SLOT)
    return stored if stored and stored["asked_in"] == turn.previous_turn_id() else None


def asked_again(turn: Turn) -> Events:
    """The event that makes this turn the one in which it was asked."""
    return [SlotSet(SLOT, {**turn.slot(SLOT), "asked_in": turn.id})]


def refused(turn: Turn) -> Events:
    """The event that keeps that nothing of what was offered fits."""
    return [SlotSet(SLOT, {**turn.slot(SLOT), "refused_in": turn.id})]


def refused_just_before(turn: Turn) -> frozenset[str]:
    """What the customer refused in the turn before."""
    stored = turn.slot(SLOT)
    return frozenset(_intents(stored) if stored and stored["refused_in"] == turn.previous_turn_id() else ())


def choices_left(turn: Turn) -> list[ButtonMeaning]:
    """Buttons for what was offered lately and not tried, when the task that ends was one of the choices."""
    stored = turn.slot(SLOT)
    if not stored or stored["asked_in"] not in turn.recent_turn_ids():
        return []
    tried = turn.previous_request()
    left = [intent for intent in _intents(stored) if intent != tried]
    return _buttons(turn, left, stored["sentence"], NONE_FITS, person=True) if left else []


def _buttons(
    turn: Turn,
    intents: Sequence[str],
    sentence: str,
    refusal: str,
    person: bool,
    before: Sequence[ButtonMeaning] = (),
) -> list[ButtonMeaning]:
    if not intents and not before:
        return []
    wording, about = turn.wording, {SENTENCE: sentence}
    buttons = [*before, *(ButtonMeaning(wording.label(f"intent_{intent}"), intent, about) for intent in intents)]
    buttons.append(ButtonMeaning(wording.label(refusal), DENY))
    return [*buttons, ButtonMeaning(wording.label("ask_human"), ASK_HUMAN)] if person else buttons


def _kept(turn: Turn, offered: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "sentence": turn.id,
        "asked_in": turn.id,
        "refused_in": None,
        "offered": offered,
        "message": {"text": turn.text, "entities": turn.marked},
    }


def _intents(stored: dict[str, Any]) -> list[str]:
    return [one["intent"] for one in stored["offered"]]
