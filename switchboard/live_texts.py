"""Texts that follow their files: what a trainer writes is said a second or two later, without a restart."""

import logging
import time
from pathlib import Path
from typing import Callable, Mapping

from base.layers import Files, layered
from base.settings import Register
from switchboard.texts import Texts, TextsUnreadable, Variant

LOOK_S = 1.0

log = logging.getLogger(__name__)

State = list[tuple[Path, int, int]]


class LiveTexts(Texts):
    """`Texts` read again when a file has changed, looked at once a second at most, and only while texts are needed.

    Files that cannot be read change nothing: what was said before is still said, and the log names the file.

    Args:
        folders, register: as in `Texts.load`, which also tells what is raised at first.
        clock: seconds from any moment on.
    """

    def __init__(self, folders: Files, register: Register, clock: Callable[[], float] = time.monotonic) -> None:
        object.__setattr__(self, "_watched", _Watched(folders, register, clock))

    @property
    def responses(self) -> Mapping[str, list[Variant]]:  # type: ignore[override]
        """As the files are now."""
        watched: _Watched = self.__dict__["_watched"]
        return watched.texts().responses


class _Watched:
    def __init__(self, folders: Files, register: Register, clock: Callable[[], float]) -> None:
        self._folders, self._register, self._clock = folders, register, clock
        self._looked, self._state = clock(), self._state_now()
        self._texts = Texts.load(folders, register)

    def texts(self) -> Texts:
        now = self._clock()
        if now - self._looked >= LOOK_S:
            self._looked = now
            self._follow()
        return self._texts

    def _follow(self) -> None:
        try:
            state = self._state_now()
            if state == self._state:
                return
            self._state = state  # what cannot be read is not tried again before somebody has changed it
            self._texts = Texts.load(self._folders, self._register)
            log.info("changed texts are in use")
        except (TextsUnreadable, OSError) as error:
            log.error("changed texts are not used: %s", error)

    def _state_now(self) -> State:
        """What changes when a file does."""
        files = (file for folder in layered(self._folders) for file in sorted(folder.glob("*.yml")))
        return [(file, found.st_mtime_ns, found.st_size) for file in files for found in [file.stat()]]
