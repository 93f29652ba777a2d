"""What the desk reads of conversations: lists for the queue, and one of them with everything around it.

One transaction each, of the switchboard's tables alone; what the shop knows is asked for afterwards (`records.py`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Mapping, Optional, Sequence

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from switchboard import agents, attending, email_proofs, handoffs, promises, proofs, staff_requests, wrong
from switchboard.agents import AtDesk
from switchboard.attachments import SentFile, sent_file
from switchboard.cases import NO_WISH
from switchboard.email_proofs import Owner
from switchboard.log import MESSAGES, Row, rows_since
from switchboard.models import (
    DONE,
    HUMAN,
    WAITING,
    Attachment,
    Conversation,
    Handoff,
    Identity,
    Note,
    Person,
    Promise,
    StaffRequest,
    Turn,
)
from switchboard.staff_requests import OpenRequest

PAGE = 50
ROWS_AT_ONCE = 300
MOST_EARLIER = 5
WEB = "web"


class NotThere(LookupError):
    """There is no such conversation, or this person of the shop may not read it."""


@dataclass(frozen=True)
class Entry:
    """A conversation in a list. `since` is when its wait began, or when it was last alive; `unread`: rows."""

    id: str
    owner: str
    agent_id: Optional[str]
    agent_name: Optional[str]
    channel: str
    number: Optional[int]
    reason: Optional[str]
    about: Mapping[str, Any]
    since: datetime
    unread: int
    wanted: Optional[str]  # the intent of the customer's last request
    version: int
    department: Optional[str] = None
    priority: Optional[str] = None  # why it goes before others
    proposed_to: Optional[str] = None  # the id of an agent
    proposed_until: Optional[datetime] = None


@dataclass(frozen=True)
class Earlier:
    """Another conversation of the same person."""

    id: str
    opened_at: datetime
    closed_at: Optional[datetime]
    outcome: Optional[str]
    customer_says: Optional[str]
    intents: tuple[str, ...]


@dataclass(frozen=True)
class Understood:
    """A turn of the assistant's: what it took the message for, and what it answered. `at`: when the message came."""

    id: str
    seq: int
    at: datetime
    state: str
    intent: Optional[str]
    confidence: float
    entities: Mapping[str, str]
    responses: tuple[str, ...]
    actions: tuple[str, ...] = ()
    read: tuple[tuple[str, str], ...] = ()  # kind and number of each record


@dataclass(frozen=True)
class Noted:
    """An internal note with its author's name."""

    id: str
    name: str
    text: str
    after_seq: int
    at: datetime
    source: Optional[str] = None


@dataclass(frozen=True)
class Whole:
    """A conversation and everything that the desk tells of it."""

    id: str
    person_id: str
    owner: str
    agent_id: Optional[str]
    agent_name: Optional[str]
    version: int
    last_seq: int
    opened_at: datetime
    closed_at: Optional[datetime]
    channels: tuple[str, ...]
    identities: tuple[str, ...]
    customer_since: datetime
    rows: Sequence[Row]
    before: bool  # whether there are rows before the first of `rows`
    notes: Sequence[Noted]
    turns: Sequence[Understood]
    turn_of_row: Mapping[str, str]
    handoffs: Sequence[Handoff]
    position: Optional[int]
    proved_records: Sequence[tuple[str, str]]
    owners: Sequence[Owner]
    promises: Sequence[Promise]
    requests: Sequence[OpenRequest]
    files: Sequence[SentFile]
    earlier: Sequence[Earlier]
    wrong: Mapping[str, Optional[str]]  # what was meant, by turn, where somebody called the answer wrong

    @property
    def handoff(self) -> Optional[Handoff]:
        """The latest one, open or ended."""
        return self.handoffs[0] if self.handoffs else None


@dataclass(frozen=True)
class Counts:
    """How many wait and how many this person has; `mark` changes whenever anything in the lists does."""

    waiting: int
    mine: int
    mark: str


