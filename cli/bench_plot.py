"""The figures of `sportello bench` as a picture: response time, turns a second, processor time and memory."""

from pathlib import Path
from typing import Any, Callable, Optional

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cli.bench_table import memory_sum, number
from cli.say import say

COLOURS = {"sportello": "#1d4ed8", "stock": "#a8a29e"}
INK, LINE = "#292524", "#d6d3d1"
BAR = 0.38
SIZE_INCH = (10, 7)
DPI = 150

Report = dict[str, Any]


def draw(report: Report, file: Path) -> None:
    """Draw `report` into `file`; its ending says what kind of picture."""
    figure = Figure(figsize=SIZE_INCH)
    (times, turns), (cpu, memory) = figure.subplots(2, 2)
    _bars(times, report, say("bench_plot_times"), _of("p50_ms"), _of("p95_ms"))
    _bars(turns, report, say("bench_plot_turns"), _of("turns_per_s"))
    _bars(cpu, report, say("bench_plot_cpu"), _of("cpu_ms_per_turn"))
    _memory(memory, report)
    handles, labels = times.get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper center", ncol=len(labels), frameon=False)
    figure.tight_layout(rect=(0, 0, 1, 0.95), h_pad=2.5, w_pad=2.5)
    figure.savefig(file, dpi=DPI)


def _of(figure: str) -> Callable[[Report, str], float]:
    return lambda side, load: side["loads"][load][figure]


def _bars(
    axes: Axes,
    report: Report,
    title: str,
    height: Callable[[Report, str], float],
    top: Optional[Callable[[Report, str], float]] = None,
) -> None:
    """A group of bars for each number of customers; `top` is where a thin line above a bar ends."""
    loads = [load for load in report["sides"]["sportello"]["loads"] if load.isdigit()]
    for place, (name, side) in enumerate(report["sides"].items()):
        heights = [height(side, load) for load in loads]
        left = [group + (place - (len(report["sides"]) - 1) / 2) * BAR for group in range(len(loads))]
        bars = axes.bar(left, heights, BAR * 0.94, color=COLOURS[name], label=say(f"bench_side_{name}"))
        if top:
            reach = [top(side, load) - base for load, base in zip(loads, heights)]
            edges = [middle + BAR * 0.4 for middle in left]  # beside the number, not through it
            axes.errorbar(edges, heights, yerr=([0] * len(reach), reach), fmt="none", ecolor=INK, elinewidth=0.8)
        axes.bar_label(
            bars, [number(value, places=int(value < 100)) for value in heights], padding=2, fontsize=8, color=INK
        )
    axes.set_xticks(range(len(loads)), [say("bench_plot_customers", customers=load) for load in loads])
    _dress(axes, title)


def _memory(axes: Axes, report: Report) -> None:
    for place, (name, side) in enumerate(report["sides"].items()):
        base = 0.0
        for process in side["memory_mib"]:
            axes.bar(place, process["pss"], 0.6, bottom=base, color=COLOURS[name], edgecolor="white", linewidth=1)
            base += process["pss"]
        axes.text(place, base, number(memory_sum(side), places=0), ha="center", va="bottom", fontsize=8, color=INK)
    axes.set_xticks(range(len(report["sides"])), [say(f"bench_side_{name}") for name in report["sides"]])
    _dress(axes, say("bench_plot_memory"))


def _dress(axes: Axes, title: str) -> None:
    axes.set_title(title, loc="left", fontsize=10, color=INK)
    axes.tick_params(length=0, labelsize=9, colors=INK)
    axes.margins(y=0.15)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=LINE, linewidth=0.6)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(LINE)
