"""Days and moments in a shop file: absolute, or relative to the day of import so that a demo never ages."""

import re
from datetime import date, datetime, time, timedelta, timezone
from typing import Optional

from base.clock import ROME

NOON = time(12, 0)  # a moment given as a day only
_RELATIVE = re.compile(r"(?P<days>[+-]?[0-9]{1,4})d(?: (?P<time>[0-9]{2}:[0-9]{2}))?")
_ABSOLUTE = re.compile(
    r"(?P<day>2[01][0-9]{2}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ](?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?)?"
)


def read_day(text: str, today: date) -> date:
    """The day that `text` names: "2026-11-20", or "-3d", "0d", "+2d" counted from `today`.

    Raises:
        ValueError: it names no day, or a moment.
    """
    match = _match(text)
    if match["time"]:
        raise ValueError("a moment where a day is expected")
    return _day(match, today)


def read_moment(text: str, today: date) -> datetime:
    """The moment that `text` names, in UTC.

    "2026-11-20T14:30:00+01:00", or without the zone and with a space, then in Italian time; "-3d 14:30" counts from
    `today`, in Italian time. A day alone means noon.

    Raises:
        ValueError: it names no moment.
    """
    match = _match(text)
    clock = time.fromisoformat(match["time"]) if match["time"] else NOON
    local = datetime.combine(_day(match, today), clock)
    return local.replace(tzinfo=_zone(match) or ROME).astimezone(timezone.utc)


def _match(text: str) -> "re.Match[str]":
    match = _RELATIVE.fullmatch(text) or _ABSOLUTE.fullmatch(text)
    if match is None:
        raise ValueError("neither a date nor relative to the day of import")
    return match


def _day(match: "re.Match[str]", today: date) -> date:
    if match.re is _RELATIVE:
        return today + timedelta(days=int(match["days"]))
    return date.fromisoformat(match["day"])


def _zone(match: "re.Match[str]") -> Optional[timezone]:
    zone = match["zone"] if match.re is _ABSOLUTE else None
    if zone is None:
        return None
    if zone == "Z":
        return timezone.utc
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
    return timezone(-offset if zone[0] == "-" else offset)
