"""What Telegram is sent: nothing lost in splitting, nothing broken by escaping, and not faster than it wants."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.telegram.format import parts_of
from connectors.telegram.pace import Pace
from connectors.telegram.places import nearest_place
from connectors.telegram.split import LIMIT, split_text, units
from switchboard.body import clean_text
from tests.connectors.telegram.bot_api import MOST_UNITS
from tests.connectors.telegram.bot_api_html import plain_text

ANY_TEXT = st.text(st.characters(), max_size=20)
ODD = st.sampled_from(
    ["<b>", "&amp;", "</a>", '"', "&", "<", "😀", "👨‍👩‍👧", "e\u0301", ". ", "\n\n", "1.299,00 €", "à"]
)
LONG_TEXT = st.builds(
    lambda pieces, times: "".join(pieces) * times,
    st.lists(st.one_of(ODD, ANY_TEXT), max_size=8),
    st.sampled_from([1, 1, 3, 100]),
)
TITLE = st.one_of(ANY_TEXT, LONG_TEXT)


def words(text: str) -> str:
    """Without any space: that alone may be lost between two messages."""
    return re.sub(r"\s+", "", text)


def body(text: str = "", card: Any = None, buttons: Any = ()) -> dict[str, Any]:
    return {"text": text, "buttons": list(buttons), "card": card, "attachments": []}


@given(text=LONG_TEXT, limit=st.integers(2, 500))
def test_splitting_loses_nothing_but_space_and_keeps_every_part_short(text: str, limit: int) -> None:
    parts = split_text(text, limit)

    assert words("".join(parts)) == words(text)
    assert all(0 < units(part) <= limit and part == part.strip() for part in parts)


@given(
    sentences=st.lists(st.text("abcdefghi àèì", min_size=1, max_size=120).map(lambda s: f"A{s.strip()}."), min_size=2)
)
def test_a_text_of_sentences_is_split_at_their_ends(sentences: list[str]) -> None:
    for part in split_text(" ".join(sentences), 300):
        assert part.endswith(".")


def test_an_emoji_and_an_accent_are_not_torn_apart() -> None:
    family = "👨‍👩‍👧"

    assert split_text(family * 3, units(family) + 3) == [family] * 3
    assert split_text("xe\u0301", 2) == ["x", "e\u0301"]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u200b "])
def test_a_text_without_words_stops_nothing(text: str) -> None:
    assert len(parts_of(body(text))) <= 1


@given(text=LONG_TEXT)
def test_any_text_is_read_as_it_was_written(text: str) -> None:
    parts = parts_of(body(text))

    assert words("".join(plain_text(part.html) for part in parts)) == words(clean_text(text))
    assert all(units(plain_text(part.html)) <= MOST_UNITS for part in parts)


@given(title=TITLE, label=TITLE, note=st.one_of(st.none(), TITLE), value=TITLE, text=ANY_TEXT)
def test_any_words_in_a_timeline_survive(title: str, label: str, note: Any, value: str, text: str) -> None:
    card = {
        "kind": "timeline",
        "title": title,
        "steps": [{"label": label, "at": None, "state": "done", "note": note}],
        "facts": [{"label": "Corriere", "value": value}],
        "links": [{"title": label, "url": 'https://example.it/?a=1&b=<">'}],
    }

    parts = parts_of(body(text, card))

    read = words("".join(plain_text(part.html) for part in parts))
    for said in (text, title, label, note or "", value):
        assert words(clean_text(" ".join(said.split()))) in read
    assert all(units(plain_text(part.html)) <= MOST_UNITS and units(part.plain) <= MOST_UNITS for part in parts)


@given(
    card=st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.sampled_from(["https://a.it"])),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.sampled_from(["title", "steps", "items", "facts", "links", "url", "image"]), inner),
        ),
        max_leaves=12,
    ),
    kind=st.sampled_from(["timeline", "records", "product", "document", "tomorrow"]),
)
def test_a_card_that_is_not_as_it_should_be_breaks_nothing(card: Any, kind: str) -> None:
    given_card = {**card, "kind": kind} if isinstance(card, dict) else card

    parts = parts_of(body("Ecco.", given_card))

    assert plain_text(parts[0].html).startswith("Ecco.")


def test_cards_look_like_this() -> None:
    records = {
        "kind": "records",
        "title": "I tuoi ordini",
        "items": [
            {
                "title": "Ordine 104233",
                "subtitle": "2 articoli",
                "state": "current",
                "state_label": "In viaggio",
                "button": 0,
            }
        ],
    }
    product = {
        "kind": "product",
        "title": "Lampada <Aurora>",
        "image": "https://example.it/a.jpg",
        "alt": None,
        "price": "89,00 €",
        "facts": [{"label": "Disponibilità", "value": "3 pezzi"}],
        "links": [{"title": "Vedi nel negozio", "url": "https://example.it/?a=1&b=2"}],
    }

    (first,) = parts_of(body("Ecco gli ordini.", records, [{"id": "bt_1", "title": "Ordine 104233"}]))
    (second,) = parts_of(body("Eccola.", product))

    assert first.html == "Ecco gli ordini.\n\n<b>I tuoi ordini</b>\n<b>Ordine 104233</b> · In viaggio\n2 articoli"
    assert first.buttons == (("bt_1", "Ordine 104233"),)
    assert second.html == (
        "Eccola.\n\n<b>Lampada &lt;Aurora&gt;</b>\n89,00 €\nDisponibilità: 3 pezzi\n"
        '<a href="https://example.it/?a=1&amp;b=2">Vedi nel negozio</a>'
    )
    assert second.image == "https://example.it/a.jpg"


def test_buttons_are_under_the_last_of_several_messages() -> None:
    parts = parts_of(body("Una frase. " * 800, None, [{"id": "bt_1", "title": "Sì"}]))

    assert [bool(part.buttons) for part in parts] == [False] * (len(parts) - 1) + [True]
    assert len(parts) == 3 and all(units(part.plain) <= LIMIT for part in parts)


@pytest.mark.parametrize(
    ("latitude", "longitude", "place"),
    [
        (44.49, 11.34, "Bologna"),
        (45.48, 9.20, "Milano"),
        (41.01, 8.90, "Sassari"),
        (46.50, 11.90, "Bolzano"),
        (35.50, 12.60, None),  # Lampedusa: nearer to Tunisia than to any capital
        (48.86, 2.35, None),
    ],
)
def test_a_location_is_named_after_the_nearest_capital(latitude: float, longitude: float, place: Any) -> None:
    assert nearest_place(latitude, longitude) == place


class Time:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.at = 100.0

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


async def _times(time: Time, pace: Pace, chats: list[str]) -> list[float]:
    times = []
    for chat in chats:
        await pace.turn(chat)
        times.append(time.at)
    return times


async def test_a_chat_gets_a_short_burst_and_then_a_message_a_second() -> None:
    time = Time()

    times = await _times(time, Pace(time.now, time.sleep), ["a"] * 8)

    assert [round(at - 100, 2) for at in times] == [0, 0, 0, 0, 1, 2, 3, 4]


async def test_all_chats_together_get_less_than_thirty_a_second() -> None:
    time = Time()

    times = await _times(time, Pace(time.now, time.sleep), [str(number) for number in range(300)])

    assert max(sum(start <= at < start + 1 for at in times) for start in times) < 30


async def test_when_telegram_stops_two_chats_everybody_waits_for_the_shorter_pause() -> None:
    time = Time()
    pace = Pace(time.now, time.sleep)

    pace.hold("a", 5)
    before = await _times(time, pace, ["c"])
    pace.hold("b", 30)
    after = await _times(time, pace, ["c"])

    assert (before, after) == ([100.0], [105.0])
