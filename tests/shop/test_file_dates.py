from datetime import date, datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.file_dates import read_day, read_moment
from tests.shop.samples import TODAY


@pytest.mark.parametrize(
    ("text", "day"),
    [("-3d", date(2026, 11, 20)), ("0d", TODAY), ("+2d", date(2026, 11, 25)), ("2026-02-28", date(2026, 2, 28))],
)
def test_a_day_is_absolute_or_counted_from_the_day_of_import(text: str, day: date) -> None:
    assert read_day(text, TODAY) == day


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("-3d 14:30", datetime(2026, 11, 20, 13, 30)),
        ("-3d", datetime(2026, 11, 20, 11, 0)),
        ("2026-07-01 14:30", datetime(2026, 7, 1, 12, 30)),
        ("2026-07-01T14:30:15Z", datetime(2026, 7, 1, 14, 30, 15)),
        ("2026-07-01T14:30:00-05:30", datetime(2026, 7, 1, 20, 0)),
    ],
)
def test_a_moment_without_a_zone_is_italian_time(text: str, moment: datetime) -> None:
    assert read_moment(text, TODAY) == moment.replace(tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "text",
    ["", "ieri", "3", "-3", "2026-02-30", "26-01-01", "1999-01-01", "-3d 25:00", "-3d 14:60", "-99999d", "-3d  14:30",
     "2026-07-01T14:30:00+99:00", "2026-13-01", "-3d\n", "٣d"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_moment(text, TODAY)


def test_a_moment_is_no_day() -> None:
    with pytest.raises(ValueError):
        read_day("-3d 14:30", TODAY)


@given(st.text(max_size=30) | st.from_regex(r"[+-]?[0-9]{1,5}d( [0-9]{2}:[0-9]{2})?|[0-9-]{10}[T ][0-9:+Z-]{0,14}"))
def test_every_text_is_a_moment_or_a_value_error(text: str) -> None:
    try:
        moment = read_moment(text, TODAY)
    except ValueError:
        return

    assert moment.tzinfo is timezone.utc
