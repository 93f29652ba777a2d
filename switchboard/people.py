"""Who is talking: an identity leads to a person, a person has at most one open conversation."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Optional, Sequence

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from base.ids import new_id
from base.statements import Prepared
from switchboard.models import BOT, CLOSED, Conversation, Identity, Person

CONVERSATIONS, IDENTITIES = Conversation.__table__, Identity.__table__
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


@dataclass
class Held:
    """A conversation as it is in this transaction, which has its lock or has just created it.

    Changes are written with `change_held`, the log's with `switchboard.log.append`; both keep this object up to date.
    """

    id: str
    person_id: str
    owner: str
    version: int
    last_seq: int
    read_seq: int
    opened_at: datetime
    last_at: datetime
    closed_at: Optional[datetime]
    agent_id: Optional[str] = None


_HELD = select(*(CONVERSATIONS.c[field.name] for field in fields(Held)))
_BY_ID = Prepared(_HELD.where(CONVERSATIONS.c.id == bindparam("conversation_id")).with_for_update())
_OPEN_OF_IDENTITY = Prepared(
    _HELD.join(IDENTITIES, IDENTITIES.c.person_id == CONVERSATIONS.c.person_id).where(
        IDENTITIES.c.kind == bindparam("identity_kind"),
        IDENTITIES.c.value == bindparam("identity"),
        IDENTITIES.c.ended_at.is_(None),
        CONVERSATIONS.c.closed_at.is_(None),
    )
)
_CHANGE = Prepared(update(CONVERSATIONS).where(CONVERSATIONS.c.id == bindparam("conversation_id")))


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


def open_conversation_of(session: Session, kind: str, value: str) -> Optional[Held]:
    """The open conversation of the person known by this identity, or None. Reads only; nothing is locked."""
    row = _OPEN_OF_IDENTITY.first(session, {"identity_kind": kind, "identity": value})
    return Held(*row) if row else None


def start_conversation(session: Session, person_id: str, now: datetime) -> Held:
    """A new, empty conversation owned by the assistant. It opens after all others of this person, whatever clocks say.

    Raises:
        sqlalchemy.exc.IntegrityError: this person has an open conversation (another process was faster).
    """
    latest = session.execute(
        select(func.max(Conversation.opened_at)).where(Conversation.person_id == person_id)
    ).scalar()
    opened_at = max(now, latest + AN_INSTANT) if latest else now
    conversation = Held(new_id("cv"), person_id, BOT, 1, 0, 0, opened_at, opened_at, None)
    session.execute(CONVERSATIONS.insert(), asdict(conversation))
    return conversation


def lock_conversation(session: Session, conversation_id: str) -> Held:
    """The conversation, locked until the end of the transaction, read afresh."""
    return Held(*_BY_ID.one(session, {"conversation_id": conversation_id}))


def change_held(session: Session, conversation: Held, **values: object) -> None:
    """Write new values of the conversation's columns. The caller has its lock, or has just created it."""
    _CHANGE.run(session, {"conversation_id": conversation.id, **values})
    for name, value in values.items():
        setattr(conversation, name, value)


def close_silent(session: Session, silent_since: datetime, now: datetime, limit: int = 200) -> int:
    """Close conversations of the assistant in which nothing was said since `silent_since`; how many were closed."""
    query = (
        _HELD.where(
            CONVERSATIONS.c.closed_at.is_(None), CONVERSATIONS.c.owner == BOT, CONVERSATIONS.c.last_at < silent_since
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    silent = [Held(*row) for row in session.execute(query)]
    for conversation in silent:
        change_held(session, conversation, owner=CLOSED, closed_at=now, version=conversation.version + 1)
    return len(silent)
