"""Runs `attachments.convert` for one picture: a process with limits, of which a few work at a time."""

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from attachments.kinds import JPEG, PNG, FileRefused, Kind
from base.settings import ROOT

TOGETHER = 2
CONVERT_S = 45.0
KINDS = {kind.format: kind for kind in (JPEG, PNG)}


@dataclass(frozen=True)
class Drawn:
    """A picture that was drawn anew, in pixels."""

    kind: Kind
    width: int
    height: int


class Pictures:
    """Converts pictures, `TOGETHER` at a time; the others wait."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(TOGETHER)

    async def convert(self, kind: Kind, source: Path, picture: Path, thumb: Path) -> Drawn:
        """Write `picture` and `thumb`.

        Raises:
            FileRefused: the file is broken or too large, or opening it took more than it may.
        """
        async with self._places:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "attachments.convert", kind.format, str(source), str(picture), str(thumb)),
                cwd=ROOT,
                env={"PATH": os.environ.get("PATH", "")},  # it needs no secrets
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,  # it may quote what is in the file
            )
            try:
                printed, _ = await asyncio.wait_for(process.communicate(), CONVERT_S)
            except asyncio.TimeoutError as error:
                raise FileRefused("file_unreadable") from error
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        return _read(printed)


def _read(printed: bytes) -> Drawn:
    if not printed:  # it ran into one of its limits
        raise FileRefused("file_unreadable")
    told = json.loads(printed)
    if "refused" in told:
        raise FileRefused(told["refused"])
    return Drawn(KINDS[told["format"]], told["width"], told["height"])
