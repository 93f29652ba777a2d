"""Puts a test conversation into the shop's folder by the command that trainers use, so that the same rules hold.

The command is a process of its own: it reads all of data/, which would hold up the chat for a second.
"""

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from base.layers import Layers
from base.settings import ROOT

TIMEOUT_S = 60.0
TOPIC = r"[a-z][a-z0-9_]{0,39}"


@dataclass(frozen=True)
class Outcome:
    """What came of it: `lines` in Italian."""

    right: bool
    lines: Sequence[str]


class AddingTests:
    """`home`: the shop's own folder; without one tests can only be checked and copied."""

    def __init__(self, home: Optional[Path]) -> None:
        self.layers = Layers(home=home)

    @property
    def writes(self) -> bool:
        """Whether there is somewhere to write."""
        return self.layers.home is not None

    async def check(self, topic: str, piece: str) -> Outcome:
        """What `sportello check` would say of it."""
        return await self._run(topic, piece, "--only-check")

    async def add(self, topic: str, piece: str) -> Outcome:
        """Check it, and write it where nothing is wrong."""
        assert self.writes, "there is no folder of the shop's own"
        return await self._run(topic, piece)

    async def _run(self, topic: str, piece: str, *options: str) -> Outcome:
        """Run the command.

        Raises:
            asyncio.TimeoutError: it did not end in time.
        """
        env = {**os.environ, "SPORTELLO_HOME": str(self.layers.home or "")}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "cli.main",
            "add-conversation",
            topic,
            "-",
            *options,
            cwd=ROOT,
            env=env,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, err = await asyncio.wait_for(process.communicate(piece.encode("utf-8")), TIMEOUT_S)
        except asyncio.TimeoutError:
            process.kill()
            await process.wait()
            raise
        told, problem = (raw.decode("utf-8", "replace").strip().splitlines() for raw in (out, err))
        right = process.returncode == 0
        return Outcome(right, told if right else [*told, *problem[-1:]])
