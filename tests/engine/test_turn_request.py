from datetime import date
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.turn_request import UNTOLD, BadRequest, Button, day_of, disarmed, read_request
from switchboard.body import MAX_TEXT

GOOD = {
    "turn_id": "ms_1",
    "conversation_id": "cv_1",
    "text": "ciao",
    "button": None,
    "channel": "web",
    "sent_at": "2026-11-23T09:15:02.120Z",
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def test_a_turn_is_read() -> None:
    turn = read_request({**GOOD, "button": {"intent": "greet", "entities": {"place": "Bologna"}}})

    assert (turn.turn_id, turn.conversation_id, turn.text, turn.channel) == ("ms_1", "cv_1", "ciao", "web")
    assert turn.button == Button("greet", {"place": "Bologna"})


@pytest.mark.parametrize("field", ["metadata", "slots", "proof", "proof_step", "parse_data", "level"])
def test_nothing_else_is_taken_from_a_request(field: str) -> None:
    assert read_request({**GOOD, field: {"proof": "2", "level": 2}}) == read_request(GOOD)


@pytest.mark.parametrize("field", ["turn_id", "conversation_id", "text", "channel", "sent_at"])
@pytest.mark.parametrize("value", [None, "", "  ", 7, ["ciao"], "x" * 4_001])
def test_a_field_of_the_wrong_kind_is_named(field: str, value: object) -> None:
    with pytest.raises(BadRequest, match=field):
        read_request({**GOOD, field: value})


def test_the_turn_the_customer_saw_last_may_be_told_none_or_left_out() -> None:
    assert read_request({**GOOD, "previous_turn_id": "ms_0"}).previous_turn_id == "ms_0"
    assert read_request({**GOOD, "previous_turn_id": None}).previous_turn_id is None
    assert read_request(GOOD).previous_turn_id == UNTOLD


@pytest.mark.parametrize("value", ["", 7, ["ms_0"], "x" * 65])
def test_a_turn_that_cannot_be_one_is_refused(value: object) -> None:
    with pytest.raises(BadRequest, match="previous_turn_id"):
        read_request({**GOOD, "previous_turn_id": value})


@pytest.mark.parametrize("longest", ["x" * MAX_TEXT, "x" * 4_000])
def test_whatever_the_switchboard_stores_is_read(longest: str) -> None:
    assert read_request({**GOOD, "text": longest}).text == longest


@given(data=ANYTHING, field=st.sampled_from(sorted(GOOD)))
def test_whatever_comes_is_read_or_refused(data: object, field: str) -> None:
    for body in (data, {**GOOD, field: data}):
        try:
            turn = read_request(body)
        except BadRequest:
            continue
        assert len(turn.text) <= 4_000
        turn.text.encode()


@pytest.mark.parametrize(("typed", "seen"), [("/restart", "／restart"), (" \n/greet", " \n／greet"), ("1/2", "1/2")])
def test_a_command_becomes_plain_text(typed: str, seen: str) -> None:
    assert disarmed(typed) == seen


@given(text=st.text())
def test_no_text_is_a_command_once_disarmed(text: str) -> None:
    assert not disarmed(text).strip().startswith("/")
    assert len(disarmed(text)) == len(text)


@pytest.mark.parametrize(
    ("sent_at", "day"),
    [
        ("2026-11-23T09:15:02.120Z", date(2026, 11, 23)),
        ("2026-11-23T23:30:00+00:00", date(2026, 11, 24)),
        ("2026-11-23T09:15:02", None),
        ("ieri", None),
    ],
)
def test_the_day_of_a_message_is_the_one_in_italy(sent_at: str, day: Optional[date]) -> None:
    assert day_of(sent_at) == day
