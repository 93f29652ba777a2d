"""The clock that a demonstration can move."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

from base.clock import FixedClock, ShiftedClock, SystemClock, clock_for, write_shift


def test_all_clocks_of_a_folder_move_together_and_come_back(tmp_path: Path) -> None:
    one, other = ShiftedClock(tmp_path), ShiftedClock(tmp_path)

    write_shift(tmp_path, timedelta(hours=3))
    moved = (one.shift(), other.shift())
    write_shift(tmp_path, timedelta(days=-1))
    again = one.shift()
    write_shift(tmp_path, None)

    assert moved == (timedelta(hours=3), timedelta(hours=3))
    assert again == timedelta(days=-1)
    assert one.shift() == timedelta()


def test_only_a_demonstration_can_be_moved(tmp_path: Path) -> None:
    write_shift(tmp_path, timedelta(days=400))

    assert isinstance(clock_for(False, tmp_path), SystemClock)
    assert clock_for(True, tmp_path).now() - clock_for(False, tmp_path).now() > timedelta(days=399)


def test_a_fixed_clock_moves_only_when_told() -> None:
    clock = FixedClock(datetime(2026, 11, 23, tzinfo=timezone.utc))

    before = (clock.now(), clock.now())
    clock.move(timedelta(minutes=5))

    assert before[0] == before[1] == clock.now() - timedelta(minutes=5)
