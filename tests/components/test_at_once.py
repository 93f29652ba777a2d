"""Pieces of a training in processes of their own: the same numbers, and an error that is heard."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from base.settings import ROOT
from components.at_once import MANY, PieceFailed, all_of

FEW = MANY - 1


def process_of(_number: int) -> int:
    """A piece that tells where it runs."""
    return os.getpid()


def share(one: float, other: float) -> float:
    """A piece that may fail."""
    return one / other


def is_killed() -> None:
    """A piece that is ended from outside, as the system does where memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)


def test_processes_give_the_same_numbers_in_the_same_order() -> None:
    rows = np.random.default_rng(1).normal(size=(300, 8)).astype(np.float32)
    pieces = [(np.linalg.svd, (rows * factor, False, False)) for factor in (1.0, 2.0, 3.0)]

    here, elsewhere = all_of(pieces, FEW), all_of(pieces, MANY)

    assert [one.tolist() for one in elsewhere] == [one.tolist() for one in here]


def test_each_piece_of_a_long_training_has_a_process_and_those_of_a_short_one_need_none() -> None:
    pieces = [(process_of, (number,)) for number in range(3)]

    assert set(all_of(pieces, FEW)) == {os.getpid()}
    assert len({os.getpid(), *all_of(pieces, MANY)}) == 4


def test_what_a_piece_raises_is_said_with_its_name_and_the_traceback_is_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(PieceFailed, match="^share: ZeroDivisionError: division by zero$"):
        all_of([(share, (1, 2)), (share, (1, 0))], MANY)

    assert "in share\n    return one / other" in caplog.text


def test_a_process_that_is_killed_is_said_with_its_signal() -> None:
    with pytest.raises(PieceFailed, match="^is_killed: its process ended without an answer, by signal 9$"):
        all_of([(is_killed, ())], MANY)


def test_after_a_failure_the_next_pieces_run() -> None:
    with pytest.raises(PieceFailed):
        all_of([(is_killed, ())], MANY)

    assert all_of([(share, (1, 2))], MANY) == [0.5]


def test_what_was_started_is_not_imported_again(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "from components.at_once import MANY, all_of\nprint('started')\nprint(all_of([(pow, (2, 3))], MANY))\n",
        encoding="utf-8",
    )

    done = subprocess.run(
        [sys.executable, str(program)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )

    assert (done.stdout.split(), done.stderr) == (["started", "[8]"], "")
