"""`sportello bench`: Sportello and a stock Rasa measured side by side; the figures as a table, JSON and a plot."""

import json
import os
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any, Optional

from base.settings import ROOT
from bench.processes import ProcessFailed
from bench.run import QUICK, Plan, run
from bench.stock import STORES
from cli.bench_table import fault_lines, load_title, table_lines
from cli.model import models_folder
from cli.say import Problem, say
from cli.screen import Screen

PLOTS = (".svg", ".png")


def bench_command(
    quick: bool,
    without_stock: bool,
    rounds: int,
    rate: float,
    stock_store: str,
    json_file: Optional[Path],
    plot_file: Optional[Path],
) -> None:
    """Measure, and show the figures.

    Args:
        quick: only see that everything works; the figures say little.
        without_stock: measure Sportello alone.
        rounds: how often each load is put on each side.
        rate: messages a second of the open loop.
        stock_store: where the stock Rasa keeps its conversations, one of `STORES`.
        json_file: where to write the report.
        plot_file: where to draw it, `.svg` or `.png`.

    Raises:
        Problem: an option cannot be used, something did not start, or turns were answered wrongly.
        engine.models.ModelError: there is no usable model.
    """
    _check_options(stock_store, json_file, plot_file)
    screen = Screen()
    plan = QUICK if quick else Plan(rounds=rounds)
    report = _run(replace(plan, rate=rate, stock=not without_stock, store=stock_store), screen)
    for line in table_lines(report):
        screen.line(line)
    if json_file:
        json_file.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if plot_file:
        from cli.bench_plot import draw

        draw(report, plot_file)
    _end(report, screen)


def _check_options(stock_store: str, json_file: Optional[Path], plot_file: Optional[Path]) -> None:
    """What would be a pity to find out after an hour."""
    if stock_store not in STORES:
        raise Problem("bench_no_such_store", exit_code=2, value=stock_store, allowed=", ".join(STORES))
    if plot_file and plot_file.suffix not in PLOTS:
        raise Problem("bench_no_such_plot", exit_code=2, allowed=", ".join(PLOTS))
    for file in (json_file, plot_file):
        if file and not file.absolute().parent.is_dir():
            raise Problem("bench_no_such_folder", exit_code=2, folder=file.absolute().parent)


def _run(plan: Plan, screen: Screen) -> dict[str, Any]:
    var = Path(os.environ.get("SPORTELLO_VAR") or ROOT / "var")
    var.mkdir(0o700, parents=True, exist_ok=True)
    try:
        return run(plan, models_folder(), var / "bench", lambda kind, **values: _step(screen, plan, kind, values))
    except ProcessFailed as failure:
        for line in failure.last_lines:
            screen.line(f"  {line}")
        raise Problem("bench_failed") from failure


def _step(screen: Screen, plan: Plan, kind: str, values: dict[str, Any]) -> AbstractContextManager:
    shown = dict(values)
    if "side" in values:
        shown["side"] = say(f"bench_side_{values['side']}")
    if "load" in values:
        shown["load"] = load_title(values["load"], plan.rate)
    return screen.busy(say(f"bench_step_{kind}", **shown))


def _end(report: dict[str, Any], screen: Screen) -> None:
    faults = sum(side["wrong"] + side["missing"] for side in report["sides"].values())
    if faults:
        for line in fault_lines(report):
            screen.line(line)
        raise Problem("bench_faults", count=faults)
