"""The clock of a demonstration system."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.clock import FixedClock, ShiftedClock
from cli.dev import clock_command, new_shift
from cli.lock import only_one
from cli.say import Problem

REAL = FixedClock(datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc))


@pytest.mark.parametrize(
    ("when", "shift"),
    [
        ("+90m", timedelta(minutes=90)),
        ("+3h", timedelta(hours=3)),
        ("-1d", timedelta(days=-1)),
        ("+2w", timedelta(weeks=2)),
    ],
)
def test_a_step_moves_the_clock_from_where_it_is(when: str, shift: timedelta) -> None:
    moved = new_shift(when, timedelta(hours=1), REAL)

    assert moved == shift + timedelta(hours=1)


def test_a_moment_is_italian_local_time() -> None:
    winter = new_shift("2026-12-24T18:05", timedelta(), REAL)
    summer = new_shift("2026-07-24T18:05", timedelta(), REAL)

    assert REAL.now() + winter == datetime(2026, 12, 24, 17, 5, tzinfo=timezone.utc)
    assert REAL.now() + summer == datetime(2026, 7, 24, 16, 5, tzinfo=timezone.utc)


def test_real_goes_back_to_real_time() -> None:
    assert new_shift("real", timedelta(hours=3), REAL) is None


@pytest.mark.parametrize("when", ["", "3h", "+3", "+3y", "domani", "2026-13-01", "+99999999999w", "-99999999d", "+٣h"])
def test_what_cannot_be_read_or_shown_is_refused(when: str) -> None:
    with pytest.raises(Problem) as refusal:
        new_shift(when, timedelta(), REAL)

    assert (refusal.value.key, refusal.value.exit_code) == ("dev_clock_unreadable", 2)


@given(st.text())
def test_any_text_is_understood_or_refused(when: str) -> None:
    try:
        moved = new_shift(when, timedelta(), REAL)
    except Problem:
        return

    assert moved is None or REAL.now() + moved


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SPORTELLO_VAR", str(tmp_path))
    monkeypatch.setenv("SPORTELLO_SECRET", "s" * 32)
    monkeypatch.setenv("SPORTELLO_ENGINE_SECRET", "e" * 32)
    monkeypatch.delenv("SPORTELLO_DEV", raising=False)
    return tmp_path


def test_the_clock_of_a_real_shop_cannot_be_moved(var: Path) -> None:
    with pytest.raises(Problem) as refusal:
        clock_command("+3h")

    assert refusal.value.key == "dev_refused"


def test_the_clock_moves_when_the_environment_says_it_is_a_demonstration(
    var: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setenv("SPORTELLO_DEV", "1")

    clock_command("+3h")

    assert ShiftedClock(var).shift() == timedelta(hours=3)
    assert "(ora italiana)" in capsys.readouterr().out


def test_the_clock_moves_when_a_demonstration_runs_in_the_same_folder(var: Path) -> None:
    with only_one(var, dev=True):
        clock_command("-1d")

    assert ShiftedClock(var).shift() == timedelta(days=-1)


def test_the_clock_does_not_move_when_what_runs_is_no_demonstration(var: Path) -> None:
    with only_one(var, dev=False), pytest.raises(Problem):
        clock_command("-1d")
