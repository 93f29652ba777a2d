"""`sportello bench figures`: how long the figures for managers take with a long past."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Optional

from bench.trend import PERIODS, QUICK_TREND, TrendPlan, run_trend
from cli.say import Problem, say
from cli.screen import Screen


def bench_trend_command(quick: bool, json_file: Optional[Path]) -> None:
    """Measure, and show the figures.

    Args:
        quick: only see that everything works; the figures say little.
        json_file: where to write the report.

    Raises:
        Problem: there is nowhere to write it.
    """
    screen = Screen()
    if json_file and not json_file.absolute().parent.is_dir():
        raise Problem("bench_no_such_folder", exit_code=2, folder=json_file.absolute().parent)
    with TemporaryDirectory() as folder:
        plan = QUICK_TREND if quick else TrendPlan()
        report = run_trend(plan, Path(folder), lambda kind: screen.line(say(f"bench_trend_step_{kind}")))
    figures = report["figures"]
    for days in PERIODS:
        for name in ("first", "later"):
            p50, p95 = figures[f"{name}_{days}_p50"], figures[f"{name}_{days}_p95"]
            screen.line(say(f"bench_trend_{name}", days=days, p50=p50, p95=p95))
    if json_file:
        json_file.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
