from typing import Any

import pytest

from engine.choices import Offer, meant_in_words
from engine.turn_request import Button

OFFERED = [{"intent": "request_exchange", "confidence": 0.41}, {"intent": "request_return", "confidence": 0.4}]
NUMBER = {"entity": "order_number", "value": "104211", "start": 10, "end": 16}
MESSAGE = {"text": "le scarpe 104211", "entities": [NUMBER]}
OFFER = Offer("ms_1", "ms_1", None, OFFERED, MESSAGE)
TITLES = {"request_exchange": "Cambiare un articolo", "request_return": "Rendere un articolo"}
ORDINALS = (frozenset({"prima", "1"}), frozenset({"seconda", "2"}), frozenset({"terza", "3"}))


def answer(text: str, intent: str = "nlu_fallback", *entities: dict, **ranking: float) -> dict[str, Any]:
    likely = [{"name": name, "confidence": confidence} for name, confidence in ranking.items()]
    return {"text": text, "intent": {"name": intent, "confidence": 0.5}, "intent_ranking": likely, "entities": entities}


@pytest.mark.parametrize(
    ("said", "chosen"),
    [
        (answer("rendere un articolo!"), "request_return"),
        (answer("la prima"), "request_exchange"),
        (answer("2"), "request_return"),
        (answer("vorrei restituirle e basta, grazie mille", "request_return"), "request_return"),
        (answer("il cambio", request_exchange=0.15, request_return=0.05), "request_exchange"),
        (answer("il cambio", request_exchange=0.15, request_return=0.1), None),  # tells nothing apart
        (answer("il cambio", track_order=0.2, request_exchange=0.15), None),
        (answer("la terza"), None),
        (answer("la prima o la seconda"), None),
        (answer("prima di tutto vorrei sapere chi siete", "ask_if_bot"), None),
        (answer("dov'è il mio ordine?", "track_order"), None),
    ],
)
def test_a_written_answer_chooses_what_it_means(said: dict, chosen: str) -> None:
    assert meant_in_words(OFFER, said, TITLES, ORDINALS) == chosen


def test_the_sentence_goes_on_with_everything_it_said() -> None:
    meant = OFFER.with_intent("request_return")

    assert meant["text"] == "le scarpe 104211" and meant["entities"] == [NUMBER]
    assert meant["intent"] == {"name": "request_return", "confidence": 1.0}


def test_what_comes_with_the_choice_joins_the_sentence() -> None:
    other = {"entity": "order_number", "value": "104206", "start": 0, "end": 6}
    email = {"entity": "email", "value": "a@b.it", "start": 7, "end": 13}

    meant = OFFER.with_intent("request_return", answer("104206 a@b.it", "request_return", other, email))

    assert [(entity["entity"], entity["value"]) for entity in meant["entities"]] == [
        ("order_number", "104206"),
        ("email", "a@b.it"),
    ]


@pytest.mark.parametrize(
    ("button", "known"),
    [
        (Button("request_return", {"choice": "ms_1"}), True),
        (Button("request_return", {}), False),
        (Button("request_return", {"choice": "ms_0"}), False),
        (Button("track_order", {"choice": "ms_1"}), False),
    ],
)
def test_only_its_own_buttons_are_its_choices(button: Button, known: bool) -> None:
    assert OFFER.named_by(button) is known