def counts(session: Session, agent_id: str) -> Counts:
    """What stands beside the names of the lists."""
    query = select(
        Conversation.owner,
        Conversation.agent_id,
        func.count(),
        func.sum(Conversation.version),
        func.sum(Conversation.last_seq),
        func.sum(Conversation.read_seq),
    )
    found = session.execute(
        query.where(Conversation.owner.in_((WAITING, HUMAN))).group_by(Conversation.owner, Conversation.agent_id)
    ).all()
    waiting = sum(row[2] for row in found if row[0] == WAITING)
    mine = sum(row[2] for row in found if row[0] == HUMAN and row[1] == agent_id)
    lines = sorted(f"{row[0]},{row[1]},{row[2]},{row[3]},{row[4]},{row[5]}" for row in found)
    return Counts(waiting, mine, "|".join([*lines, *_proposals(session)]))


def _proposals(session: Session) -> list[str]:
    """Where those wait who wait, and to whom they are proposed: it changes with nothing else."""
    query = select(Handoff.id, Handoff.hops, Handoff.proposed_to).where(
        Handoff.ended_at.is_(None), or_(Handoff.hops > 0, Handoff.proposed_to.is_not(None))
    )
    return [f"{id_},{hops},{to}" for id_, hops, to in session.execute(query.order_by(Handoff.id))]


def waiting(session: Session) -> list[Entry]:
    """The queue: whose turn is next comes first."""
    query = entries_query().where(Conversation.owner == WAITING).order_by(Handoff.ranks_from, Handoff.id).limit(200)
    return as_entries(session, session.execute(query).all())


def of_agent(session: Session, agent_id: str) -> list[Entry]:
    """The conversations a person of the shop has, those with something unread first."""
    query = entries_query().where(Conversation.owner == HUMAN, Conversation.agent_id == agent_id)
    found = as_entries(session, session.execute(query.order_by(Conversation.last_at.desc()).limit(200)).all())
    return sorted(found, key=lambda entry: entry.unread == 0)


def of_others(session: Session, agent_id: str) -> list[Entry]:
    """The conversations that others have."""
    query = entries_query().where(Conversation.owner == HUMAN, Conversation.agent_id != agent_id)
    return as_entries(session, session.execute(query.order_by(Conversation.last_at.desc()).limit(200)).all())


def everything(session: Session, before: Optional[datetime] = None) -> list[Entry]:
    """All conversations, the latest first, a page of them; those last alive before `before`."""
    query = entries_query(of_open_handoffs=False)
    if before:
        query = query.where(Conversation.last_at < before)
    return as_entries(session, session.execute(query.order_by(Conversation.last_at.desc()).limit(PAGE)).all())


