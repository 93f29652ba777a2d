"""Working days in Italy, and the moment by which the shop promises to be back with an answer."""

from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Collection

import holidays

from base.clock import ROME

SATURDAY = 5
CLOSING_TIME = time(18, 0)


def is_working_day(day: date, closed: Collection[date] = ()) -> bool:
    """Whether somebody works on `day`: Monday to Friday, no national holiday, none of the shop's own `closed` days."""
    return day.weekday() < SATURDAY and day not in closed and day not in _national_holidays(day.year)


def end_of_next_working_day(now: datetime, closed: Collection[date] = ()) -> datetime:
    """18:00, Italian time, of the first working day after today.

    Args:
        now: the moment, timezone-aware.
        closed: days on which the shop is closed beyond weekends and national holidays, such as the patron saint's.

    Returns:
        The moment in UTC: 16:00 while summer time lasts on that day, 17:00 otherwise.
    """
    day = now.astimezone(ROME).date() + timedelta(days=1)
    while not is_working_day(day, closed):
        day += timedelta(days=1)
    return datetime.combine(day, CLOSING_TIME, ROME).astimezone(timezone.utc)


def is_national_holiday(day: date) -> bool:
    """Whether `day` is a national holiday, Easter Sunday among them."""
    return day in _national_holidays(day.year) or day == easter(day.year)


@lru_cache(maxsize=16)
def easter(year: int) -> date:
    """Easter Sunday."""
    [monday] = holidays.country_holidays("IT", years=year, language="en_US").get_named("Easter Monday")
    return monday - timedelta(days=1)


@lru_cache(maxsize=16)
def _national_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("IT", years=year))
