"""What was offered when a message was not clear, and what the customer chose: that message goes on as if understood.

An action offers (`actions/choices.py`) and keeps in a slot what it offered and the message it is about. The choice is a
button, the words on it, "la prima", or a message that means one of them. What it adds (a number) joins what was said.
"""

import re
from dataclasses import dataclass
from typing import Any, Mapping, Optional, Sequence

from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from engine.cut_evidence import ParseData
from engine.parts import turns_of
from engine.turn_request import UNTOLD, Button, TurnRequest

SLOT = "choice"
SENTENCE = "choice"  # the "entity" of a button that names the turn of the sentence it is about
BY_BUTTON, IN_WORDS, NONE_OF_THEM, LEFT = "button", "words", "none", "left"
REFUSAL, UNDECIDED = "deny", ("affirm",)
ADDED = "choice"  # the "extractor" of an entity that came with the choice
FEW_WORDS = 4
CLEARLY = 2.0  # times as likely as every other choice
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Offer:
    """What was offered.

    Attributes:
        sentence: id of the turn whose message was not clear.
        asked_in: id of the turn in which it was asked, perhaps again.
        refused_in: id of the turn in which all of it was refused, if it was.
        offered: `{intent, confidence}`, in the order of the buttons.
        message: the message that was not clear, as it was parsed.
        questions: titles of the shop's own questions whose buttons stood before those.
    """

    sentence: str
    asked_in: str
    refused_in: Optional[str]
    offered: Sequence[Mapping[str, Any]]
    message: ParseData
    questions: Sequence[str] = ()

    @property
    def intents(self) -> tuple[str, ...]:
        return tuple(one["intent"] for one in self.offered)

    def named_by(self, button: Button) -> bool:
        """Whether a button is one of these."""
        return button.entities.get(SENTENCE) == self.sentence and button.intent in self.intents

    def with_intent(self, intent: str, answer: Optional[ParseData] = None) -> ParseData:
        """The message as if `intent` had been understood, and what the `answer` adds."""
        added = [_added(entity) for entity in answer["entities"]] if answer else []
        new = {entity["entity"] for entity in added}
        kept = [entity for entity in self.message["entities"] if entity["entity"] not in new]
        meant = {"name": intent, "confidence": 1.0}
        return {"text": self.message["text"], "intent": meant, "intent_ranking": [meant], "entities": [*kept, *added]}

    def answered(self, chosen: Optional[str], answer: str) -> dict[str, Any]:
        """The effect that records the choice for trainers (docs/engine.md)."""
        return {
            "kind": "choice",
            "sentence": self.sentence,
            "offered": list(self.offered),
            "chosen": chosen,
            "answer": answer,
        }


@dataclass(frozen=True)
class History:
    """The offer of a conversation, if there is one, and whether the customer answers it now."""

    offer: Optional[Offer] = None
    just_asked: bool = False
    just_refused: bool = False


def history_of(tracker: DialogueStateTracker, request: TurnRequest) -> History:
    """What was offered before `request`; a question that was never shown is none."""
    stored = tracker.slots[SLOT].value if SLOT in tracker.slots else None
    if not stored:
        return History()
    offer = Offer(**stored)
    messages = [event for event in tracker.events if isinstance(event, UserUttered)]
    last = turns_of(messages)[-1:]
    shown = request.previous_turn_id in (UNTOLD, *last)
    return History(offer, shown and last == [offer.asked_in], last == [offer.refused_in])


def meant_in_words(
    offer: Offer, answer: ParseData, titles: Mapping[str, str], ordinals: Sequence[frozenset[str]]
) -> Optional[str]:
    """The intent that a written answer chooses; None when it is about something else.

    Args:
        titles: what is written on the button of each intent.
        ordinals: the words for the first, the second…
    """
    words = _words(answer["text"])
    by_title = (intent for intent in offer.intents if words == _words(titles.get(intent, "")))
    chosen = next(by_title, None)
    if chosen is None and len(words) <= FEW_WORDS:
        place = _place_named(words, ordinals)
        after = None if place is None else place - len(offer.questions)
        chosen = offer.intents[after] if after is not None and 0 <= after < len(offer.intents) else None
    if chosen is None and answer["intent"]["name"] in offer.intents:
        chosen = answer["intent"]["name"]
    return chosen or (_likeliest(offer, answer) if len(words) <= FEW_WORDS else None)


def question_in_words(offer: Offer, answer: ParseData, ordinals: Sequence[frozenset[str]]) -> Optional[str]:
    """The title of the shop's own question that a written answer chooses; None when it chooses none."""
    words = _words(answer["text"])
    if not words:
        return None
    by_title = next((title for title in offer.questions if words == _words(title)), None)
    place = _place_named(words, ordinals) if len(words) <= FEW_WORDS else None
    return by_title or (offer.questions[place] if place is not None and place < len(offer.questions) else None)


def record_answer(tracker: DialogueStateTracker, history: History, asked: Sequence[ParseData]) -> None:
    """Leave in the conversation, for the log, what the customer made of the choices; nothing when none were open."""
    offer, first = history.offer, asked[0]
    if offer is None or not offer.offered:
        return
    if "chosen" in first:
        answered = offer.answered(first["intent"]["name"], first["chosen"])
    elif history.just_asked and first["intent"]["name"] not in UNDECIDED:
        answered = offer.answered(None, NONE_OF_THEM if first["intent"]["name"] == REFUSAL else LEFT)
    else:
        return
    tracker.update(BotUttered(None, {"custom": {"effect": answered}}))


def _place_named(words: Sequence[str], ordinals: Sequence[frozenset[str]]) -> Optional[int]:
    """From 0, when the words name one place and no other."""
    places = [place for place, names in enumerate(ordinals) if names.intersection(words)]
    return places[0] if len(places) == 1 else None


def _likeliest(offer: Offer, answer: ParseData) -> Optional[str]:
    """ "l'ordine": too little to be understood alone, enough to tell what was offered apart."""
    likely = [one for one in answer["intent_ranking"] if one["name"] in offer.intents]
    if not likely or answer["intent_ranking"][0] is not likely[0]:
        return None
    others = [one["confidence"] for one in likely[1:]]
    return likely[0]["name"] if all(likely[0]["confidence"] >= CLEARLY * other for other in others) else None


def _added(entity: Mapping[str, Any]) -> dict[str, Any]:
    """An entity of the answer: where it stood there means nothing in the message it joins."""
    return {"entity": entity["entity"], "value": entity["value"], "extractor": ADDED}


def _words(text: str) -> list[str]:
    return WORD.findall(text.casefold())
