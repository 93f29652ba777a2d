"""The effect of labels on the held-out figures: measured by a process of its own, `sportello labels measure`.

It takes minutes and a whole processor, at low priority; this file starts it, follows what it says, and keeps what came
out until other labels are pending. One at a time on a computer.
"""

import asyncio
import contextlib
import json
import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence

from base.process import die_with_parent
from base.whole import write_whole
from labels.effect import Effect, effect_from
from switchboard.labels import Written

log = logging.getLogger(__name__)

FOLDER, RESULT, DRAFT = "labels-measured", "result.json", "pending-"
LONGEST_S = 30 * 60.0
LONGEST_LINE = 8 << 20  # bytes: an effect on one line
STARTING, FAILED = "starting", "failed"


@dataclass(frozen=True)
class Progress:
    """How far a measurement is.

    Attributes:
        stage: `starting`, or of `labels.effect`; `failed` once it has ended without a result.
        done, count: of the stage; a count of 0 is not known.
        problem: what the process said last, where it failed.
    """

    stage: str = STARTING
    done: int = 0
    count: int = 0
    problem: str = ""


class Measuring:
    """Runs one measurement. `command` is what begins it; the file of labels and `--json` follow."""

    def __init__(self, command: Sequence[str], var: Path) -> None:
        self._command, self._folder = tuple(command), var / FOLDER
        self._task: Optional[asyncio.Task[None]] = None
        self.progress: Optional[Progress] = None  # None: none is running, and the last one did not fail

    @property
    def runs(self) -> bool:
        """Whether a measurement is running."""
        return self._task is not None and not self._task.done()

    def start(self, labels: Sequence[Written]) -> None:
        """Begin, unless one is running."""
        if not self.runs:
            self.progress = Progress()
            self._task = asyncio.create_task(self._run(labels))

    async def stop(self) -> None:
        """End what is running."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def result(self, labels: Sequence[Written]) -> Optional[Effect]:
        """What came out for exactly these labels; None where nobody has measured them."""
        try:
            said = json.loads((self._folder / RESULT).read_text(encoding="utf-8"))
            return effect_from(said["effect"]) if said["labels"] == _names(labels) else None
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            log.warning("the last measurement of labels cannot be read")
            return None

    async def _run(self, labels: Sequence[Written]) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=self._folder, prefix=DRAFT, suffix=".jsonl", encoding="utf-8"
        ) as file:
            for one in labels:
                said = {"text": one.sentence, "intent": one.intent, "held_out": one.held_out}
                file.write(json.dumps(said, ensure_ascii=False) + "\n")
            file.flush()
            try:
                effect = await asyncio.wait_for(self._follow(Path(file.name)), LONGEST_S)
            except (OSError, ValueError, asyncio.TimeoutError, _Failed) as error:
                log.warning("labels were not measured: %s", type(error).__name__)
                self.progress = Progress(FAILED, problem=str(error) if isinstance(error, _Failed) else "")
                return
        write_whole(self._folder / RESULT, json.dumps({"labels": _names(labels), "effect": effect}))
        self.progress = None

    async def _follow(self, file: Path) -> Mapping[str, Any]:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            str(file),
            "--json",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=LONGEST_LINE,
            preexec_fn=die_with_parent(),
        )
        assert process.stdout and process.stderr
        errors = asyncio.create_task(process.stderr.read())
        try:
            effect = None
            async for line in process.stdout:
                if not line.lstrip().startswith(b"{"):
                    continue  # what a library prints
                said = json.loads(line)
                effect = said.get("effect", effect)
                if "stage" in said:
                    self.progress = Progress(str(said["stage"]), int(said["done"]), int(said["count"]))
            if await process.wait() or effect is None:
                last = (await errors).decode("utf-8", "replace").strip().splitlines()
                raise _Failed(last[-1] if last else "")
            return effect
        finally:
            errors.cancel()
            with contextlib.suppress(ProcessLookupError):
                process.kill()


class _Failed(Exception):
    """The process has ended without a result; the message is its last line."""


def _names(labels: Sequence[Written]) -> list[str]:
    return sorted(f"{one.intent}{'*' if one.held_out else ''}: {one.sentence}" for one in labels)
