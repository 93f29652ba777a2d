from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.clock import ROME
from shop.calendar import end_of_next_working_day, is_working_day


@pytest.mark.parametrize(
    "day",
    [date(2026, 11, 22), date(2026, 11, 21), date(2026, 12, 8), date(2026, 12, 25), date(2026, 4, 6), date(2026, 1, 6)],
)
def test_nobody_works_at_weekends_and_on_national_holidays(day: date) -> None:
    assert not is_working_day(day)


def test_a_plain_monday_is_a_working_day_unless_the_shop_is_closed() -> None:
    monday = date(2026, 11, 23)

    assert is_working_day(monday)
    assert not is_working_day(monday, closed={monday})


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (datetime(2026, 11, 23, 10, 0, tzinfo=ROME), datetime(2026, 11, 24, 18, 0, tzinfo=ROME)),
        (datetime(2026, 11, 20, 23, 59, tzinfo=ROME), datetime(2026, 11, 23, 18, 0, tzinfo=ROME)),
        (datetime(2026, 12, 24, 9, 0, tzinfo=ROME), datetime(2026, 12, 28, 18, 0, tzinfo=ROME)),
        (datetime(2026, 12, 7, 9, 0, tzinfo=ROME), datetime(2026, 12, 9, 18, 0, tzinfo=ROME)),
    ],
)
def test_the_end_of_the_next_working_day_skips_what_is_closed(now: datetime, end: datetime) -> None:
    assert end_of_next_working_day(now) == end


def test_today_is_the_italian_day_and_the_answer_is_in_utc() -> None:
    almost_tuesday_in_rome = datetime(2026, 11, 23, 23, 30, tzinfo=timezone.utc)

    assert end_of_next_working_day(almost_tuesday_in_rome) == datetime(2026, 11, 25, 17, 0, tzinfo=timezone.utc)


def test_six_in_the_evening_stays_six_when_the_clocks_change() -> None:
    before_summer_time = end_of_next_working_day(datetime(2026, 3, 26, 12, 0, tzinfo=timezone.utc))
    after_summer_time_began = end_of_next_working_day(datetime(2026, 3, 27, 12, 0, tzinfo=timezone.utc))

    assert before_summer_time.hour == 17
    assert after_summer_time_began.hour == 16


def test_the_shops_own_closing_days_are_skipped() -> None:
    patron_saint = date(2026, 11, 24)

    end = end_of_next_working_day(datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc), closed={patron_saint})

    assert end.date() == date(2026, 11, 25)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(timezone.utc)))
def test_the_promise_is_always_in_the_future_and_on_a_working_day(now: datetime) -> None:
    end = end_of_next_working_day(now)

    assert timedelta(hours=17) < end - now < timedelta(days=7)
    assert is_working_day(end.astimezone(ROME).date())
    assert end.astimezone(ROME).hour == 18
