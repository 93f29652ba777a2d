"""What trainers do in the inbox: label, put off, ignore, merge, split, undo the last of these. One transaction each.

A step keeps how the sentences were before, by their ids; who did it is kept nowhere (art. 4 L. 300/1970).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Callable, Optional, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from base.database import lock_names
from base.ids import new_id
from switchboard.inbox_sources import IGNORED, LABELLED, OPEN, SKIPPED
from switchboard.models import InboxSentence, InboxStep, Label

LABEL, SKIP, IGNORE, REOPEN, MERGE, SPLIT = "label", "skip", "ignore", "reopen", "merge", "split"
PENDING, APPLIED, DROPPED = "pending", "applied", "dropped"
MOST_STEPS = 100  # that can be undone one after the other
TO = {SKIP: SKIPPED, IGNORE: IGNORED, REOPEN: OPEN}


class NothingThere(LookupError):
    """The group has no sentence that waits: somebody else has dealt with it."""


class NotTheLast(Exception):
    """The step cannot be undone: another one was done since, or what was written is in the files already."""


@dataclass(frozen=True)
class Step:
    """The last step, which can be undone; `labels` are what it wrote, as `(sentence, intent)`."""

    id: str
    kind: str
    group_id: str
    labels: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Taught:
    """What a trainer writes for a group: sentences with annotations, all for one intent."""

    sentences: tuple[str, ...]
    intent: str
    held_out: bool = False


def label(session: Session, group_id: str, taught: Taught, now: datetime) -> str:
    """Settle a group, and keep what is to be learnt from it; the step's id.

    Raises:
        NothingThere: as it says.
    """
    step_id = _change(session, LABEL, group_id, now, lambda one: setattr(one, "state", LABELLED))
    known = set(
        session.execute(select(Label.sentence).where(Label.state == PENDING, Label.intent == taught.intent)).scalars()
    )
    session.add_all(
        Label(
            id=new_id("lb"),
            step_id=step_id,
            sentence=sentence,
            intent=taught.intent,
            held_out=taught.held_out,
            state=PENDING,
            at=now,
        )
        for sentence in dict.fromkeys(taught.sentences)
        if sentence not in known
    )
    session.flush()
    return step_id


def put(session: Session, kind: str, group_id: str, now: datetime) -> str:
    """Put a group off, leave it alone, or take it back: `SKIP`, `IGNORE`, `REOPEN`.

    Raises:
        NothingThere: as it says.
    """
    return _change(session, kind, group_id, now, lambda one: setattr(one, "state", TO[kind]))


def merge(session: Session, group_id: str, into: str, now: datetime) -> str:
    """Make two groups one.

    Raises:
        NothingThere: one of them is gone, or both are the same.
    """
    if group_id == into or not _waiting(session, into):
        raise NothingThere(into)
    return _change(session, MERGE, group_id, now, lambda one: setattr(one, "group_id", into))


def split(session: Session, group_id: str, turn_ids: Sequence[str], now: datetime) -> tuple[str, str]:
    """Give these sentences of a group one of their own; the step's id, and the new group's.

    Raises:
        NothingThere: none of them is there, or nothing would be left.
    """
    chosen, other = set(turn_ids), new_id("gr")
    rows = _waiting(session, group_id)
    if not any(row.turn_id in chosen for row in rows) or all(row.turn_id in chosen for row in rows):
        raise NothingThere(group_id)
    step_id = _change(session, SPLIT, group_id, now, lambda one: setattr(one, "group_id", other), chosen)
    return step_id, other


def last(session: Session) -> Optional[Step]:
    """The last step, if there is one and nothing of it is in the files yet."""
    step = session.execute(select(InboxStep).order_by(InboxStep.number.desc()).limit(1)).scalar()
    if step is None:
        return None
    written = session.execute(select(Label).where(Label.step_id == step.id).order_by(Label.id)).scalars().all()
    if any(one.state != PENDING for one in written):
        return None
    return Step(step.id, step.kind, step.before[0][1], tuple((one.sentence, one.intent) for one in written))


def undo(session: Session, step_id: str) -> str:
    """Take the last step back; the group it was about.

    Raises:
        NotTheLast: as it says.
    """
    lock_names(session, "inbox")
    step = last(session)
    if step is None or step.id != step_id:
        raise NotTheLast(step_id)
    found = session.get(InboxStep, step_id)
    for turn_id, group_id, state, earlier in found.before:
        row = session.get(InboxSentence, turn_id)
        if row is not None:
            row.group_id, row.state, row.step_id = group_id, state, earlier
    session.execute(delete(Label).where(Label.step_id == step_id).execution_options(synchronize_session=False))
    session.delete(found)
    session.flush()
    return step.group_id


def _change(
    session: Session,
    kind: str,
    group_id: str,
    now: datetime,
    change: Callable[[InboxSentence], Any],
    only: Optional[set[str]] = None,
) -> str:
    """One step: `change` every sentence of the group that waits, or `only` some."""
    lock_names(session, "inbox")
    rows = [row for row in _waiting(session, group_id, kind == REOPEN) if only is None or row.turn_id in only]
    if not rows:
        raise NothingThere(group_id)
    number = (session.execute(select(func.max(InboxStep.number))).scalar() or 0) + 1
    before = [[row.turn_id, row.group_id, row.state, row.step_id] for row in rows]
    step = InboxStep(id=new_id("st"), number=number, kind=kind, before=before, at=now)
    session.add(step)
    for row in rows:
        change(row)
        row.step_id = step.id
    session.execute(
        delete(InboxStep).where(InboxStep.number <= number - MOST_STEPS).execution_options(synchronize_session=False)
    )
    session.flush()
    return step.id


def _waiting(session: Session, group_id: str, ignored_too: bool = False) -> list[InboxSentence]:
    states = (OPEN, SKIPPED, IGNORED) if ignored_too else (OPEN, SKIPPED)
    query = select(InboxSentence).where(InboxSentence.group_id == group_id, InboxSentence.state.in_(states))
    return session.execute(query.order_by(InboxSentence.turn_id)).scalars().all()
