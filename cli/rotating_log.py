"""Log files that never fill the disk."""

import contextlib
from collections import deque
from pathlib import Path


class RotatingLog:
    """A log file that is put aside when it is full: `x.log`, `x.log.1` … A full disk loses lines, not processes."""

    def __init__(self, path: Path, max_bytes: int, old_files: int) -> None:
        self.path, self._max, self._old = path, max_bytes, old_files
        self._tail: deque[bytes] = deque(maxlen=64)

    def write(self, chunk: bytes) -> None:
        """Append `chunk`, in a new file if this one is full."""
        self._tail.append(chunk)
        with contextlib.suppress(OSError):
            if self.path.exists() and self.path.stat().st_size + len(chunk) > self._max:
                self._rotate()
            with self.path.open("ab") as file:
                file.write(chunk)

    def last_lines(self, count: int = 15) -> tuple[str, ...]:
        """The last lines written by this process."""
        return tuple(b"".join(self._tail).decode("utf-8", "replace").splitlines()[-count:])

    def _rotate(self) -> None:
        for number in range(self._old, 0, -1):
            older = self._numbered(number - 1)
            if older.exists():
                older.replace(self._numbered(number))

    def _numbered(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}") if number else self.path
