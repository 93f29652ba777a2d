"""When people of the shop answer in the chat, after how long others are told, and which departments: `data/desk.yml`.

By which rules a customer comes to a department is in `routing.py`. Without departments, one queue is for all.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any, Iterator, Mapping, Optional

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from base.clock import ROME
from base.layers import Files, layered, read_layered
from base.settings import ROOT
from shop.calendar import is_national_holiday
from shop.routing import KEY, Routing, read_routing

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MINUTES = ("alert_again_after_minutes", "promise_after_minutes", "put_back_after_minutes")
DEPARTMENT_MINUTES = ("alert_again_after_minutes", "promise_after_minutes", "next_after_minutes")
PROPOSE = "propose_for_minutes"
DAYS_AHEAD = 60
LEAP_YEAR = 2024

Span = tuple[time, time]  # from, until; until is not included
Closed = tuple[str, str]  # first and last day, both as they are written: MM-DD or YYYY-MM-DD


class DeskRulesUnreadable(Exception):
    """The file cannot be used; the message says where."""


@dataclass(frozen=True)
class Department:
    """A part of the shop with people of its own; what it does not say is as for everybody.

    `next_after`: nobody of it accepts for so long, and `next` is asked, or everybody where that is None.
    """

    key: str
    name: str
    mail: tuple[str, ...] = ()
    week: Optional[tuple[tuple[Span, ...], ...]] = None
    alert_again: Optional[timedelta] = None
    promise: Optional[timedelta] = None
    next_after: Optional[timedelta] = None
    next: Optional[str] = None


@dataclass(frozen=True)
class DeskRules:
    """`week` has the hours of the seven days, Monday first; Italian local time.

    `propose_for`: for how long somebody is proposed before others; `skills` are their names by key.
    """

    week: tuple[tuple[Span, ...], ...]
    closed: tuple[Closed, ...]
    alert_again: timedelta
    promise: timedelta
    put_back: timedelta
    outcomes: tuple[str, ...]
    departments: tuple[Department, ...] = ()
    skills: Mapping[str, str] = field(default_factory=dict)
    routing: Routing = Routing()
    propose_for: timedelta = timedelta(0)

    @classmethod
    def load(cls, files: Files) -> "DeskRules":
        """Read the file, or several laid over each other: keys of later ones win, their lists take the place of others.

        Raises:
            DeskRulesUnreadable: something is missing, or is no time, day or number, or leads nowhere.
        """
        read = layered(files)
        try:
            content = read_layered(files)
            departments = tuple(_departments(content.get("departments") or {}))
            looped = loop_in({one.key: one.next for one in departments})
            if looped:
                raise ValueError(f"departments: {' → '.join(looped)} has no end")
            skills = {str(key): str(name) for key, name in (content.get("skills") or {}).items()}
            roots = [(_shown(file), YAML(typ="safe").compose(file.read_text(encoding="utf-8"))) for file in read]
            return cls(
                _week(content["hours"]),
                tuple(read_closed(written) for written in content["closed"] or []),
                _minutes(content, MINUTES[0]),
                _minutes(content, MINUTES[1]),
                _minutes(content, MINUTES[2]),
                tuple(map(str, content["outcomes"])),
                departments,
                skills,
                read_routing(roots, [one.key for one in departments], list(skills)),
                _minutes(content, PROPOSE) if PROPOSE in content else timedelta(0),
            )
        except (YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
            raise DeskRulesUnreadable(f"{read[-1].name}: {error}") from error

    def department(self, key: Optional[str]) -> Optional[Department]:
        """The department with this key; None for everybody, and for one that is gone from the file."""
        return next((one for one in self.departments if one.key == key), None)

    def name_of(self, key: Optional[str]) -> Optional[str]:
        """What the department with this key is called; None for everybody."""
        found = self.department(key)
        return found.name if found else None

    def of(self, key: Optional[str]) -> "DeskRules":
        """The hours and times of one department; those of everybody where it has none of its own."""
        own = self.department(key)
        if own is None:
            return self
        return replace(
            self,
            week=self.week if own.week is None else own.week,
            alert_again=own.alert_again or self.alert_again,
            promise=own.promise or self.promise,
        )

    def after(self, key: Optional[str], moment: datetime) -> Optional[str]:
        """Who is asked when nobody of a department accepts: the next one, if it answers now; else None, everybody."""
        own = self.department(key)
        found = own.next if own else None
        return found if found and self.of(found).is_open(moment) else None

    def leaves_at(self, key: Optional[str], moment: datetime) -> Optional[datetime]:
        """When somebody who waits for a department from `moment` on is shown to the next one; None: never.

        The time counts from its opening.
        """
        own, rules = self.department(key), self.of(key)
        if own is None or own.next_after is None:
            return None
        begins = moment if rules.is_open(moment) else rules.opens_next(moment)
        return (begins or moment) + own.next_after

    def is_open_anywhere(self, moment: datetime) -> bool:
        """Whether anybody answers at this moment, in whatever department."""
        return self.is_open(moment) or any(self.of(one.key).is_open(moment) for one in self.departments)

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

    def open_between(self, start: datetime, end: datetime) -> timedelta:
        """How much of the time from `start` to `end` somebody answers; nothing where `end` comes first."""
        day, last, total = start.astimezone(ROME).date(), end.astimezone(ROME).date(), timedelta()
        while day <= last:
            for opens, closes in self.hours_on(day):
                total += max(timedelta(), min(end, _utc(day, closes)) - max(start, _utc(day, opens)))
            day += timedelta(days=1)
        return total

    def hours_on(self, day: date) -> tuple[Span, ...]:
        """The hours of a day; none on a holiday and when the shop is closed."""
        if is_national_holiday(day) or any(_falls_in(day, closed) for closed in self.closed):
            return ()
        return self.week[day.weekday()]

    def _spans_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        for day in _days_from(moment.astimezone(ROME).date()):
            for opens, closes in self.hours_on(day):
                yield _utc(day, opens), _utc(day, closes)


def _shown(file: Path) -> str:
    """The product's files from its folder, the shop's in full."""
    return file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else file.as_posix()


def _departments(written: Mapping[str, Any]) -> Iterator[Department]:
    for key, own in written.items():
        if not KEY.fullmatch(str(key)):
            raise ValueError(f"departments: {key} is no key")
        following = own.get("next")
        if following is not None and (following not in written or following == key):
            raise ValueError(f"departments: {key}: next: there is no other department {following}")
        alert_again, promise, next_after = (_minutes(own, name) if name in own else None for name in DEPARTMENT_MINUTES)
        yield Department(
            key,
            str(own["name"]),
            tuple(map(str, own.get("mail") or ())),
            _week(own["hours"]) if "hours" in own else None,
            alert_again,
            promise,
            next_after,
            following,
        )


def loop_in(following: Mapping[str, Optional[str]]) -> tuple[str, ...]:
    """Departments that hand a customer round and round; none where every way ends with everybody."""
    for first in following:
        way: list[str] = []
        here: Optional[str] = first
        while here is not None and here not in way:
            way.append(here)
            here = following.get(here)
        if here is not None:
            return (*way[way.index(here) :], here)
    return ()


def _week(hours: Mapping[str, Any]) -> tuple[tuple[Span, ...], ...]:
    unknown = set(hours).difference(DAYS)
    if unknown:
        raise ValueError(f"hours: {sorted(unknown)} are no days")
    return tuple(tuple(read_spans(hours.get(day) or [], day)) for day in DAYS)


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
