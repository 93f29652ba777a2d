"""Durable jobs: something to do at a time, once, in whichever process is alive then.

A process takes a due job for a lease, does it, and marks it done; a job whose process died is taken again when the
lease is over. A handler therefore does its work in one transaction or in a way that can be repeated.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Optional

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from base.ids import new_id
from switchboard.models import Job

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 8
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=30)


@dataclass(frozen=True)
class TakenJob:
    """A job this process may do now. `take` is a fence against an older taker that wakes up late."""

    id: str
    kind: str
    key: str
    payload: dict[str, Any]
    take: int
    attempt: int


def schedule(session: Session, kind: str, key: str, due: datetime, payload: dict[str, Any], now: datetime) -> bool:
    """Add a job; False when one with this kind and key exists already, done or not."""
    if session.execute(select(Job.id).where(Job.kind == kind, Job.key == key)).first():
        return False
    session.add(Job(id=new_id("jb"), kind=kind, key=key, due=due, payload=payload, created_at=now))
    session.flush()
    return True


def take_due(session: Session, owner: str, now: datetime) -> Optional[TakenJob]:
    """Lease the job that has been due longest and that nobody works on; None when nothing is due."""
    query = (
        select(Job)
        .where(Job.finished_at.is_(None), Job.due <= now, or_(Job.lease_until.is_(None), Job.lease_until <= now))
        .order_by(Job.due)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    job = session.execute(query).scalar()
    if job is None:
        return None
    job.lease_owner, job.lease_until = owner, now + LEASE
    job.takes, job.attempts = job.takes + 1, job.attempts + 1
    return TakenJob(job.id, job.kind, job.key, job.payload, job.takes, job.attempts)


def finish(session: Session, taken: TakenJob, now: datetime, again_at: Optional[datetime] = None) -> bool:
    """Mark the job done, or set it to run again at `again_at`; False when somebody else has it by now."""
    job = _held(session, taken)
    if job is None:
        return False
    job.lease_until = job.lease_owner = job.last_error = None
    if again_at is None:
        job.finished_at, job.outcome = now, "done"
    else:
        job.due, job.attempts = again_at, 0
    return True


def fail(session: Session, taken: TakenJob, error: str, now: datetime, for_ever: bool = False) -> bool:
    """Note a failure: later again, with growing pauses, and given up after the last attempt. True when given up.

    What runs `for_ever`, such as housekeeping, is not given up; it goes on with the longest pause.
    """
    job = _held(session, taken)
    if job is None:
        return False
    job.lease_until = job.lease_owner = None
    job.last_error = error[:200]
    if taken.attempt >= MAX_ATTEMPTS and not for_ever:
        job.finished_at, job.outcome = now, "gave_up"
        return True
    job.due = now + min(FIRST_RETRY * 2 ** min(taken.attempt - 1, MAX_ATTEMPTS), LONGEST_RETRY)
    return False


def release_all(session: Session, owner: str) -> int:
    """Free the jobs this owner had taken: called at its start, when it can be doing none."""
    held = session.execute(select(Job).where(Job.finished_at.is_(None), Job.lease_owner == owner)).scalars().all()
    for job in held:
        job.lease_until = job.lease_owner = None
    return len(held)


def _held(session: Session, taken: TakenJob) -> Optional[Job]:
    job = session.execute(select(Job).where(Job.id == taken.id).with_for_update()).scalar_one_or_none()
    if job is None or job.finished_at is not None or job.lease_until is None or job.takes != taken.take:
        return None
    return job
