from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.wording import Wording
from tests.actions.helpers import TEXTS

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)
WORDING = Wording(TEXTS, MONDAY)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 23), "oggi"),
        (date(2026, 11, 24), "domani"),
        (date(2026, 11, 22), "ieri"),
        (date(2026, 11, 27), "venerdì 27 novembre"),
        (date(2026, 12, 1), "martedì 1º dicembre"),
        (date(2025, 11, 27), "giovedì 27 novembre 2025"),
    ],
)
def test_days_are_said_the_italian_way(day: date, words: str) -> None:
    assert WORDING.day(day) == words


def test_a_moment_belongs_to_its_italian_day() -> None:
    almost_midnight_in_london = datetime(2026, 11, 23, 23, 30, tzinfo=timezone.utc)

    assert WORDING.day(almost_midnight_in_london) == "domani"
    assert WORDING.moment(almost_midnight_in_london) == "domani alle 0:30"


@pytest.mark.parametrize(
    ("amount", "words"),
    [("59.90", "59,90 €"), ("1800", "1.800,00 €"), ("0.5", "0,50 €"), ("1234567.89", "1.234.567,89 €")],
)
def test_money_is_said_the_italian_way(amount: str, words: str) -> None:
    assert WORDING.money(Decimal(amount)).replace("\xa0", " ") == words


@pytest.mark.parametrize(
    ("written", "words"), [("sciopero", "sciopero."), (" sciopero. ", "sciopero."), ("no!", "no!")]
)
def test_what_somebody_wrote_ends_like_a_sentence(written: str, words: str) -> None:
    assert WORDING.sentence(written) == words


def test_a_label_without_its_day_is_nothing() -> None:
    assert WORDING.dated("order_expected", None) == ""


@given(st.integers(-3000, 3000))
def test_every_day_can_be_said(away: int) -> None:
    assert WORDING.day(WORDING.today + timedelta(days=away))
