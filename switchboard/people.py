"""Who is talking: an identity leads to a person, a person has at most one open conversation.

An identity that takes part in a conversation is a side of it (docs/joining.md). Nearly always there is one: the one
that opened it, which is written as None wherever a row names its side.
"""

from dataclasses import dataclass, fields
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

    `identity_id` is the side that opened it; `speaker` the one it was found for, None where it was found by its id.
    Changes are written with `change_held`, the log's with `switchboard.log.append`; both keep this object up to date.
    """

    id: str
    person_id: str
    identity_id: Optional[str]
    owner: str
    version: int
    last_seq: int
    read_seq: int
    opened_at: datetime
    last_at: datetime
    closed_at: Optional[datetime]
    agent_id: Optional[str] = None
    speaker: Optional[str] = None

    @property
    def speaking(self) -> str:
        """The side for which it was found."""
        assert self.speaker, "it was found by its id"
        return self.speaker

    def side_of(self, identity_id: Optional[str]) -> Optional[str]:
        """How rows of this conversation name the side of this identity."""
        return None if identity_id == self.identity_id else identity_id

    def identity_of(self, side: Optional[str]) -> Optional[str]:
        """The identity of a side as a row of this conversation names it."""
        return side or self.identity_id


@dataclass(frozen=True)
class Known:
    """An identity that was seen before, and whose it is."""

    id: str
    person_id: str


_COLUMNS = [CONVERSATIONS.c[field.name] for field in fields(Held) if field.name != "speaker"]
_HELD = select(*_COLUMNS)
_BY_ID = Prepared(_HELD.where(CONVERSATIONS.c.id == bindparam("conversation_id")).with_for_update())
_OPEN_OF_IDENTITY = Prepared(
    select(*_COLUMNS, IDENTITIES.c.id.label("speaker"))
    .join(IDENTITIES, IDENTITIES.c.person_id == CONVERSATIONS.c.person_id)
    .where(
        IDENTITIES.c.kind == bindparam("identity_kind"),
        IDENTITIES.c.value == bindparam("identity"),
        IDENTITIES.c.ended_at.is_(None),
        CONVERSATIONS.c.closed_at.is_(None),
    )
)
_KNOWN = Prepared(
    select(IDENTITIES.c.id, IDENTITIES.c.person_id, IDENTITIES.c.ended_at).where(
        IDENTITIES.c.kind == bindparam("kind"), IDENTITIES.c.value == bindparam("value")
    )
)
_CHANGE = Prepared(update(CONVERSATIONS).where(CONVERSATIONS.c.id == bindparam("conversation_id")))


def known_identity(session: Session, kind: str, value: str) -> Optional[Known]:
    """This identity and whose it is; None when it was never seen.

    Raises:
        IdentityEnded: it was somebody's, and is nobody's any more.
    """
    known = _KNOWN.first(session, {"kind": kind, "value": value})
    if known and known.ended_at:
        raise IdentityEnded(kind)
    return Known(known.id, known.person_id) if known else None


def person_of(session: Session, kind: str, value: str) -> Optional[str]:
    """The id of the person known by this identity, or None.

    Raises:
        IdentityEnded: as above.
    """
    known = known_identity(session, kind, value)
    return known.person_id if known else None


def identity_for(session: Session, kind: str, value: str, now: datetime) -> Known:
    """This identity; with a new person when it was never seen.

    Raises:
        IdentityEnded: as above.
    """
    known = known_identity(session, kind, value)
    return known or add_identity(session, new_person(session, now), kind, value, now)


def new_person(session: Session, now: datetime) -> str:
    """The id of somebody whom nobody knows yet."""
    person = Person(id=new_id("pe"), created_at=now)
    session.add(person)
    session.flush()
    return person.id


def add_identity(session: Session, person_id: str, kind: str, value: str, now: datetime) -> Known:
    """From now on this identity, which was never seen, is this person's."""
    identity = Identity(id=new_id("id"), person_id=person_id, kind=kind, value=value, created_at=now)
    session.add(identity)
    session.flush()
    return Known(identity.id, person_id)


def lock_people(session: Session, *person_ids: str) -> None:
    """Nobody else joins or parts these people, or opens a conversation of theirs, until the end of the transaction."""
    query = select(Person.id).where(Person.id.in_(set(person_ids))).order_by(Person.id).with_for_update()
    session.execute(query).all()


def end_identity(session: Session, kind: str, value: str, now: datetime) -> None:
    """From now on this identity opens nothing; the person and the conversations stay."""
    statement = update(Identity).where(Identity.kind == kind, Identity.value == value, Identity.ended_at.is_(None))
    session.execute(statement.values(ended_at=now).execution_options(synchronize_session=False))


def is_known(session: Session, person_id: str) -> bool:
    """Whether this person still has an identity that can speak."""
    living = select(Identity.id).where(Identity.person_id == person_id, Identity.ended_at.is_(None))
    return session.execute(living.limit(1)).first() is not None


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


def start_conversation(session: Session, by: Known, now: datetime) -> Held:
    """A new, empty conversation owned by the assistant. It opens after all others of this person, whatever clocks say.

    Raises:
        sqlalchemy.exc.IntegrityError: this person has an open conversation (another process was faster).
    """
    latest = last_opened(session, by.person_id)
    opened_at = max(now, latest + AN_INSTANT) if latest else now
    conversation = Held(new_id("cv"), by.person_id, by.id, BOT, 1, 0, 0, opened_at, opened_at, None, speaker=by.id)
    session.execute(CONVERSATIONS.insert(), {column.name: getattr(conversation, column.name) for column in _COLUMNS})
    return conversation


def last_opened(session: Session, person_id: str, besides: str = "") -> Optional[datetime]:
    """When this person's latest conversation, `besides` left out, was opened; None when there is none."""
    query = select(func.max(Conversation.opened_at)).where(
        Conversation.person_id == person_id, Conversation.id != besides
    )
    return session.execute(query).scalar()


def lock_conversation(session: Session, conversation_id: str) -> Held:
    """The conversation, locked until the end of the transaction, read afresh."""
    return Held(*_BY_ID.one(session, {"conversation_id": conversation_id}))


def lock_where_it_goes_on(session: Session, conversation_id: str) -> Held:
    """The conversation, or the one it was closed for, locked as above."""
    further = select(Conversation.continued_in)
    while following := session.execute(further.where(Conversation.id == conversation_id)).scalar():
        conversation_id = following
    return lock_conversation(session, conversation_id)


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
