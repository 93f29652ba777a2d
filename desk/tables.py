"""Tables of figures: what stands in a cell, and when there is too little of something to be told.

Where fewer than `LEAST` conversations stand behind a figure, it is not told: it could be known whose they are.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Optional, Sequence, Union

LEAST = 5


@dataclass(frozen=True)
class Share:
    """So many of a whole."""

    part: int
    whole: int

    @property
    def percent(self) -> Optional[float]:
        """From 0 to 100; None where the whole is too small."""
        return 100 * self.part / self.whole if self.whole >= LEAST else None


@dataclass(frozen=True)
class Few:
    """A number that is not 0 and too small to be told."""


@dataclass(frozen=True)
class Took:
    """A time, of so many; not told of too few."""

    time: Optional[timedelta]
    of: int

    @property
    def told(self) -> Optional[timedelta]:
        return self.time if self.of >= LEAST else None


Key = Union[str, date, tuple[str, ...]]
Cell = Union[int, Few, Share, Took]


@dataclass(frozen=True)
class Table:
    """Figures in rows; `columns` are keys of words, that of the first one too, which holds the names of the rows."""

    name: str
    columns: Sequence[str]
    rows: Sequence[tuple[Key, tuple[Cell, ...]]]


def told(number: int) -> Union[int, Few]:
    """A number, if it may be told."""
    return Few() if 0 < number < LEAST else number


def part(number: int, whole: int) -> Union[Share, Few]:
    """A part of a whole, if its number may be told."""
    return Few() if 0 < number < LEAST else Share(number, whole)
