"""Remembers on disk what is worked out of training sentences and files, for trainings in which they are the same.

What else it depends on, our code, Python and the installed packages, is a part of the file's name: `version_of`. The
file is read and written as a whole, with a checksum: damaged, it holds nothing.
"""

import hashlib
import logging
import os
import sys
import sysconfig
from pathlib import Path
from typing import Callable, Optional, Sequence

from base.settings import ROOT, var_folder

OWN_CODE = ("components/**/*.py", "components/**/*.yml", "shop/**/*.py", "shop/**/*.yml")
SUFFIX = ".kept"
MOST_FILES = 2  # of one kind, the oldest go
MOST_UNUSED = 1.0  # of what a training did not ask for, as a multiple of what it did
CHECKSUM_BYTES, KEY_BYTES, SIZE_BYTES = 32, 32, 4
logger = logging.getLogger(__name__)


class Remembered:
    """What is known by key: read at once, and written by `keep`.

    Args:
        file: from `file_of`; None for what remembers nothing.
    """

    def __init__(self, file: Optional[Path]) -> None:
        self._file, self._known = file, _read(file) if file else {}
        self._used: dict[bytes, bytes] = {}
        self._has_new = False

    def knows(self, key: bytes) -> bool:
        """Whether what belongs to this key is remembered."""
        return key in self._known

    def all_of(self, keys: Sequence[bytes], work_out: Callable[[Sequence[int]], Sequence[bytes]]) -> list[bytes]:
        """What belongs to each key of `key_of`: remembered, or worked out now.

        Args:
            work_out: is given the places in `keys` of all that is not known, if there are any.
        """
        new = [place for place, key in enumerate(keys) if key not in self._known]
        if new:
            self._known.update(zip((keys[place] for place in new), work_out(new)))
            self._has_new = True
        self._used.update((key, self._known[key]) for key in keys)
        return [self._known[key] for key in keys]

    def keep(self) -> None:
        """Write what was asked for, and of the rest what is not too much; whole or not at all, and only what is new."""
        if not self._file or not self._has_new:
            return
        unused = [pair for pair in self._known.items() if pair[0] not in self._used]
        every = [*self._used.items(), *(unused if len(unused) <= MOST_UNUSED * len(self._used) else ())]
        body = b"".join(key + len(value).to_bytes(SIZE_BYTES, "little") + value for key, value in every)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_suffix(f".{os.getpid()}")
        draft.write_bytes(hashlib.sha256(body).digest() + body)
        draft.replace(self._file)
        by_age = sorted(self._file.parent.glob(f"*{SUFFIX}"), key=lambda one: one.stat().st_mtime)
        for old in by_age[:-MOST_FILES]:
            old.unlink(missing_ok=True)


def training_folder() -> Path:
    """Where everything is kept on this computer."""
    return var_folder() / "training"


def file_of(kind: str, *sources: str) -> Path:
    """The file of one kind, another one whenever `version_of(*sources)` is another."""
    return training_folder() / kind / f"{version_of(*sources)}{SUFFIX}"


def version_of(*sources: str, root: Path = ROOT) -> str:
    """Another one whenever the files of these patterns below `root`, Python or any package is another."""
    packages = sorted(path.name for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info"))
    whole = hashlib.sha256(repr((sys.version, packages)).encode())
    for pattern in sources:
        for source in sorted(root.glob(pattern)):
            whole.update(f"\n{source.relative_to(root)} ".encode() + source.read_bytes())
    return whole.hexdigest()[:16]


def key_of(whole: object) -> bytes:
    """Of what something is worked out of, which `repr` must tell whole."""
    return hashlib.sha256(repr(whole).encode("utf-8", "surrogatepass")).digest()


def forget_all(folder: Path) -> None:
    """The next training works out everything anew."""
    for file in folder.glob(f"*/*{SUFFIX}"):
        file.unlink(missing_ok=True)


def _read(file: Path) -> dict[bytes, bytes]:
    try:
        written = memoryview(file.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        logger.warning("%s cannot be read (%s): begun anew", file, error.strerror)
        return {}
    body, known, at = written[CHECKSUM_BYTES:], {}, 0
    if hashlib.sha256(body).digest() != written[:CHECKSUM_BYTES]:
        logger.warning("%s is damaged: begun anew", file)
        return {}
    while at < len(body):
        size_at = at + KEY_BYTES
        begin = size_at + SIZE_BYTES
        end = begin + int.from_bytes(body[size_at:begin], "little")
        known[bytes(body[at:size_at])] = bytes(body[begin:end])
        at = end
    return known