def may_read(session: Session, agent: AtDesk, conversation_id: str) -> bool:
    """Supervisors read everything; others what people of the shop had to do with, and that customer's other ones."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        return False
    if agent.leads:
        return True
    of_person = select(Conversation.id).where(Conversation.person_id == conversation.person_id).scalar_subquery()
    handed = select(Handoff.id).where(Handoff.conversation_id.in_(of_person)).limit(1)
    asked = select(StaffRequest.number).where(StaffRequest.conversation_id.in_(of_person)).limit(1)
    return session.execute(handed).first() is not None or session.execute(asked).first() is not None


def whole(session: Session, agent: AtDesk, conversation_id: str, now: datetime, records_since: datetime) -> Whole:
    """The conversation with its latest rows.

    Raises:
        NotThere: there is none that this person may read.
    """
    if not may_read(session, agent, conversation_id):
        raise NotThere(conversation_id)
    conversation = session.get(Conversation, conversation_id)
    first = max(0, conversation.last_seq - ROWS_AT_ONCE)
    rows = rows_since(session, conversation_id, first, ROWS_AT_ONCE + 50)
    person = session.get(Person, conversation.person_id)
    found = (
        session.execute(
            select(Handoff).where(Handoff.conversation_id == conversation_id).order_by(Handoff.asked_at.desc())
        )
        .scalars()
        .all()
    )
    waiting_now = found[0] if found and conversation.owner == WAITING else None
    return Whole(
        id=conversation.id,
        person_id=conversation.person_id,
        owner=conversation.owner,
        agent_id=conversation.agent_id,
        agent_name=agents.names(session, [conversation.agent_id]).get(conversation.agent_id or ""),
        version=conversation.version,
        last_seq=max(conversation.last_seq, rows[-1].seq if rows else 0),
        opened_at=conversation.opened_at,
        closed_at=conversation.closed_at,
        channels=tuple(dict.fromkeys(row.channel for row in rows if row.author_kind == "customer")),
        identities=tuple(
            session.execute(
                select(Identity.kind).where(Identity.person_id == conversation.person_id, Identity.ended_at.is_(None))
            ).scalars()
        ),
        customer_since=person.created_at,
        rows=rows,
        before=first > 0,
        notes=notes_after(session, conversation_id, None),
        turns=turns_of(session, conversation_id),
        turn_of_row=_turn_of_row(session, conversation_id, first),
        handoffs=found,
        position=handoffs.position(session, waiting_now) if waiting_now else None,
        proved_records=proofs.proved_records(session, conversation_id, records_since),
        owners=email_proofs.proved_emails(session, conversation_id, now),
        promises=promises.open_in(session, conversation_id),
        requests=staff_requests.open_in(session, conversation_id),
        files=_files(session, conversation_id),
        earlier=_earlier(session, conversation),
        wrong=wrong.of_conversation(session, conversation_id),
    )


def rows_before(session: Session, conversation_id: str, before: int) -> Sequence[Row]:
    """A page of rows before row `before`."""
    first = max(0, before - 1 - ROWS_AT_ONCE)
    return [row for row in rows_since(session, conversation_id, first, ROWS_AT_ONCE) if row.seq < before]


def notes_after(session: Session, conversation_id: str, since: Optional[datetime]) -> list[Noted]:
    """The notes on a conversation, in their order; with `since` only those written after it."""
    found = [note for note in attending.notes_of(session, conversation_id) if since is None or note.created_at > since]
    names = agents.names(session, [note.agent_id for note in found])
    return [_noted(note, names) for note in found]


def turns_of(session: Session, conversation_id: str) -> list[Understood]:
    """The assistant's turns, in order, as far as it kept what it understood."""
    query = (
        select(Turn.id, Turn.seq, Turn.queued_at, Turn.state, Turn.understood)
        .where(Turn.conversation_id == conversation_id)
        .order_by(Turn.seq)
    )
    return [_understood(*row) for row in session.execute(query)]


def entries_query(of_open_handoffs: bool = True) -> Any:
    joined = Handoff.conversation_id == Conversation.id
    if of_open_handoffs:
        joined = and_(joined, Handoff.ended_at.is_(None))
    else:
        other = aliased(Handoff)
        latest = select(func.max(other.asked_at)).where(other.conversation_id == Conversation.id).scalar_subquery()
        joined = and_(joined, Handoff.asked_at == latest)
    return select(Conversation, Handoff).outerjoin(Handoff, joined)


def as_entries(session: Session, found: Sequence[Any]) -> list[Entry]:
    """A few questions for the whole list, however long it is."""
    ids = [conversation.id for conversation, _ in found]
    around = _Around(
        agents.names(session, [conversation.agent_id for conversation, _ in found]),
        _channels(session, ids),
        _unread(session, ids),
        _wishes(session, ids),
    )
    return [_entry(conversation, handoff, around) for conversation, handoff in found]


@dataclass(frozen=True)
class _Around:
    """What belongs to the conversations of a list: names by agent, the rest by conversation."""

    names: Mapping[str, str]
    channels: Mapping[str, str]
    unread: Mapping[str, int]
    wishes: Mapping[str, str]


def _entry(conversation: Conversation, handoff: Optional[Handoff], around: _Around) -> Entry:
    is_waiting = conversation.owner == WAITING and handoff is not None
    with_people = conversation.owner in (WAITING, HUMAN)
    return Entry(
        conversation.id,
        conversation.owner,
        conversation.agent_id,
        around.names.get(conversation.agent_id or ""),
        around.channels.get(conversation.id, WEB),
        handoff.number if handoff else None,
        handoff.reason if handoff else None,
        handoff.about if handoff else {},
        handoff.waits_from if handoff and is_waiting else conversation.last_at,
        around.unread.get(conversation.id, 0) if with_people else 0,
        around.wishes.get(conversation.id),
        conversation.version,
        handoff.department if handoff and is_waiting else None,
        handoff.routed.get("priority") if handoff and is_waiting else None,
        handoff.proposed_to if handoff and is_waiting else None,
        handoff.proposed_until if handoff and is_waiting else None,
    )


