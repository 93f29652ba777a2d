"""The past that is made up for measuring can be read as one that happened."""

from datetime import timedelta
from pathlib import Path

from base.database import Database
from bench.past import make_past
from bench.trend import QUICK_TREND, run_trend
from switchboard.episodes import past
from tests.conftest import NOW


def test_as_many_conversations_are_made_as_were_wanted_and_they_are_episodes(database: Database) -> None:
    with database.writing() as session:
        make_past(session, 60, NOW)
        found = past(session, NOW - timedelta(days=183), NOW)

    assert len(found.episodes) == 60
    assert {channel for one in found.episodes for channel in one.channels} == {"web", "telegram"}
    assert 0 < sum(bool(one.calls) for one in found.episodes) < 30


def test_the_figures_for_managers_are_timed(tmp_path: Path) -> None:
    steps: list[str] = []

    report = run_trend(QUICK_TREND, tmp_path, steps.append)

    assert steps == ["past", "load"]
    assert len(report["figures"]) == 8 and all(value > 0 for value in report["figures"].values())
