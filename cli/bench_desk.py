"""`sportello bench desk`: from a customer's message to the agent's screen and back, and the queue's page."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Optional

from bench.desk import QUICK_DESK, DeskPlan, run_desk
from bench.desk_people import Missing
from bench.processes import ProcessFailed
from cli.say import Problem, say
from cli.screen import Screen

SHOWN = ("to_agent", "back", "there_and_back", "queue")


def bench_desk_command(quick: bool, json_file: Optional[Path]) -> None:
    """Measure a desk of its own, and show the figures.

    Args:
        quick: only see that everything works; the figures say little.
        json_file: where to write the report.

    Raises:
        Problem: it did not start, or something was not delivered.
    """
    screen = Screen()
    if json_file and not json_file.absolute().parent.is_dir():
        raise Problem("bench_no_such_folder", exit_code=2, folder=json_file.absolute().parent)
    with TemporaryDirectory() as folder:
        try:
            plan = QUICK_DESK if quick else DeskPlan()
            report = run_desk(plan, Path(folder), lambda kind: screen.line(say(f"bench_desk_step_{kind}")))
        except ProcessFailed as failure:
            for line in failure.last_lines:
                screen.line(f"  {line}")
            raise Problem("bench_failed") from failure
        except Missing as missing:
            raise Problem("bench_desk_missing", what=str(missing)) from missing
    figures = report["figures"]
    for name in SHOWN:
        p50, p95 = figures[f"{name}_p50"], figures[f"{name}_p95"]
        screen.line(say(f"bench_desk_{name}", p50=p50, p95=p95))
    if json_file:
        json_file.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
