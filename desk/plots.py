"""Plots of the desk: bars over time, as SVG that our style sheet colours."""

from dataclasses import dataclass
from typing import Optional, Sequence

HIGH, WIDE, GAP = 120, 640, 2  # in the plot's own units


@dataclass(frozen=True)
class Bar:
    """A day or a week in the plot; `title` tells what it shows."""

    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True)
class Plot:
    """Bars with what stands around them. `name` is its id on the page; `description` is for whoever does not see it."""

    name: str
    title: str
    description: str
    most: str
    bars: Sequence[Bar]


def bars(values: Sequence[Optional[float]], titles: Sequence[str], most: float) -> list[Bar]:
    """A bar for each value, none where it is not known; `most` is as high as the plot."""
    step = WIDE / max(1, len(values))
    found = []
    for place, (value, title) in enumerate(zip(values, titles)):
        height = round(HIGH * (value or 0) / (most or 1), 1)
        found.append(Bar(round(place * step, 1), round(HIGH - height, 1), round(step - GAP, 1), height, title))
    return found
