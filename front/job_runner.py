"""Does durable jobs when they are due, with the handlers that front/app.py registers."""

import asyncio
import logging
from datetime import datetime
from typing import Any, Awaitable, Callable, Mapping, Optional, Sequence

from sqlalchemy.orm import Session

from base.clock import Clock
from base.database import Database
from switchboard import jobs, staff_requests
from switchboard.jobs import TakenJob

log = logging.getLogger(__name__)

LOOK_S = 1.0
HANDLER_S = 30.0

# A handler gets the job's payload and returns when it has to run again, or None when it is done for good.
Handler = Callable[[dict[str, Any]], Awaitable[Optional[datetime]]]


class JobRunner:
    """Looks for due jobs every second and does them one after the other.

    Of `kinds`, or else of all but those that send (`switchboard.jobs.take_due`). Kinds in `for_ever` are never given
    up; any other that is leaves a request for the staff.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        owner: str,
        handlers: Mapping[str, Handler],
        for_ever: frozenset[str] = frozenset(),
        kinds: Optional[Sequence[str]] = None,
    ) -> None:
        self._database, self._clock, self._owner = database, clock, owner
        self._handlers, self._for_ever, self._kinds = handlers, for_ever, kinds
        self._task: Optional[asyncio.Task] = None

    async def start(self) -> None:
        """Take back jobs begun before a restart, and begin to look."""
        await self._database.write(jobs.release_all, self._owner, self._kinds)
        self._task = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Stop; a job cut short is taken again at the next start."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def run_due(self) -> int:
        """Do what is due now, one job at a time; how many were done or tried."""
        tried = 0
        while True:
            job = await self._database.write(jobs.take_due, self._owner, self._clock.now(), self._kinds)
            if job is None:
                return tried
            await self._do(job)
            tried += 1

    async def _look(self) -> None:
        while True:
            try:
                await self.run_due()
            except Exception:
                log.exception("looking for due jobs failed and goes on")
            await asyncio.sleep(LOOK_S)

    async def _do(self, job: TakenJob) -> None:
        try:
            handler = self._handlers[job.kind]
            again_at = await asyncio.wait_for(handler(job.payload), timeout=HANDLER_S)
        except Exception as error:
            log.exception("job %s (%s) failed, attempt %d", job.id, job.kind, job.attempt)
            for_ever = job.kind in self._for_ever
            await self._database.write(_failed, job, type(error).__name__, self._clock.now(), for_ever)
            return
        await self._database.write(jobs.finish, job, self._clock.now(), again_at)


def _failed(session: Session, job: TakenJob, error: str, now: datetime, for_ever: bool) -> None:
    if jobs.fail(session, job, error, now, for_ever):
        log.error("job %s (%s) was given up after %d attempts", job.id, job.kind, job.attempt)
        about = {"kind": job.kind, "error": error, **job.payload}
        staff_requests.note_once(session, f"job:{job.id}", "failed_job", about, now)
