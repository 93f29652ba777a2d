"""Sentences that trainers wrote in the inbox, on their way into the files: pending, applied, or dropped."""

from dataclasses import dataclass
from datetime import datetime
from typing import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from base.database import lock_names
from switchboard.inbox_sources import LABELLED, OPEN
from switchboard.inbox_steps import APPLIED, DROPPED, PENDING
from switchboard.models import InboxSentence, Label


@dataclass(frozen=True)
class Written:
    """A sentence with annotations and the intent it teaches, or tests."""

    id: str
    sentence: str
    intent: str
    held_out: bool


def pending(session: Session) -> list[Written]:
    """Those that are in no file yet, the oldest first."""
    query = select(Label).where(Label.state == PENDING).order_by(Label.at, Label.id)
    return [Written(one.id, one.sentence, one.intent, one.held_out) for one in session.execute(query).scalars()]


def count(session: Session) -> int:
    """How many are in no file yet."""
    return session.execute(select(func.count()).select_from(Label).where(Label.state == PENDING)).scalar_one()


def applied(session: Session, ids: Sequence[str], batch: str, now: datetime) -> None:
    """They are in the files now, by the change called `batch`."""
    statement = update(Label).where(Label.id.in_(ids), Label.state == PENDING)
    session.execute(
        statement.values(state=APPLIED, batch=batch, settled_at=now).execution_options(synchronize_session=False)
    )


def batches(session: Session) -> frozenset[str]:
    """The changes by which sentences are in the files."""
    query = select(Label.batch).where(Label.state == APPLIED, Label.batch.is_not(None)).distinct()
    return frozenset(session.execute(query).scalars())


def taken_back(session: Session, batch: str) -> int:
    """The change was undone: its sentences wait again; how many."""
    statement = update(Label).where(Label.batch == batch, Label.state == APPLIED)
    values = statement.values(state=PENDING, batch=None, settled_at=None)
    return session.execute(values.execution_options(synchronize_session=False)).rowcount


def drop(session: Session, ids: Sequence[str], now: datetime) -> int:
    """They will be in no file; what they were written for comes back into the inbox, where nothing of it is left.

    Returns:
        How many were dropped.
    """
    lock_names(session, "inbox")
    found = session.execute(select(Label).where(Label.id.in_(ids), Label.state == PENDING)).scalars().all()
    for one in found:
        one.state, one.settled_at = DROPPED, now
    session.flush()
    steps = {one.step_id for one in found}
    kept = select(Label.step_id).where(Label.step_id.in_(steps), Label.state != DROPPED)
    empty = steps.difference(session.execute(kept).scalars())
    statement = update(InboxSentence).where(InboxSentence.step_id.in_(empty), InboxSentence.state == LABELLED)
    session.execute(statement.values(state=OPEN).execution_options(synchronize_session=False))
    return len(found)