def _channels(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Where each customer last wrote from."""
    last = (
        select(MESSAGES.c.conversation_id, func.max(MESSAGES.c.seq).label("seq"))
        .where(MESSAGES.c.conversation_id.in_(ids), MESSAGES.c.author_kind == "customer")
        .group_by(MESSAGES.c.conversation_id)
        .subquery()
    )
    joined = and_(MESSAGES.c.conversation_id == last.c.conversation_id, MESSAGES.c.seq == last.c.seq)
    return dict(session.execute(select(MESSAGES.c.conversation_id, MESSAGES.c.channel).join(last, joined)).all())


def _unread(session: Session, ids: Sequence[str]) -> dict[str, int]:
    """How many messages of each customer nobody has read."""
    query = (
        select(MESSAGES.c.conversation_id, func.count())
        .join(Conversation, Conversation.id == MESSAGES.c.conversation_id)
        .where(
            MESSAGES.c.conversation_id.in_(ids),
            MESSAGES.c.seq > Conversation.read_seq,
            MESSAGES.c.author_kind == "customer",
        )
        .group_by(MESSAGES.c.conversation_id)
    )
    return dict(session.execute(query).all())


def _wishes(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """The intent of the last thing each customer wanted."""
    query = select(Turn.conversation_id, Turn.understood).where(Turn.conversation_id.in_(ids), Turn.state == DONE)
    wished: dict[str, str] = {}
    for conversation_id, understood in session.execute(query.order_by(Turn.seq)):
        intent = (understood or {}).get("intent")
        if intent and intent not in NO_WISH:
            wished[conversation_id] = intent
    return wished


def wanted_in(turns: Sequence[Understood]) -> Optional[str]:
    """The intent of the last thing the customer wanted, besides a person and courtesies."""
    return next((turn.intent for turn in reversed(turns) if turn.intent and turn.intent not in NO_WISH), None)


def _understood(id_: str, seq: int, at: datetime, state: str, told: Optional[Mapping[str, Any]]) -> Understood:
    told = told or {}
    return Understood(
        id_,
        seq,
        at,
        state,
        told.get("intent"),
        float(told.get("confidence") or 0.0),
        told.get("entities") or {},
        tuple(told.get("responses") or ()),
        tuple(told.get("actions") or ()),
        tuple((kind, number) for kind, number in told.get("read") or ()),
    )


def _noted(note: Note, names: Mapping[str, str]) -> Noted:
    return Noted(note.id, names.get(note.agent_id, ""), note.text, note.after_seq, note.created_at, note.source)


def _turn_of_row(session: Session, conversation_id: str, after: int) -> dict[str, str]:
    query = select(MESSAGES.c.id, MESSAGES.c.turn_id).where(
        MESSAGES.c.conversation_id == conversation_id, MESSAGES.c.seq > after, MESSAGES.c.turn_id.is_not(None)
    )
    return dict(session.execute(query).all())


def _files(session: Session, conversation_id: str) -> list[SentFile]:
    query = select(Attachment).where(Attachment.conversation_id == conversation_id, Attachment.message_id.is_not(None))
    return [sent_file(row) for row in session.execute(query.order_by(Attachment.created_at, Attachment.id)).scalars()]


def _earlier(session: Session, conversation: Conversation) -> list[Earlier]:
    query = (
        select(Conversation)
        .where(Conversation.person_id == conversation.person_id, Conversation.id != conversation.id)
        .order_by(Conversation.opened_at.desc())
        .limit(MOST_EARLIER)
    )
    found = session.execute(query).scalars().all()
    return [_earlier_one(session, one) for one in found]


def _earlier_one(session: Session, one: Conversation) -> Earlier:
    handoff = handoffs.latest_of(session, one.id)
    wishes = [turn.intent for turn in turns_of(session, one.id) if turn.intent and turn.intent not in NO_WISH]
    return Earlier(
        one.id,
        one.opened_at,
        one.closed_at,
        handoff.outcome if handoff else None,
        handoff.customer_says if handoff else None,
        tuple(dict.fromkeys(wishes))[:3],
    )
