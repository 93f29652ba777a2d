"""Who is talking: an identity leads to a person, a person has at most one open conversation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Optional

from sqlalchemy import select
from sqlalchemy.orm import Session

from base.ids import new_id
from switchboard.models import BOT, CLOSED, Conversation, Identity, Person


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


def person_for(session: Session, kind: str, value: str, now: datetime) -> str:
    """The id of the person known by this identity; a new person when it was never seen."""
    known = session.execute(select(Identity.person_id).where(Identity.kind == kind, Identity.value == value)).scalar()
    if known:
        return known
    person = Person(id=new_id("pe"), created_at=now)
    session.add(person)
    session.flush()
    session.add(Identity(id=new_id("id"), person_id=person.id, kind=kind, value=value, created_at=now))
    session.flush()
    return person.id


def open_conversation_of(session: Session, kind: str, value: str) -> Optional[Conversation]:
    """The open conversation of the person known by this identity, or None. Reads only."""
    query = (
        select(Conversation)
        .join(Identity, Identity.person_id == Conversation.person_id)
        .where(Identity.kind == kind, Identity.value == value, Conversation.closed_at.is_(None))
    )
    return session.execute(query).scalar()


def start_conversation(session: Session, person_id: str, now: datetime) -> Conversation:
    """A new, empty conversation owned by the assistant.

    Raises:
        sqlalchemy.exc.IntegrityError: this person has an open conversation (another process was faster).
    """
    conversation = Conversation(
        id=new_id("cv"), person_id=person_id, owner=BOT, version=1, last_seq=0, opened_at=now, last_at=now
    )
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
