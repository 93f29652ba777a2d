"""A record's progress as steps that any channel can draw."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Optional


class StepState(str, Enum):
    DONE = "done"
    CURRENT = "current"  # where the record is now
    TODO = "todo"
    PROBLEM = "problem"  # it stopped here


@dataclass(frozen=True)
class Step:
    """One step of the way. Of the two times at most one is given: `at` a moment in UTC, `on` a day."""

    key: str
    state: StepState
    at: Optional[datetime] = None
    on: Optional[date] = None
