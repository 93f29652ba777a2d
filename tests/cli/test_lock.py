"""One supervisor per var folder."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from base.settings import ROOT
from cli.lock import AlreadyRunning, Running, only_one, running


def test_a_second_supervisor_is_refused_and_told_who_is_there(tmp_path: Path) -> None:
    with only_one(tmp_path, dev=False), pytest.raises(AlreadyRunning) as refusal, only_one(tmp_path, dev=False):
        pass

    assert refusal.value.pid == os.getpid()


def test_other_commands_see_the_supervisor_while_it_runs(tmp_path: Path) -> None:
    with only_one(tmp_path, dev=True):
        during = running(tmp_path)

    assert during == Running(os.getpid(), dev=True)
    assert running(tmp_path) is None


def test_nothing_runs_where_nothing_ever_ran(tmp_path: Path) -> None:
    assert running(tmp_path) is None


def test_a_killed_supervisor_leaves_the_folder_free(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; from cli.lock import only_one\n"
        f"with only_one(Path({str(tmp_path)!r}), dev=False): print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout.readline() == b"held\n"
        assert running(tmp_path).pid == holder.pid
        holder.send_signal(signal.SIGKILL)

    with only_one(tmp_path, dev=False):
        assert running(tmp_path).pid == os.getpid()
