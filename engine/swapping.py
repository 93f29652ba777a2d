"""Puts another model in the place of the one that answers, between two turns, and keeps the one before at hand.

A model is loaded in a thread while turns go on. What it needs (parse, rules, domain, data files) is one object
(`engine/loaded.py`), so the swap is one assignment: turns that are running end on the model they began on.
Memory holds the model that answers and the one before it, and a third one only from its loading to its swap.

The engine also follows `models/service.json`: a swap that this engine was not asked for, by a command on another
computer that shares the folder, or one that was cut off, is made up for a moment later.
"""

import asyncio
import gc
import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Iterator, Optional, TypeVar

from base.process import give_memory_back
from engine.loaded import LoadedModel
from engine.models import ModelError, ModelInfo, ModelMissing, ours, read_current
from engine.service import read_service
from engine.turns import Turns

FOLLOW_S = 2.0
SWITCH_S = 0.0005

Given = TypeVar("Given")
Load = Callable[[ModelInfo], LoadedModel]

log = logging.getLogger(__name__)


class OtherCode(Exception):
    """The model was trained with other code than this process runs: it needs an engine that starts anew."""


class NotLoadable(Exception):
    """The model cannot be loaded, or cannot read a message; the message says why, and quotes no customer."""


class Swapping:
    """The models of this process.

    Args:
        turns: those that run on the model that was loaded first.
        first: what that model is.
        models: the folder of models and of service.json.
        code: of this process, as `engine.fingerprints.code_fingerprint` gave it when it started.
        load: loads a model that is ours, in a thread, and gets it ready to answer.
        secret: with which our models are sealed; this installation's when not given.
    """

    def __init__(
        self, turns: Turns, first: ModelInfo, models: Path, code: str, load: Load, secret: Optional[str] = None
    ) -> None:
        self.serving = first
        self._turns, self._models, self._code, self._load, self._secret = turns, models, code, load, secret
        self._before: Optional[str] = None
        self._loaded: dict[str, LoadedModel] = {first.sha256: turns.model}
        self._one_at_a_time = asyncio.Lock()
        # One thread, always the same: what it has freed is where it looks for memory the next time.
        self._thread = ThreadPoolExecutor(1, "models")

    async def load(self, sha256: str) -> None:
        """Have this model in memory, ready to answer; the one that answers goes on.

        Raises:
            ModelError: no description in the folder of models names it, or it is not whole, or not ours.
            OtherCode, NotLoadable: as their names say.
        """
        async with self._one_at_a_time:
            await self._have(sha256)

    async def swap(self, sha256: str) -> None:
        """Have turns that begin from now on run on this model, which is loaded first where it is not.

        Raises:
            ModelError, OtherCode, NotLoadable: see `load`; the model that answered goes on answering.
        """
        async with self._one_at_a_time:
            await self._swap(await self._have(sha256))

    async def follow(self) -> None:
        """Serve what service.json names, for ever; what cannot be served is told once, and tried when it changes."""
        refused = ""
        while True:
            await asyncio.sleep(FOLLOW_S)
            try:
                async with self._one_at_a_time:
                    wanted = await self._in_service()
                    if wanted in (self.serving.sha256, refused):
                        continue
                    refused = wanted
                    info = await self._have(wanted)
                    if wanted == await self._in_service():  # nothing else was published while this was loaded
                        await self._swap(info)
                    refused = ""
            except (ModelError, OtherCode, NotLoadable, OSError) as error:
                log.error("the model in service cannot be served here (%s): %r", type(error).__name__, error)

    async def _in_service(self) -> str:
        service = await self._in_thread(read_service, self._models)
        return service.model.sha256 if service else self.serving.sha256

    async def _swap(self, info: ModelInfo) -> None:
        if info.sha256 == self.serving.sha256:
            return
        self._before, self.serving = self.serving.sha256, info
        self._turns.model = self._loaded[info.sha256]
        log.info("serving model %s instead of %s", info.sha256[:12], self._before[:12])
        await self._forget_others()

    async def _have(self, sha256: str) -> ModelInfo:
        info = self.serving if sha256 == self.serving.sha256 else await self._in_thread(self._described, sha256)
        if sha256 in self._loaded:
            return info
        if ours(info, self._secret).code != self._code:
            raise OtherCode(sha256)
        await self._forget_others()  # one that was loaded once, and never swapped for
        try:
            with _turns_first():
                self._loaded[sha256] = await self._in_thread(self._load, info)
        except ModelError:
            raise
        except Exception as error:  # whatever is wrong with it, this process goes on with the one it has
            log.exception("model %s cannot be loaded", sha256[:12])
            raise NotLoadable(f"{type(error).__name__}: {error}") from error
        return info

    def _described(self, sha256: str) -> ModelInfo:
        for info in self._descriptions():
            if info.sha256 == sha256:
                return info
        raise ModelMissing(self._models / sha256[:12])

    def _descriptions(self) -> Iterator[ModelInfo]:
        service = read_service(self._models)
        if service:
            yield service.model
        if service and service.before:
            yield service.before
        yield read_current(self._models)

    async def _forget_others(self) -> None:
        """Let go of every model but the one that answers and the one before it.

        What was frozen when the process started is not looked through: the rest takes a few hundredths of a second.
        """
        for sha in [sha for sha in self._loaded if sha not in (self.serving.sha256, self._before)]:
            del self._loaded[sha]
        gc.collect()
        await self._in_thread(give_memory_back)

    async def _in_thread(self, work: Callable[..., Given], *arguments: Any) -> Given:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)


@contextmanager
def _turns_first() -> Iterator[None]:
    """While a thread loads, it lets others have the interpreter at once: a turn asks for it dozens of times."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
