"""A whole measurement of Sportello alone, short: that it works, never how fast."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from base.settings import ROOT
from bench.figures import over_rounds, round_figures
from bench.load import Load, TimedTurn
from cli import bench
from cli.bench import bench_command
from cli.say import Problem

NOT_ASKED_FOR: dict[str, Any] = {
    "quick": True,
    "without_stock": True,
    "rounds": 1,
    "rate": 6.0,
    "stock_store": "memory",
    "json_file": None,
    "plot_file": None,
}


@pytest.mark.e2e
@pytest.mark.alone
@pytest.mark.model
def test_a_short_run_measures_whole_turns_and_none_fails(tmp_path: Path) -> None:
    report_file, plot = tmp_path / "report.json", tmp_path / "plot.svg"
    command = [sys.executable, "-m", "cli.main", "bench", "--quick", "--without-stock"]
    command += ["--json", str(report_file), "--plot", str(plot)]

    env = {**os.environ, "SPORTELLO_VAR": str(tmp_path / "var")}
    result = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    assert (result.returncode, result.stderr) == (0, ""), result.stdout
    report = json.loads(report_file.read_text(encoding="utf-8"))
    side = report["sides"]["sportello"]
    assert (side["wrong"], side["missing"], side["faults"]) == (0, 0, [])
    assert list(side["loads"]) == ["1", "4", "long", "open"]
    assert side["turns"] == sum(load["turns"] for load in side["loads"].values()) == 86
    for load in side["loads"].values():
        assert 0 < load["p50_ms"] <= load["p95_ms"] <= load["p99_ms"]
        assert load["turns_per_s"] > 0
        assert load["cpu_ms_per_turn"] > 0
    assert {process["name"] for process in side["memory_mib"]} == {"sportello", "engine", "front"}
    assert side["ready_s"] > 0
    assert 0 < report["parse"]["p50_ms"] <= report["parse"]["p95_ms"]
    assert all(ms > 0 for ms in report["parse"]["longest_ms"].values())
    assert report["ratios"] is None
    assert "<svg" in plot.read_text(encoding="utf-8")
    assert "turno, mediana (ms)" in result.stdout


def report_with(**faults: Any) -> dict[str, Any]:
    """The report of a run in which one customer had one conversation."""
    figures = round_figures(Load((TimedTurn(20.0, True, None),), seconds=0.02), cpu_s=0.01, others_cpu=0.5)
    side = {"ready_s": 1.0, "training": None, "memory_mib": [], "turns": 1, "wrong": 0, "missing": 0, "faults": []}
    return {
        "plan": {"rate": 6.0},
        "ratios": None,
        "parse": {"messages": 1, "p50_ms": 1.0, "p95_ms": 1.0, "longest_ms": {"un ": 50.0}},
        "sides": {"sportello": {**side, "loads": {"1": over_rounds([figures])}, **faults}},
    }


def test_a_wrong_answer_is_shown_and_ends_in_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setenv("SPORTELLO_VAR", str(tmp_path / "var"))
    fault = {"kind": "wrong", "said": "buongiorno", "expected": "utter_greet", "got": "Non ho\ncapito."}
    monkeypatch.setattr(bench, "run", lambda *_: report_with(wrong=1, faults=[fault]))

    with pytest.raises(Problem) as failure:
        bench_command(**NOT_ASKED_FOR)

    assert (failure.value.key, failure.value.exit_code) == ("bench_faults", 1)
    shown = capsys.readouterr().out
    assert "a «buongiorno» doveva rispondere utter_greet, e ha risposto «Non ho capito.»" in shown
    assert "occupato anche da altro (50 % dei processori)" in shown


@pytest.mark.parametrize(
    ("option", "key"),
    [
        ({"stock_store": "redis"}, "bench_no_such_store"),
        ({"plot_file": Path("plot.pdf")}, "bench_no_such_plot"),
        ({"json_file": Path("/no/such/folder/report.json")}, "bench_no_such_folder"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused_before_anything_starts(option: dict[str, Any], key: str) -> None:
    with pytest.raises(Problem) as refusal:
        bench_command(**{**NOT_ASKED_FOR, **option})

    assert (refusal.value.key, refusal.value.exit_code) == (key, 2)
