"""A short measurement of the desk: that everything arrives, never how fast."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from base.settings import ROOT
from bench.desk import QUICK_DESK, run_desk
from bench.desk_people import DeskCustomer, Missing


def bench(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "cli.main", "bench", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.e2e
def test_a_short_run_delivers_everything_both_ways(tmp_path: Path) -> None:
    file = tmp_path / "report.json"

    result = bench("desk", "--quick", "--json", str(file))

    assert (result.returncode, result.stderr) == (0, ""), result.stdout
    figures = json.loads(file.read_text(encoding="utf-8"))["figures"]
    assert figures["messages"] == QUICK_DESK.customers * QUICK_DESK.rounds
    assert 0 < figures["to_agent_p50"] <= figures["to_agent_p95"] < figures["there_and_back_p95"] + 1
    assert figures["queue_p50"] > 0 and "Andata e ritorno" in result.stdout


@pytest.mark.e2e
def test_what_is_not_delivered_stops_the_measurement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def swallow(self: DeskCustomer, text: str) -> None:
        """The message goes nowhere."""

    monkeypatch.setattr(DeskCustomer, "say", swallow)
    monkeypatch.setattr("bench.desk_people.WAIT_S", 1.0)

    with pytest.raises(Missing):
        run_desk(QUICK_DESK, tmp_path, lambda _step: None)


def test_there_is_no_other_part() -> None:
    result = bench("cucina")

    assert result.returncode == 2 and "sportello bench desk" in result.stderr
