"""The same sentences written in a hurry, and texts that nobody writes: little is lost, and nothing breaks."""

import unicodedata
from itertools import chain
from typing import Any, Callable, Optional

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.cut_evidence import RECORDS
from evaluation.figures import Outcome
from evaluation.labelled import OUT_OF_SCOPE
from evaluation.perturb import KINDS
from evaluation.robustness import loss_by_kind, loss_of_one_change
from tests.deep import DEEP, more

pytestmark = pytest.mark.model

ByStyle = dict[Optional[str], list[Outcome]]

DRAWS = 3 if DEEP else 1  # one alone is a point more or less
MOST_POINTS_LOST = 2.0 if DEEP else 3.0  # 1.6 were measured; 2 are wanted
UNDONE_BY_THE_NORMALISER = ("capitals", "no_capitals", "curly_apostrophes", "stretched")
MOST_POINTS_LOST_WHERE_UNDONE = 1.0

NOISE = {
    "emoji": "😀👩‍👩‍👧🇮🇹",
    "half an emoji": "\ud83d",
    "invisible": "\u200b\u200d\ufeff\u2060",
    "right to left": "\u202eשלום مرحبا\u202c",
    "control": "\x00\x07\x1b[31m\x7f",
    "combining": "e\u0301a\u0300\u0327\u0327",
    "wide": "１２ｏｒｄ",
    "other letters": "你好 здравствуйте",
    "new lines": "\r\n\u2028\t\u00a0",
}
ODD = {
    "nothing": "",
    "a blank": " ",
    "a letter": "a",
    "an accented letter": "è",
    "a digit": "7",
    "a stop": ".",
    "2,000 letters": "x" * 2000,
    "2,000 digits": "1" * 2000,
    "2,000 emoji": "\U0001f600" * 2000,
    "400 words": "dove " * 400,
    "1,000 accents": "e\u0301" * 1000,
    "English": "where is my parcel?",
    "German": "wo ist mein Paket?",
    "French": "où est mon colis ?",
    **NOISE,
    **{f"much {name}": noise * 100 for name, noise in NOISE.items()},
}
AT_RANDOM = ("jkhsdf", "qwrtplk", "fghjkl fgh", "wqeqwe zxczxc!!", "KSJDHF", "lòkjhg", "sjsjsjsj sjsj")
WRITTEN = ("ordine 104233", "l'", "anna@example.it", "R-20871", "333 1234567", "ieri", " ")
PIECES = st.sampled_from([*NOISE.values(), *WRITTEN])
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40) | st.lists(PIECES, max_size=8).map("".join)


@more
async def test_one_change_costs_little(
    parser: Any, outcomes: ByStyle, record_property: Callable[[str, object], None]
) -> None:
    drawn = [await loss_of_one_change(parser, list(chain(*outcomes.values())), seed) for seed in range(DRAWS)]
    points = {kind: [round(by_kind[kind].points, 1) for _, by_kind in drawn if kind in by_kind] for kind in KINDS}
    record_property("points_lost", points)

    assert sum(total.points for total, _ in drawn) / DRAWS <= MOST_POINTS_LOST, points


async def test_what_the_normaliser_undoes_costs_nothing(parser: Any, outcomes: ByStyle) -> None:
    some = list(chain(*outcomes.values()))[::4]

    losses = await loss_by_kind(parser, some, 0, UNDONE_BY_THE_NORMALISER)

    assert {kind: loss.points for kind, loss in losses.items() if loss.points > MOST_POINTS_LOST_WHERE_UNDONE} == {}


@pytest.mark.parametrize("noise", NOISE.values(), ids=NOISE)
async def test_a_number_among_strange_characters_is_where_it_is(parser: Any, noise: str) -> None:
    text = f"{noise} dov'è l'ordine 104233? {noise}"

    entities = (await parser.parse(text))["entities"]

    assert [text[e["start"] : e["end"]] for e in entities if e["entity"] == "order_number"] == ["104233"]


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
async def test_a_text_that_nobody_writes_breaks_nothing(parser: Any, text: str) -> None:
    assert_is_sound(text, await parser.parse(text))


@pytest.mark.parametrize("text", AT_RANDOM)
async def test_letters_at_random_are_not_understood(parser: Any, text: str) -> None:
    assert (await parser.parse(text))["intent"]["name"] == OUT_OF_SCOPE


@settings(max_examples=150, deadline=None)
@example(text="\n ordine 104233")
@example(text="\ud83d ordine 104233 \u202e R-20871")
@given(text=ANY_TEXT)
async def test_no_text_breaks_anything(parser: Any, text: str) -> None:
    assert_is_sound(text, await parser.parse(text))


def assert_is_sound(text: str, answer: dict[str, Any]) -> None:
    """The answer is about this very text, names an intent, and its entities are where they say."""
    assert answer["text"] == text
    assert isinstance(answer["intent"]["name"], str)
    assert 0 <= answer["intent"]["confidence"] <= 1
    for entity in answer["entities"]:
        assert 0 <= entity["start"] < entity["end"] <= len(text)
        assert entity["value"] == text[entity["start"] : entity["end"]]
        if entity["entity"] in RECORDS:
            assert digits(entity["value"]) == digits(entity["normalized"]), (
                "these very characters say what was understood"
            )
    ends = sorted((entity["start"], entity["end"]) for entity in answer["entities"])
    assert all(before[1] <= after[0] for before, after in zip(ends, ends[1:])), "no characters are in two entities"


def digits(text: str) -> list[int]:
    """Its digits, of whatever script."""
    return [unicodedata.digit(character) for character in text if character.isdigit()]
