"""The folder of files: drafts while they come, then files under random names, each there wholly or not at all."""

import os
import re
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from attachments.kinds import STORED

FILE_ID = re.compile(r"at_[A-Za-z0-9_-]{10,37}")
DRAFTS = "drafts"
THUMB = ".thumb.jpg"
PRIVATE = 0o700
LEAST_FREE = 500 * 1024**2  # below this nothing more is taken: the database needs the rest


@dataclass(frozen=True)
class Folder:
    """A folder that no web server shows, on one file system; several computers share it.

    Its functions wait for the disk: call them in a thread.
    """

    root: Path

    def draft(self) -> Path:
        """A new path for a file that is not complete."""
        self._make()
        drafts = self.root / DRAFTS
        drafts.mkdir(PRIVATE, exist_ok=True)
        return drafts / secrets.token_hex(16)

    def keep(self, draft: Path, file_id: str, media_type: str) -> None:
        """Make a complete draft the file of this id: on the disk when this returns, also after a power cut."""
        self._move(draft, self.path(file_id, media_type))

    def keep_thumb(self, draft: Path, file_id: str) -> None:
        """The same for its small copy."""
        self._move(draft, self.thumb(file_id))

    def path(self, file_id: str, media_type: str) -> Path:
        """Where the file of this id is. Nothing in a path comes from a customer."""
        return self._place(file_id) / f"{file_id}{STORED[media_type].suffix}"

    def thumb(self, file_id: str) -> Path:
        """Where the small copy of the picture of this id is."""
        return self._place(file_id) / f"{file_id}{THUMB}"

    def remove(self, *file_ids: str) -> None:
        """Remove these files and their small copies; those that are gone already do not matter."""
        for file_id in file_ids:
            names = [f"{file_id}{kind.suffix}" for kind in STORED.values()] + [f"{file_id}{THUMB}"]
            for name in names:
                (self._place(file_id) / name).unlink(missing_ok=True)

    def remove_old_drafts(self, older_than_s: float) -> int:
        """Remove drafts that nobody has written to for so long; how many."""
        old = list(_older_than(self.root / DRAFTS, older_than_s))
        for file in old:
            file.unlink(missing_ok=True)
        return len(old)

    def ids(self, older_than_s: float) -> list[str]:
        """The ids of all files that have been there for so long, by the computer's own clock."""
        places = (place for place in self.root.glob("??") if place.is_dir())
        names = {file.name.partition(".")[0] for place in places for file in _older_than(place, older_than_s)}
        return sorted(name for name in names if FILE_ID.fullmatch(name))

    def is_full(self) -> bool:
        """Whether the disk has no room for strangers' files any more."""
        self._make()
        return shutil.disk_usage(self.root).free < LEAST_FREE

    def _make(self) -> None:
        self.root.parent.mkdir(parents=True, exist_ok=True)
        self.root.mkdir(PRIVATE, exist_ok=True)

    def _place(self, file_id: str) -> Path:
        if not FILE_ID.fullmatch(file_id):
            raise ValueError("no id of a file")
        return self.root / file_id[3:5].lower()

    def _move(self, draft: Path, target: Path) -> None:
        target.parent.mkdir(PRIVATE, exist_ok=True)
        _sync(draft)
        draft.replace(target)
        _sync(target.parent)


def _older_than(folder: Path, seconds: float) -> Iterator[Path]:
    if not folder.exists():
        return
    before = time.time() - seconds
    for file in folder.iterdir():
        try:
            old = file.stat().st_mtime < before
        except FileNotFoundError:
            continue
        if old:
            yield file


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
