"""Where everything stands in the report's plots, in their own units; the template draws it."""

import math
from dataclasses import dataclass
from typing import Sequence

from evaluation.curve import Point
from evaluation.figures import Bin

WIDE = 640
LEFT, RIGHT, TOP = 84, 600, 18
CALIBRATION_BOTTOM, BARS_TOP, BARS_BOTTOM = 286, 316, 396
CURVE_BOTTOM = 250
MOST_RADIUS, LEAST_RADIUS = 11.0, 3.5
BAR_GAP = 6.0
STEP = 0.05  # of the curve's shares
TICKS = 5


@dataclass(frozen=True)
class Tick:
    """A line of the grid, and the number it stands for."""

    at: float
    value: float


@dataclass(frozen=True)
class Dot:
    """One bin of the calibration, or one training of the curve."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Rectangle:
    """A bar of the histogram."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class CalibrationPlot:
    """Dots by how full their bins are, and how full these are as bars, by bin; empty bins have neither."""

    dots: tuple[Dot, ...]
    bars: tuple[Rectangle, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]


@dataclass(frozen=True)
class CurvePlot:
    """Dots by the number of sentences, each joined to the next."""

    dots: tuple[Dot, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]

    @property
    def line(self) -> str:
        """The points of the line, as SVG writes them."""
        return " ".join(f"{dot.x},{dot.y}" for dot in self.dots)


def calibration_plot(bins: Sequence[Bin]) -> CalibrationPlot:
    """Confidence across, the share that is right up."""
    full = [(one, one.confidence, one.accuracy) for one in bins if one.confidence is not None]
    most = max((one.count for one, _, _ in full), default=1)
    dots = tuple(
        Dot(_across(sure), _up(right or 0.0, CALIBRATION_BOTTOM), _radius(one.count / most))
        for one, sure, right in full
    )
    return CalibrationPlot(dots, tuple(_bar(one, most) for one, _, _ in full), _shares(), _shares(CALIBRATION_BOTTOM))


def curve_plot(points: Sequence[Point]) -> CurvePlot:
    """Sentences across from none, shares up in the part of the scale where they lie."""
    shares = [one.intent_accuracy for one in points]
    low = max(0.0, math.floor((min(shares) - 0.001) / STEP) * STEP)
    high = min(1.0, math.ceil((max(shares) + 0.001) / STEP) * STEP)
    most = max(one.sentences for one in points)
    dots = tuple(
        Dot(_across(one.sentences / most), _up((one.intent_accuracy - low) / (high - low), CURVE_BOTTOM), 5.0)
        for one in points
    )
    steps = [low + (high - low) * step / 4 for step in range(5)]
    up = tuple(Tick(_up((share - low) / (high - low), CURVE_BOTTOM), share) for share in steps)
    across = tuple(Tick(_across(step / 4), most * step / 4) for step in range(5))
    return CurvePlot(dots, across, up)


def _shares(bottom: float = 0.0) -> tuple[Tick, ...]:
    """Ticks at every fifth: upwards above `bottom`, across without one."""
    steps = [step / TICKS for step in range(TICKS + 1)]
    return tuple(Tick(_up(share, bottom) if bottom else _across(share), share) for share in steps)


def _bar(one: Bin, most: int) -> Rectangle:
    height = round(max((BARS_BOTTOM - BARS_TOP) * one.count / most, 1.0), 1)
    left, right = _across(one.low), _across(one.high)
    return Rectangle(left + BAR_GAP / 2, round(BARS_BOTTOM - height, 1), round(right - left - BAR_GAP, 1), height)


def _radius(share: float) -> float:
    return round(LEAST_RADIUS + (MOST_RADIUS - LEAST_RADIUS) * math.sqrt(share), 1)


def _across(share: float) -> float:
    return round(LEFT + (RIGHT - LEFT) * share, 1)


def _up(share: float, bottom: float) -> float:
    return round(bottom - (bottom - TOP) * share, 1)
