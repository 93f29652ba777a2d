"""One front among several speaks to Telegram: the one that has the lease. The others wait for it to be free."""

import asyncio
import logging
import time
from datetime import timedelta
from typing import Awaitable, Callable, Optional

from sqlalchemy.exc import SQLAlchemyError

from base.clock import Clock
from base.database import Database
from switchboard import leases

log = logging.getLogger(__name__)

LEASE = "telegram"
LENGTH = timedelta(seconds=20)
RENEW_S = 5.0
SAFETY_S = 3.0

Step = Callable[[], Awaitable[None]]


class Duty:
    """Calls `begin` when this front gets the lease, and `end` when it loses it or cannot be sure to have it."""

    def __init__(
        self, database: Database, clock: Clock, owner: str, begin: Step, end: Step, renew_s: float = RENEW_S
    ) -> None:
        self._database, self._clock, self._owner = database, clock, owner
        self._begin, self._end, self._renew_s = begin, end, renew_s
        self._task: Optional[asyncio.Task] = None
        self._sure_until = 0.0
        self.on = False

    async def start(self) -> None:
        """Begin to ask for the lease."""
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """End what was begun, and let another front have the lease at once."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self.on:
            await self._off()
            try:
                await self._database.write(leases.give_back, LEASE, self._owner)
            except SQLAlchemyError:
                log.warning("the lease of Telegram ends by itself: the database does not answer")

    async def _watch(self) -> None:
        while True:
            try:
                await self._look()
            except Exception:
                log.exception("the lease of Telegram could not be looked after; tried again")
            await asyncio.sleep(self._renew_s)

    async def _look(self) -> None:
        asked_at = time.monotonic()
        try:
            ours = await self._database.write(leases.take, LEASE, self._owner, self._clock.now(), LENGTH)
        except SQLAlchemyError:
            log.exception("the lease of Telegram could not be renewed")
            ours = self.on and time.monotonic() < self._sure_until
        else:
            self._sure_until = asked_at + LENGTH.total_seconds() - SAFETY_S
        if ours and not self.on:
            self.on = True
            await self._begin()
        elif self.on and not ours:
            log.warning("another front speaks to Telegram now")
            await self._off()

    async def _off(self) -> None:
        self.on = False
        await self._end()
