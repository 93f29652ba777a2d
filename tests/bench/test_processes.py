"""What processes cost, as the system tells it."""

import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from bench.processes import CpuMeter, NotReady, cpu_s, family, free_ports, memory, running, wait_until_ready

BURN = (
    "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass\nprint('done', flush=True)\n"
)
PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1, flush=True); input()'])"


def burnt() -> subprocess.Popen:
    """A process that has used 0.3 s of a processor and waits."""
    command = [sys.executable, "-c", BURN + "input()"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    return process


def test_the_time_of_a_process_is_counted() -> None:
    with burnt() as process:
        used = cpu_s([process.pid])
        process.communicate("\n")

    assert 0.29 <= used < 5


def test_a_meter_counts_from_its_making_on() -> None:
    with burnt() as process:
        used_s, others = CpuMeter([process.pid], [process.pid]).used()
        process.communicate("\n")

    assert used_s < 0.1
    assert 0 <= others <= 1.1


def test_a_family_has_the_children_too() -> None:
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        members = family(process.pid)
        process.communicate("\n")

    assert len(members) == 2
    assert members[0] == process.pid


def test_memory_is_told_by_name(tmp_path: Path) -> None:
    port = free_ports(1)[0]
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]

    with running(command, {}, tmp_path / "log", cwd=tmp_path) as process:
        wait_until_ready([process], [f"http://127.0.0.1:{port}/"], tmp_path / "log")
        found = memory([process.pid])[0]

    assert found.name == "http.server"
    assert 0 < found.pss <= found.rss


def test_a_process_ends_with_the_block(tmp_path: Path) -> None:
    port = free_ports(1)[0]
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]

    with running(command, {}, tmp_path / "log", cwd=tmp_path) as process:
        wait_until_ready([process], [f"http://127.0.0.1:{port}/"], tmp_path / "log")
        with urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            assert answer.status == 200

    assert process.poll() is not None


def test_a_process_that_ends_at_once_says_why(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('no room'); raise SystemExit(3)"]
    log = tmp_path / "log"

    with pytest.raises(NotReady) as failure, running(command, {}, log) as process:
        wait_until_ready([process], ["http://127.0.0.1:9/"], log)

    assert failure.value.last_lines == ("no room",)
