"""Durable jobs: something to do at a time, once, in whichever process is alive then.

A process takes a due job for a lease, does it, and marks it done; a job whose process died is taken again when the
lease is over. A handler therefore does its work in one transaction or in a way that can be repeated.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Optional, Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from base.ids import new_id
from switchboard.models import Job

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 8
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=30)
SENDS, FETCHES = "send:", "fetch:"  # what the kinds of jobs begin with that talk to a channel


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


def arm(session: Session, kind: str, key: str, payload: dict[str, Any], now: datetime) -> None:
    """Have the one job of this kind and key done soon: a new one, or the one that was done before once more.

    While somebody works on it nothing is changed: who arms a job of this sort writes what is to be done elsewhere, and
    its handler looks there, holding the job (`hold`), before it says that it is done.
    """
    job = session.execute(select(Job).where(Job.kind == kind, Job.key == key).with_for_update()).scalar()
    if job is None:
        schedule(session, kind, key, now, payload, now)
    elif job.finished_at is not None:
        job.finished_at = job.outcome = None
        job.due, job.attempts = now, 0
        session.flush()


def take_due(session: Session, owner: str, now: datetime, kinds: Optional[Sequence[str]] = None) -> Optional[TakenJob]:
    """Lease the job that has been due longest and that nobody works on; None when nothing is due.

    Of these kinds, or else of all but those that talk to a channel, which has runners of its own.
    """
    query = (
        select(Job)
        .where(
            _of(kinds),
            Job.finished_at.is_(None),
            Job.due <= now,
            or_(Job.lease_until.is_(None), Job.lease_until <= now),
        )
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


def hold(session: Session, taken: TakenJob, now: datetime) -> bool:
    """Lock the job until the end of the transaction and begin its lease anew; False when somebody else has it."""
    job = _held(session, taken)
    if job is None:
        return False
    job.lease_until = now + LEASE
    return True


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


def fail(
    session: Session,
    taken: TakenJob,
    error: str,
    now: datetime,
    for_ever: bool = False,
    longest: timedelta = LONGEST_RETRY,
) -> bool:
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
    job.due = now + min(FIRST_RETRY * 2 ** min(taken.attempt - 1, MAX_ATTEMPTS), longest)
    return False


def open_with(session: Session, kind: str, prefix: str) -> Sequence[Job]:
    """The jobs of this kind that are not done and whose keys begin with `prefix`, in the order of their keys."""
    query = select(Job).where(Job.kind == kind, Job.finished_at.is_(None), Job.key.startswith(prefix, autoescape=True))
    return session.execute(query.order_by(Job.key)).scalars().all()


def finish_with(session: Session, kind: str, keys: Sequence[str], now: datetime) -> None:
    """These jobs were done together with another one, whoever has taken them; what they were about is forgotten."""
    query = select(Job).where(Job.kind == kind, Job.key.in_(keys), Job.finished_at.is_(None)).with_for_update()
    for job in session.execute(query).scalars():
        job.finished_at, job.outcome, job.payload = now, "done", {}
        job.lease_until = job.lease_owner = job.last_error = None


def release_all(session: Session, owner: str, kinds: Optional[Sequence[str]] = None) -> int:
    """Free the jobs of these kinds (see `take_due`) this owner had taken: called at its start, when it does none."""
    query = select(Job).where(_of(kinds), Job.finished_at.is_(None), Job.lease_owner == owner)
    held = session.execute(query).scalars().all()
    for job in held:
        job.lease_until = job.lease_owner = None
    return len(held)


def _of(kinds: Optional[Sequence[str]]) -> Any:
    if kinds is not None:
        return Job.kind.in_(kinds)
    return and_(~Job.kind.startswith(SENDS), ~Job.kind.startswith(FETCHES))


def _held(session: Session, taken: TakenJob) -> Optional[Job]:
    job = session.execute(select(Job).where(Job.id == taken.id).with_for_update()).scalar_one_or_none()
    if job is None or job.finished_at is not None or job.lease_until is None or job.takes != taken.take:
        return None
    return job
