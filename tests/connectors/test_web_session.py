"""Session tokens and fingerprints of addresses."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.web_session import MAX_AGE, WebSessions

NOW = datetime(2026, 11, 23, tzinfo=timezone.utc)
SESSIONS = WebSessions("k" * 40)


def test_a_token_is_read_back_until_it_is_too_old() -> None:
    session_id, token = SESSIONS.issue(NOW)

    assert SESSIONS.read(token, NOW + MAX_AGE) == session_id
    assert SESSIONS.read(token, NOW + MAX_AGE + timedelta(seconds=1)) is None


def test_a_token_signed_with_another_secret_opens_nothing() -> None:
    _, token = WebSessions("x" * 40).issue(NOW)

    assert SESSIONS.read(token, NOW) is None


@given(st.none() | st.integers() | st.text() | st.binary() | st.lists(st.text()))
def test_nothing_but_a_token_is_a_token(chosen: object) -> None:
    assert SESSIONS.read(chosen, NOW) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("[2001:db8:1:2::1]:443", "2001:db8:1:2::7", True),
        ("192.0.2.1:50123", "192.0.2.1:50124", True),
    ],
)
def test_one_home_is_one_address(one: str, other: str, same: bool) -> None:
    assert (SESSIONS.address_key(one) == SESSIONS.address_key(other)) is same


def test_a_fingerprint_tells_nothing_of_the_address() -> None:
    key = SESSIONS.address_key("192.0.2.1")

    assert len(key) == 64
    assert key != WebSessions("x" * 40).address_key("192.0.2.1")
