"""All 13 entities through the whole pipeline: what they mean, that none is found twice, and how much work they are."""

import asyncio
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.parsing import LONGEST, SHAPES, long_message

pytestmark = pytest.mark.model

# Times for twice the characters, and steps of Python for a character; how long they take, `sportello bench` measures.
MOST_GROWTH, MOST_STEPS = 2.2, 400
PIECES = (
    "ordine 104233", "reso R-20871", "prev. 3021", "anna @ gmail,con", "333 1234567", "40121 Bologna", "una ventina",
    "sedia Alba", "blu notte", "75ml", "venerdì prossimo", "59,90 €", "l'Aquila", "x40", "da 4 gg", "😀", "\u200b",
    "\u202e", "\ud800", "\x00", "\n", "'", "(", "via Roma", "42 e mezzo", "E\u0301", "ﬁ", "１２", "mille e due euro",
)  # fmt: skip
TEXTS = st.one_of(
    st.text(st.characters(blacklist_categories=()), max_size=60),
    st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
)


def entities_of(parser: Any, text: str) -> list[dict[str, Any]]:
    return asyncio.run(parser.parse(text))["entities"]


@given(text=TEXTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_entities_lie_in_the_text_and_never_share_a_character(parser: Any, text: str) -> None:
    entities = sorted(entities_of(parser, text), key=lambda entity: entity["start"])

    assert all(0 <= entity["start"] < entity["end"] <= len(text) for entity in entities)
    assert all(text[entity["start"] : entity["end"]] == entity["value"] for entity in entities)
    assert all(one["end"] <= other["start"] for one, other in zip(entities, entities[1:]))


@pytest.mark.parametrize(
    ("text", "entity", "value", "normalized"),
    [
        ("vorrei 40 sedie entro venerdì prossimo", "date", "venerdì prossimo", "2026-11-27"),
        ("ho ordinato la settimana scorsa", "date", "settimana scorsa", "2026-11-16/2026-11-22"),
        ("il divano si è rotto dopo 3 mesi", "date", "3 mesi", "P3M"),
        ("mi fate un preventivo per una ventina di sgabelli", "quantity", "una ventina", "20"),
        ("un preventivo per sedie x40", "quantity", "40", "40"),
        ("quanto costano due dozzine di bicchieri?", "quantity", "due dozzine", "24"),
        ("avete il profumo da 75ml?", "size", "75ml", "75 ml"),
        ("avete il divano in blu notte?", "color", "blu notte", "blu"),
        (
            "spedite a L'Aquila?",
            "place",
            "L'Aquila",
            {"municipality": "L'Aquila", "province": "AQ", "region": "Abruzzo"},
        ),
        ("quanto costa la sedia Alba?", "product", "sedia Alba", {"name": "sedia alba", "sku": None, "candidates": []}),
        ("mi avete addebitato mille e due euro", "amount", "mille e due euro", "1002.00"),
        ("la mail è anna @ gmail,con", "email", "anna @ gmail,con", "anna@gmail.com"),
        ("chiamatemi allo 0039 333 123 4567", "phone", "0039 333 123 4567", "+393331234567"),
        ("abito a Vimercate 20871", "postal_code", "20871", "20871"),
    ],
)
def test_an_entity_means_what_was_written(parser: Any, text: str, entity: str, value: str, normalized: Any) -> None:
    found = [(e["value"], e["normalized"]) for e in entities_of(parser, text) if e["entity"] == entity]

    assert found == [(value, normalized)]


@pytest.mark.parametrize("text", ["abito in via Bologna 3", "hai visto la partita della Roma?"])
def test_streets_and_teams_are_no_places(parser: Any, text: str) -> None:
    assert not [entity for entity in entities_of(parser, text) if entity["entity"] == "place"]


@pytest.mark.parametrize("shape", SHAPES)
def test_work_grows_with_the_length_of_a_message_and_no_faster(parser: Any, shape: str) -> None:
    half, whole = (steps(parser, long_message(shape, length)) for length in (LONGEST // 2, LONGEST))

    assert whole <= half * MOST_GROWTH
    assert whole <= LONGEST * MOST_STEPS


def steps(parser: Any, text: str) -> int:
    """Lines, calls and returns of Python that reading a text takes once it was read before; each time as many."""
    count = 0

    def counted(*_: Any) -> Any:
        nonlocal count
        count += 1
        return counted

    entities_of(parser, text)
    tracer = sys.gettrace()
    sys.settrace(counted)
    try:
        entities_of(parser, text)
    finally:
        sys.settrace(tracer)
    return count
