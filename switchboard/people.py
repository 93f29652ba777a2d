"""Who is talking: an identity leads to a person, a person has at most one open conversation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Optional, Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from base.ids import new_id
from switchboard.models import BOT, CLOSED, Conversation, Identity, Person

AN_INSTANT = timedelta(microseconds=1)


class IdentityEnded(Exception):
    """This identity was ended by the one it belonged to: it opens nothing any more."""


@dataclass(frozen=True)
class Sender:
    """Where a message comes from, as a connector knows it.

    `session_key` and `address_key` are keyed hashes (`connectors` make them) that abuse limits count by.
    """

    channel: str
    identity_kind: str
    identity: str
    session_key: str
    address_key: str


def person_of(session: Session, kind: str, value: str) -> Optional[str]:
    """The id of the person known by this identity, or None.

    Raises:
        IdentityEnded: it was that person's, and is nobody's any more.
    """
    query = select(Identity.person_id, Identity.ended_at).where(Identity.kind == kind, Identity.value == value)
    known = session.execute(query).first()
    if known and known.ended_at:
        raise IdentityEnded(kind)
    return known.person_id if known else None


def person_for(session: Session, kind: str, value: str, now: datetime) -> str:
    """The id of the person known by this identity; a new person when it was never seen.

    Raises:
        IdentityEnded: it was somebody's, and is nobody's any more.
    """
    known = person_of(session, kind, value)
    if known:
        return known
    person = Person(id=new_id("pe"), created_at=now)
    session.add(person)
    session.flush()
    session.add(Identity(id=new_id("id"), person_id=person.id, kind=kind, value=value, created_at=now))
    session.flush()
    return person.id


def end_identity(session: Session, kind: str, value: str, now: datetime) -> None:
    """From now on this identity opens nothing; the person and the conversations stay."""
    statement = update(Identity).where(Identity.kind == kind, Identity.value == value, Identity.ended_at.is_(None))
    session.execute(statement.values(ended_at=now).execution_options(synchronize_session=False))


def ended_identities(session: Session, kind: str, values: Sequence[str]) -> Sequence[str]:
    """Those of `values` that have ended."""
    query = select(Identity.value).where(
        Identity.kind == kind, Identity.value.in_(values), Identity.ended_at.is_not(None)
    )
    return session.execute(query).scalars().all()


def open_conversation_of(session: Session, kind: str, value: str) -> Optional[Conversation]:
    """The open conversation of the person known by this identity, or None. Reads only."""
    query = (
        select(Conversation)
        .join(Identity, Identity.person_id == Conversation.person_id)
        .where(
            Identity.kind == kind,
            Identity.value == value,
            Identity.ended_at.is_(None),
            Conversation.closed_at.is_(None),
        )
    )
    return session.execute(query).scalar()


def start_conversation(session: Session, person_id: str, now: datetime) -> Conversation:
    """A new, empty conversation owned by the assistant. It opens after all others of this person, whatever clocks say.

    Raises:
        sqlalchemy.exc.IntegrityError: this person has an open conversation (another process was faster).
    """
    latest = session.execute(
        select(func.max(Conversation.opened_at)).where(Conversation.person_id == person_id)
    ).scalar()
    opened_at = max(now, latest + AN_INSTANT) if latest else now
    conversation = Conversation(
        id=new_id("cv"), person_id=person_id, owner=BOT, version=1, opened_at=opened_at, last_at=opened_at
    )
    conversation.last_seq = conversation.read_seq = 0
    session.add(conversation)
    session.flush()
    return conversation


def lock_conversation(session: Session, conversation_id: str) -> Conversation:
    """The conversation, locked until the end of the transaction, read afresh."""
    query = (
        select(Conversation)
        .where(Conversation.id == conversation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.execute(query).scalar_one()


def close_silent(session: Session, silent_since: datetime, now: datetime, limit: int = 200) -> int:
    """Close conversations of the assistant in which nothing was said since `silent_since`; how many were closed."""
    query = (
        select(Conversation)
        .where(Conversation.closed_at.is_(None), Conversation.owner == BOT, Conversation.last_at < silent_since)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    silent = session.execute(query).scalars().all()
    for conversation in silent:
        conversation.owner, conversation.closed_at, conversation.version = CLOSED, now, conversation.version + 1
    return len(silent)
