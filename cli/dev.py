"""`sportello dev`: moves the clock of a demonstration system."""

import re
from datetime import datetime, timedelta
from typing import Optional

from base.clock import ROME, Clock, ShiftedClock, SystemClock, write_shift
from base.settings import load_settings
from cli.lock import running
from cli.say import Problem, say

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def clock_command(when: str) -> None:
    """Move the clock that front, engine and actions read, and say what time it is there now.

    Raises:
        Problem: this is no demonstration system, or `when` cannot be read.
    """
    settings = load_settings()
    supervisor = running(settings.var)
    if not settings.dev and not (supervisor and supervisor.dev):
        raise Problem("dev_refused")
    settings.var.mkdir(0o700, parents=True, exist_ok=True)
    clock = ShiftedClock(settings.var)
    write_shift(settings.var, new_shift(when, clock.shift(), SystemClock()))
    print(say("dev_clock_now", when=clock.now().astimezone(ROME).strftime("%d/%m/%Y %H:%M")))


def new_shift(when: str, shift: timedelta, real: Clock) -> Optional[timedelta]:
    """How far from real time the clock must be; `None` for real time.

    Args:
        when: "+90m", "+3h", "-1d", "+2w" from where the clock is; "2026-12-24T18:05", Italian time; or "real".
        shift: how far it is now.
        real: the true time.

    Raises:
        Problem: `when` is none of these, or too far away.
    """
    if when == "real":
        return None
    try:
        step = re.fullmatch(r"([+-][0-9]+)([mhdw])", when)
        if step:
            moved = shift + timedelta(**{UNITS[step[2]]: int(step[1])})
        else:
            moment = datetime.fromisoformat(when)
            moved = (moment if moment.tzinfo else moment.replace(tzinfo=ROME)) - real.now()
        real.now() + moved  # a year that a clock can show
    except (ValueError, OverflowError) as error:
        raise Problem("dev_clock_unreadable", exit_code=2, value=when) from error
    return moved
