"""When people of the shop answer in the chat, and after how long others are told: `data/desk.yml`."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, Iterator, Mapping, Optional

from ruamel.yaml.error import YAMLError

from base.clock import ROME
from base.layers import Files, layered, read_layered
from shop.calendar import is_national_holiday

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MINUTES = ("alert_again_after_minutes", "promise_after_minutes", "put_back_after_minutes")
DAYS_AHEAD = 60
LEAP_YEAR = 2024

Span = tuple[time, time]  # from, until; until is not included
Closed = tuple[str, str]  # first and last day, both as they are written: MM-DD or YYYY-MM-DD


class DeskRulesUnreadable(Exception):
    """The file cannot be used; the message says where."""


@dataclass(frozen=True)
class DeskRules:
    """`week` has the hours of the seven days, Monday first; Italian local time."""

    week: tuple[tuple[Span, ...], ...]
    closed: tuple[Closed, ...]
    alert_again: timedelta
    promise: timedelta
    put_back: timedelta
    outcomes: tuple[str, ...]

    @classmethod
    def load(cls, files: Files) -> "DeskRules":
        """Read the file, or several laid over each other.

        Raises:
            DeskRulesUnreadable: something is missing, or is no time, day or number.
        """
        name = layered(files)[-1].name
        try:
            content = read_layered(files)
            unknown = set(content["hours"]).difference(DAYS)
            if unknown:
                raise ValueError(f"hours: {sorted(unknown)} are no days")
            return cls(
                tuple(tuple(read_spans(content["hours"].get(day) or [], day)) for day in DAYS),
                tuple(read_closed(written) for written in content["closed"] or []),
                _minutes(content, MINUTES[0]),
                _minutes(content, MINUTES[1]),
                _minutes(content, MINUTES[2]),
                tuple(map(str, content["outcomes"])),
            )
        except (YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
            raise DeskRulesUnreadable(f"{name}: {error}") from error

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody answers at this moment."""
        here = moment.astimezone(ROME)
        return any(opens <= here.time() < closes for opens, closes in self.hours_on(here.date()))

    def opens_next(self, moment: datetime) -> Optional[datetime]:
        """When somebody answers again, in UTC, from a moment at which nobody does; None: not within two months."""
        return next((opens for opens, _ in self._spans_from(moment) if opens > moment), None)

    def promised_by(self, moment: datetime) -> datetime:
        """When the first day after today on which somebody answers ends, in UTC; a week later where there is none."""
        today = moment.astimezone(ROME).date()
        for day in _days_from(today + timedelta(days=1)):
            hours = self.hours_on(day)
            if hours:
                return _utc(day, hours[-1][1])
        return moment + timedelta(days=7)

    def hours_on(self, day: date) -> tuple[Span, ...]:
        """The hours of a day; none on a holiday and when the shop is closed."""
        if is_national_holiday(day) or any(_falls_in(day, closed) for closed in self.closed):
            return ()
        return self.week[day.weekday()]

    def _spans_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        for day in _days_from(moment.astimezone(ROME).date()):
            for opens, closes in self.hours_on(day):
                yield _utc(day, opens), _utc(day, closes)


def _days_from(day: date) -> Iterator[date]:
    return (day + timedelta(days=ahead) for ahead in range(DAYS_AHEAD))


def _utc(day: date, clock: time) -> datetime:
    """Summer time or not is decided by the day itself."""
    return datetime.combine(day, clock, ROME).astimezone(timezone.utc)


def read_spans(written: Any, day: str) -> Iterator[Span]:
    """The hours of a day, as `["09:00-13:00", …]`.

    Raises:
        ValueError: one is none, or they are not in order.
    """
    last = time.min
    for span in written:
        opens, closes = (time.fromisoformat(clock) for clock in span.split("-"))
        if not last <= opens < closes:
            raise ValueError(f"hours: {day}: {span} begins before the one before it ends, or ends before it begins")
        last = closes
        yield opens, closes


def read_closed(written: str) -> Closed:
    """A day, or the first and last one, as `12-07` or `2026-08-10/2026-08-23`.

    Raises:
        ValueError: it is none.
    """
    first, _, last = written.partition("/")
    for day in (first, last or first):
        _date(day, LEAP_YEAR)
    if last and len(first) != len(last):
        raise ValueError(f"closed: {written} has a year in one day only")
    return first, last or first


def _falls_in(day: date, closed: Closed) -> bool:
    first, last = (_date(written, day.year) for written in closed)
    if first <= last:
        return first <= day <= last
    return day >= first or day <= last  # across the end of the year


def _date(written: str, year: int) -> date:
    """A day as it is written; one without a year in `year`, where 29 February may be the 28th."""
    if len(written) == len("YYYY-MM-DD"):
        return date.fromisoformat(written)
    month, day = map(int, written.split("-"))
    try:
        return date(year, month, day)
    except ValueError:
        if (month, day) == (2, 29):
            return date(year, 2, 28)
        raise


def _minutes(content: Mapping[str, Any], key: str) -> timedelta:
    minutes = content[key]
    if isinstance(minutes, bool) or not isinstance(minutes, (int, float)) or minutes <= 0:
        raise ValueError(f"{key}: {minutes} is no number of minutes")
    return timedelta(minutes=minutes)
