"""The promise ledger: what a customer was told would happen by when, and what became of it.

A promise falls due as a job. If nobody kept it by then, the customer is told before he has to ask, and so is staff.
"""

from datetime import datetime
from typing import Any, Optional

from sqlalchemy import select
from sqlalchemy.orm import Session

from base.ids import new_id
from switchboard import jobs, staff_requests
from switchboard.models import Promise

DUE_JOB = "promise_due"


def make(
    session: Session, conversation_id: str, turn_id: str, key: str, due: datetime, about: dict[str, Any], now: datetime
) -> datetime:
    """Record a promise and alert staff; its due time. When the same one is open already it stands, with its own."""
    known = _open(session, conversation_id, key)
    if known is not None:
        return known.due
    alert = {**about, "due": due.isoformat()}
    request_number = staff_requests.open_for_conversation(session, conversation_id, turn_id, "promise", alert, now)
    promise = Promise(
        id=new_id("pr"),
        conversation_id=conversation_id,
        key=key,
        due=due,
        about=about,
        request_number=request_number,
        turn_id=turn_id,
        created_at=now,
    )
    session.add(promise)
    session.flush()
    jobs.schedule(session, DUE_JOB, promise.id, due, {"promise_id": promise.id}, now)
    return due


def due_time(session: Session, conversation_id: str, key: str) -> Optional[datetime]:
    """When the open promise with this key falls due: what was already said is what is said again."""
    promise = _open(session, conversation_id, key)
    return promise.due if promise else None


def find(session: Session, promise_id: str) -> Optional[Promise]:
    """The promise with this id."""
    return session.get(Promise, promise_id)


def settle(session: Session, promise_id: str, outcome: str, now: datetime) -> Optional[Promise]:
    """End an open promise as `kept` or `missed`; None when it had ended before."""
    promise = session.get(Promise, promise_id)
    if promise is None or promise.settled_at is not None:
        return None
    promise.settled_at, promise.outcome = now, outcome
    return promise


def keep(session: Session, conversation_id: str, key: str, now: datetime) -> None:
    """What was promised under this key has come, if it was."""
    promise = _open(session, conversation_id, key)
    if promise is not None:
        promise.settled_at, promise.outcome = now, "kept"


def open_in(session: Session, conversation_id: str) -> list[Promise]:
    """What this customer is still waiting for, the earliest first."""
    query = select(Promise).where(Promise.conversation_id == conversation_id, Promise.settled_at.is_(None))
    return list(session.execute(query.order_by(Promise.due)).scalars())


def _open(session: Session, conversation_id: str, key: str) -> Optional[Promise]:
    query = select(Promise).where(
        Promise.conversation_id == conversation_id, Promise.key == key, Promise.settled_at.is_(None)
    )
    return session.execute(query).scalars().first()
