"""What Rasa understood, as Sportello shows it."""

import pytest

from engine.parsing import understood

PARSED = {
    "intent": {"name": "track_order", "confidence": 0.9},
    "intent_ranking": [{"name": "track_order", "confidence": 0.9}],
    "entities": [{"entity": "order_number", "start": 7, "end": 14, "value": "104233"}],
}


@pytest.mark.parametrize("blanks", ["", "  ", "\r\n", "\u2028\t\u00a0"])
def test_an_entity_is_counted_from_the_first_character_even_if_it_is_a_blank(blanks: str) -> None:
    text = f"{blanks}ordine 104.233 {blanks}"

    (entity,) = understood(text, PARSED)["entities"]

    assert entity["value"] == text[entity["start"] : entity["end"]] == "104.233"
