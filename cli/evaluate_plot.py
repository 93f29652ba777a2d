"""The pictures of `sportello evaluate --report`: what is taken for what, and whether confidence can be believed."""

from collections import Counter
from pathlib import Path
from typing import Any, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from cli.bench_table import number
from cli.say import say

BLUE, GREY, INK, LINE = "#1d4ed8", "#a8a29e", "#292524", "#d6d3d1"
SHADES = LinearSegmentedColormap.from_list("shades", ["#ffffff", BLUE])
MOST_INTENTS = 24
LONGEST_NAME = 30
CELL_INCH, MARGIN_INCH, LEAST_INCH = 0.3, 3.2, 5
DPI = 150

Report = dict[str, Any]


def draw_confusions(report: Report, file: Path) -> None:
    """Draw what was understood of each intent, as shares of its sentences; its ending says what kind of picture.

    Of many intents only those with the most mistakes are shown, and what they were taken for besides as "others".
    """
    shown = most_confused(report)
    counts = matrix(report, shown)
    others = bool(counts[:, -1].any())
    counts = counts[:, : len(shown) + int(others)]
    supports = np.array([max(_support(report, name), 1) for name in shown])
    side = max(CELL_INCH * len(shown) + MARGIN_INCH, LEAST_INCH)
    figure = Figure(figsize=(side + CELL_INCH * int(others), side), layout="constrained")
    axes = figure.subplots()
    axes.pcolormesh(counts / supports[:, np.newaxis], cmap=SHADES, vmin=0, vmax=1, edgecolors=LINE, linewidth=0.4)
    for row, column in zip(*np.nonzero(counts)):
        share = counts[row, column] / supports[row]
        colour = "white" if share > 0.5 else INK
        axes.text(column + 0.5, row + 0.5, str(counts[row, column]), ha="center", va="center", fontsize=7, color=colour)
    columns = [*shown, say("evaluate_plot_others")] if others else shown
    axes.set_xticks(np.arange(len(columns)) + 0.5, [_short(name) for name in columns], rotation=90)
    axes.set_yticks(np.arange(len(shown)) + 0.5, [_short(name) for name in shown])
    axes.invert_yaxis()
    axes.set_aspect("equal")
    count = len(all_intents(report))
    partly = len(shown) < count
    _dress(axes)
    title = say("evaluate_plot_most_confused" if partly else "evaluate_plot_confusions", shown=len(shown), count=count)
    figure.suptitle(title, x=0.01, ha="left", fontsize=10, color=INK)
    axes.set_xlabel(say("evaluate_plot_understood"), color=INK, fontsize=9)
    axes.set_ylabel(say("evaluate_plot_wanted"), color=INK, fontsize=9)
    figure.savefig(file, dpi=DPI)


def draw_calibration(report: Report, file: Path) -> None:
    """Draw how right the likeliest intents are beside how sure of them the model is, and how often it is how sure."""
    figure = Figure(figsize=(6, 7), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": (2, 1)})
    _curve(above, report)
    _histogram(below, report["calibration"])
    figure.savefig(file, dpi=DPI)


def draw_curve(points: Sequence[dict[str, Any]], file: Path) -> None:
    """Draw the share of right intents over how many sentences there were to learn from."""
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    counts, shares = [one["sentences"] for one in points], [one["intent_accuracy"] for one in points]
    axes.plot(counts, shares, color=BLUE, linewidth=1.6, marker="o", markersize=5)
    for point in points:
        size = say("evaluate_plot_all") if point["per_intent"] is None else str(point["per_intent"])
        place = (point["sentences"], point["intent_accuracy"])
        axes.annotate(size, place, xytext=(0, 7), textcoords="offset points", ha="center", fontsize=8, color=INK)
    _dress(axes, say("evaluate_plot_learning"))
    axes.set_xlabel(say("evaluate_plot_sentences"), color=INK, fontsize=9)
    axes.set_ylabel(say("evaluate_plot_accuracy"), color=INK, fontsize=9)
    axes.yaxis.set_major_formatter(_italian)
    axes.margins(y=0.2)
    axes.grid(color=LINE, linewidth=0.6)
    figure.savefig(file, dpi=DPI)


def _curve(axes: Axes, report: Report) -> None:
    full = [one for one in report["calibration"] if one["count"]]
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=(0, (4, 3)), label=say("evaluate_plot_perfect"))
    sure, right = [one["confidence"] for one in full], [one["accuracy"] for one in full]
    dots = {"marker": "o", "markersize": 5, "clip_on": False, "zorder": 3}
    axes.plot(sure, right, color=BLUE, linewidth=1.6, **dots, label=say("evaluate_plot_curve"))
    error = report["expected_calibration_error"]
    _dress(axes, say("evaluate_plot_calibration", error="–" if error is None else number(error, places=3)))
    axes.set_ylabel(say("evaluate_plot_accuracy"), color=INK, fontsize=9)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.03)
    axes.yaxis.set_major_formatter(_italian)
    axes.grid(color=LINE, linewidth=0.6)
    _legend(axes)


