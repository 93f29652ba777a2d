"""Starting processes for a measurement, and what they cost: processor time and memory, read from /proc."""

import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Mapping, Sequence
from urllib.error import URLError
from urllib.request import urlopen

from base.process import die_with_parent
from base.settings import ROOT

READY_S = 300.0
STOP_S = 30.0
LOOK_S = 0.05
SHOWN_LINES = 15
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


class ProcessFailed(Exception):
    """A program did not do what it was started for; `last_lines` is the end of what it printed into `log`."""

    def __init__(self, log: Path) -> None:
        super().__init__(log.name)
        self.last_lines = tuple(log.read_text(encoding="utf-8", errors="replace").splitlines()[-SHOWN_LINES:])


class NotReady(ProcessFailed):
    """It ended, or did not answer in time."""


@dataclass(frozen=True)
class Memory:
    """Memory of one process, MiB; `pss` counts what several processes share once."""

    name: str
    rss: float
    pss: float


@contextmanager
def running(command: Sequence[str], env: Mapping[str, str], log: Path, cwd: Path = ROOT) -> Iterator[subprocess.Popen]:
    """The process while the block lasts; it ends with this one, whatever happens to this one."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches this command only, which then stops the process in order
            preexec_fn=die_with_parent(),
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_ready(processes: Sequence[subprocess.Popen], addresses: Sequence[str], log: Path) -> None:
    """Come back when every address answers.

    Raises:
        NotReady: a process ended, or not all answered in `READY_S`.
    """
    end = time.monotonic() + READY_S
    while not all(_answers(address) for address in addresses):
        if time.monotonic() > end or any(process.poll() is not None for process in processes):
            raise NotReady(log)
        time.sleep(LOOK_S)


def free_ports(count: int) -> tuple[int, ...]:
    """Ports of this computer that nobody uses now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = tuple(one.getsockname()[1] for one in sockets)
    for one in sockets:
        one.close()
    return ports


def family(root: int) -> list[int]:
    """A process and everything it started."""
    children = (PROC / str(root) / "task").glob("*/children")
    return [root, *(pid for file in children for child in file.read_text().split() for pid in family(int(child)))]


def cpu_s(pids: Sequence[int]) -> float:
    """Processor seconds used so far by these processes, theirs and the system's for them."""
    return sum(_ticks((PROC / str(pid) / "stat").read_text()) for pid in pids) / TICKS_PER_S


def computer_cpu_s() -> float:
    """Processor seconds used so far by everything on this computer, stolen ones included."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, (PROC / "stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICKS_PER_S


def memory(pids: Sequence[int]) -> tuple[Memory, ...]:
    """What these processes hold now."""
    return tuple(_memory(pid) for pid in pids)


def _ticks(stat: str) -> int:
    fields = stat.rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _memory(pid: int) -> Memory:
    lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]
    kib = {line.partition(":")[0]: int(line.split()[1]) for line in lines}
    return Memory(_name(pid), round(kib["Rss"] / 1024, 1), round(kib["Pss"] / 1024, 1))


def _name(pid: int) -> str:
    """What a Python process runs: `engine` for `python -m engine`, `rasa` for `python /…/bin/rasa run`."""
    words = (PROC / str(pid) / "cmdline").read_bytes().decode().split("\0")
    return words[words.index("-m") + 1] if words[1] == "-m" else Path(words[1]).name


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=2) as response:
            return response.status == 200
    except (URLError, OSError):
        return False


class CpuMeter:
    """Processor time from its making on: of one side, and of everything that is no part of the measurement."""

    def __init__(self, side: Sequence[int], measured: Sequence[int]) -> None:
        """`side`: processes of the side under load; `measured`: those of all sides."""
        self._side, self._measured = side, measured
        self._began = self._read()

    def used(self) -> tuple[float, float]:
        """The side's processor seconds, and the share of the computer's processors, 0 to 1, that others had."""
        began, now = self._began, self._read()
        side_s, measured_s, all_s, passed_s = (after - before for before, after in zip(began, now))
        others_s = max(0.0, all_s - measured_s)
        return side_s, others_s / (passed_s * (os.cpu_count() or 1))

    def _read(self) -> tuple[float, float, float, float]:
        """Of the side, of all sides and this process, of the computer; and the time."""
        ours = cpu_s(self._measured) + time.process_time()
        return cpu_s(self._side), ours, computer_cpu_s(), time.perf_counter()
