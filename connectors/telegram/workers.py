"""Does the durable jobs of one kind, several at a time: what is sent to Telegram, and what is fetched from there."""

import asyncio
import logging
from typing import Awaitable, Callable, Optional

from base.clock import Clock
from base.database import Database
from switchboard import jobs
from switchboard.jobs import TakenJob

log = logging.getLogger(__name__)

LOOK_S = 1.0
STOP_S = 3.0


class Workers:
    """Looks for due jobs of `kind` and gives each to `do`, which says itself what becomes of it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        owner: str,
        kind: str,
        together: int,
        do: Callable[[TakenJob], Awaitable[None]],
    ) -> None:
        self._database, self._clock, self._owner, self._kinds, self._do = database, clock, owner, [kind], do
        self._wake, self._places = asyncio.Event(), asyncio.Semaphore(together)
        self._tasks: set[asyncio.Task] = set()
        self._loop: Optional[asyncio.Task] = None
        self.stopping = False

    async def start(self) -> None:
        """Take back what this front had begun before it died, and begin."""
        self.stopping = False
        await self._database.write(jobs.release_all, self._owner, self._kinds)
        self._loop = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Begin nothing more, and let what is under way come to its end, for a moment."""
        self.stopping = True
        if self._loop:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
            self._loop = None
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=STOP_S)
        left = set(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def wake(self) -> None:
        """There may be something to do: look at once instead of within a second."""
        self._wake.set()

    async def _look(self) -> None:
        while not self.stopping:  # Python 3.10's `wait_for` forgets a cancellation that comes together with the wake-up
            try:
                await self._begin_due()
            except Exception:
                log.exception("looking for jobs of kind %s failed and goes on", self._kinds[0])
            try:
                await asyncio.wait_for(self._wake.wait(), LOOK_S)
            except asyncio.TimeoutError:
                continue
            self._wake.clear()

    async def _begin_due(self) -> None:
        while True:
            await self._places.acquire()
            job = None
            try:
                job = await self._database.write(jobs.take_due, self._owner, self._clock.now(), self._kinds)
            finally:
                if job is None:
                    self._places.release()
            if job is None:
                return
            task = asyncio.create_task(self._do(job))
            self._tasks.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task) -> None:
        self._tasks.discard(task)
        self._places.release()
