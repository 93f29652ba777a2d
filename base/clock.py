"""The one source of time. Business code takes a `Clock`; only this file asks the system what time it is."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Optional, Protocol
from zoneinfo import ZoneInfo

from base.whole import write_whole

ROME = ZoneInfo("Europe/Rome")
CLOCK_FILE = "clock.json"


class Clock(Protocol):
    """Tells the time, always in UTC."""

    def now(self) -> datetime:
        """The moment, timezone-aware, UTC."""


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        return datetime.now(timezone.utc)


class FixedClock:
    """A clock that stands still until it is moved; for tests."""

    def __init__(self, at: datetime) -> None:
        self.at = at.astimezone(timezone.utc)

    def now(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> None:
        """Let `by` go past."""
        self.at += by


class ShiftedClock:
    """The system's clock plus what `sportello dev clock` wrote in the var folder: all processes move together."""

    def __init__(self, var: Path) -> None:
        self._file = var / CLOCK_FILE
        self._read_at: Optional[int] = None
        self._shift = timedelta()

    def now(self) -> datetime:
        return datetime.now(timezone.utc) + self.shift()

    def shift(self) -> timedelta:
        """How far this clock is from the real one."""
        try:
            changed = self._file.stat().st_mtime_ns
        except FileNotFoundError:
            self._read_at, self._shift = None, timedelta()
            return self._shift
        if changed != self._read_at:
            self._shift = timedelta(seconds=json.loads(self._file.read_text())["shift_seconds"])
            self._read_at = changed
        return self._shift


def write_shift(var: Path, shift: Optional[timedelta]) -> None:
    """Move every `ShiftedClock` of this var folder; `None` goes back to real time. Written whole or not at all."""
    target = var / CLOCK_FILE
    if shift is None:
        target.unlink(missing_ok=True)
        return
    write_whole(target, json.dumps({"shift_seconds": shift.total_seconds()}))


def clock_for(dev: bool, var: Path) -> Clock:
    """The clock a process uses: only a demonstration system can be moved."""
    return ShiftedClock(var) if dev else SystemClock()
