"""One supervisor per var folder, and how other commands know that one is running."""

import fcntl
import json
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Iterator, Optional

LOCK_FILE = "sportello.lock"


@dataclass(frozen=True)
class Running:
    """The supervisor that holds a var folder."""

    pid: int
    dev: bool


class AlreadyRunning(Exception):
    """Another supervisor holds the var folder."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"process {pid}")
        self.pid = pid


@contextmanager
def only_one(var: Path, dev: bool) -> Iterator[None]:
    """Hold the var folder; the kernel lets go of it however this process ends.

    Raises:
        AlreadyRunning: another supervisor holds it.
    """
    with (var / LOCK_FILE).open("a+") as file:
        if not _take(file):
            raise AlreadyRunning(_read(file).pid)
        file.truncate(0)
        file.write(json.dumps(asdict(Running(os.getpid(), dev))))
        file.flush()
        yield
        file.truncate(0)


def running(var: Path) -> Optional[Running]:
    """The supervisor that holds the var folder now."""
    try:
        with (var / LOCK_FILE).open("r") as file:
            return None if _take(file) else _read(file)
    except FileNotFoundError:
        return None


def _take(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(file: IO[str]) -> Running:
    file.seek(0)
    return Running(**json.loads(file.read()))