def _histogram(axes: Axes, bins: Sequence[dict[str, Any]]) -> None:
    lows, width = [one["low"] for one in bins], bins[0]["high"] - bins[0]["low"]
    right = [round((one["accuracy"] or 0) * one["count"]) for one in bins]
    wrong = [one["count"] - good for one, good in zip(bins, right)]
    bar = {"width": width * 0.92, "align": "edge"}
    lefts = [low + width * 0.04 for low in lows]
    axes.bar(lefts, right, color=BLUE, label=say("evaluate_plot_right"), **bar)
    top = axes.bar(lefts, wrong, bottom=right, color=GREY, label=say("evaluate_plot_wrong"), **bar)
    axes.bar_label(top, [one["count"] or "" for one in bins], padding=2, fontsize=8, color=INK)
    _dress(axes, say("evaluate_plot_histogram"))
    axes.set_xlabel(say("evaluate_plot_confidence"), color=INK, fontsize=9)
    axes.set_xticks(np.linspace(0, 1, 11))
    axes.xaxis.set_major_formatter(_italian)
    axes.margins(y=0.15)
    axes.grid(axis="y", color=LINE, linewidth=0.6)
    _legend(axes)


def all_intents(report: Report) -> list[str]:
    """Every intent that occurs, in order."""
    return [name for name, score in report["intents"].items() if score["support"]]


def most_confused(report: Report) -> list[str]:
    """Every intent, or of more than `MOST_INTENTS` those with the most mistakes; in the order of their names."""
    intents = all_intents(report)
    if len(intents) <= MOST_INTENTS:
        return intents
    mistakes: Counter[str] = Counter()
    for confusion in report["confusions"]:
        mistakes[confusion["intent"]] += confusion["count"]
        mistakes[confusion["understood"]] += confusion["count"]
    mistaken = [name for name in intents if mistakes[name]] or intents
    return sorted(sorted(mistaken, key=lambda name: -mistakes[name])[:MOST_INTENTS])


def matrix(report: Report, shown: Sequence[str]) -> np.ndarray:
    """`(n_shown, n_shown + 1)` whole numbers: what was understood of each intent; the last column is all others."""
    place = {name: number for number, name in enumerate(shown)}
    counts = np.zeros((len(shown), len(shown) + 1), dtype=int)
    for name, row in place.items():
        counts[row, row] = _support(report, name)
    for confusion in report["confusions"]:
        row = place.get(confusion["intent"])
        if row is not None:
            counts[row, place.get(confusion["understood"], len(shown))] += confusion["count"]
            counts[row, row] -= confusion["count"]
    return counts


def _support(report: Report, name: str) -> int:
    return report["intents"][name]["support"]


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _legend(axes: Axes) -> None:
    """Above the drawing, beside its title, where no line passes."""
    place = {"loc": "lower right", "bbox_to_anchor": (1, 1), "borderaxespad": 0.2}
    axes.legend(**place, ncol=2, frameon=False, fontsize=8, labelcolor=INK, columnspacing=1.2, handlelength=1.6)


def _italian(value: float, _place: int) -> str:
    return number(value)


def _dress(axes: Axes, title: str = "") -> None:
    axes.set_title(title, loc="left", fontsize=10, color=INK)
    axes.tick_params(length=0, labelsize=8, colors=INK)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(LINE)
