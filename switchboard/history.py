"""Reads a customer's conversations: what is new, the pages before it, and how far conversations have got.

What was said on another channel comes as rows that tell nothing (`sides`), unless the customer may read it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Optional, Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from switchboard.log import MESSAGES, ROW_COLUMNS, Row, rows_since
from switchboard.models import Conversation, Person
from switchboard.people import Sender
from switchboard.sides import Viewer, viewer
from switchboard.staff_requests import OpenRequest
from switchboard.staff_requests import find as find_request

PAGE = 50  # rows of one look into the past
CATCH_UP = 200  # rows at once for somebody who was away


class NotTheirs(LookupError):
    """There is no such conversation, or it is somebody else's."""


@dataclass(frozen=True)
class Page:
    """Rows of one conversation in their order. `previous`: there are rows before them, here or in an earlier one.

    `sides` is whose rows the reader may read, None for all of them (`Viewer`).
    """

    conversation_id: str
    rows: Sequence[Row]
    previous: bool
    last_seq: int
    read_seq: int
    sides: Optional[frozenset[str]] = None


@dataclass(frozen=True)
class Standing:
    """How far a conversation has got and whose it is; `next_id` is the person's open one when this one is closed.

    `joined`: the person is known on several sides.
    """

    id: str
    last_seq: int
    read_seq: int
    next_id: Optional[str]
    owner: str
    agent_id: Optional[str]
    joined: bool


def page_since(session: Session, sender: Sender, conversation_id: str, since: int, now: datetime) -> Page:
    """What the sender has not seen of his conversation: the newest rows, or with `since` the first ones after it.

    Raises:
        NotTheirs: it is no conversation of the sender's.
        IdentityEnded: the sender has left.
    """
    reader, conversation = _own(session, sender, conversation_id, now)
    if since:
        rows = rows_since(session, conversation.id, since, CATCH_UP)
    else:
        rows = _rows_before(session, conversation.id, None)
    return _page(session, reader, conversation, rows, first=rows[0].seq if rows else since + 1)


def page_before(session: Session, sender: Sender, conversation_id: str, before: int, now: datetime) -> Page:
    """The rows before row `before`; before the first row, the last ones of the conversation that ended before.

    Raises:
        NotTheirs: it is no conversation of the sender's.
        IdentityEnded: the sender has left.
    """
    reader, conversation = _own(session, sender, conversation_id, now)
    seq: Optional[int] = before
    if before == 1:
        earlier = _earlier(session, reader, conversation.opened_at)
        if earlier is None:
            return _page(session, reader, conversation, [], first=1)
        conversation, seq = earlier, None
    rows = _rows_before(session, conversation.id, seq)
    return _page(session, reader, conversation, rows, first=rows[0].seq if rows else 1)


def new_rows(session: Session, sender: Sender, conversation_id: str, since: int, now: datetime) -> Page:
    """The rows after `since`, for somebody who is looking at the conversation; nothing is said of what was before.

    Raises:
        NotTheirs: it is no conversation of the sender's.
        IdentityEnded: the sender has left.
    """
    reader, conversation = _own(session, sender, conversation_id, now)
    rows = reader.read(conversation.identity_id, rows_since(session, conversation.id, since, CATCH_UP))
    return Page(conversation.id, rows, False, conversation.last_seq, conversation.read_seq, reader.sides)


def standings(session: Session, conversation_ids: Sequence[str]) -> Sequence[Standing]:
    """How far each of these conversations has got."""
    later = aliased(Conversation)
    succeeds = and_(
        later.person_id == Conversation.person_id, later.closed_at.is_(None), Conversation.closed_at.is_not(None)
    )
    query = (
        select(
            Conversation.id,
            Conversation.last_seq,
            Conversation.read_seq,
            later.id,
            Conversation.owner,
            Conversation.agent_id,
            Person.joined_at.is_not(None),
        )
        .join(Person, Person.id == Conversation.person_id)
        .outerjoin(later, succeeds)
        .where(Conversation.id.in_(conversation_ids))
    )
    return [Standing(*row) for row in session.execute(query)]


def row_of(session: Session, channel: str, external_id: str) -> Optional[Row]:
    """The row with this external id, or None."""
    query = select(*ROW_COLUMNS).where(MESSAGES.c.channel == channel, MESSAGES.c.external_id == external_id)
    row = session.execute(query).first()
    return Row(*row) if row else None


def of_request(session: Session, number: int) -> Optional[tuple[OpenRequest, Sequence[Row]]]:
    """One request, open or closed, with the whole conversation it came from; None when there is no such number."""
    request = find_request(session, number)
    if request is None:
        return None
    rows = rows_since(session, request.conversation_id, 0, limit=10_000) if request.conversation_id else []
    return request, rows


def _own(session: Session, sender: Sender, conversation_id: str, now: datetime) -> tuple[Viewer, Conversation]:
    reader = viewer(session, sender, now)
    conversation = session.get(Conversation, conversation_id)
    if reader is None or conversation is None or conversation.person_id != reader.person_id:
        raise NotTheirs(conversation_id)
    return reader, conversation


def _page(session: Session, reader: Viewer, conversation: Conversation, rows: Sequence[Row], first: int) -> Page:
    previous = first > 1 or _earlier(session, reader, conversation.opened_at) is not None
    last_seq = max(conversation.last_seq, rows[-1].seq if rows else 0)  # it may have grown between the two queries
    read = reader.read(conversation.identity_id, rows)
    return Page(conversation.id, read, previous, last_seq, conversation.read_seq, reader.sides)


def _earlier(session: Session, reader: Viewer, opened_at: datetime) -> Optional[Conversation]:
    """The conversation before, of those in which there is something for this reader."""
    query = (
        select(Conversation)
        .where(Conversation.person_id == reader.person_id, Conversation.opened_at < opened_at, reader.takes_part())
        .order_by(Conversation.opened_at.desc())
        .limit(1)
    )
    return session.execute(query).scalar()


def _rows_before(session: Session, conversation_id: str, seq: Optional[int]) -> list[Row]:
    query = select(*ROW_COLUMNS).where(MESSAGES.c.conversation_id == conversation_id)
    if seq is not None:
        query = query.where(MESSAGES.c.seq < seq)
    newest_first = session.execute(query.order_by(MESSAGES.c.seq.desc()).limit(PAGE))
    return [Row(*row) for row in newest_first][::-1]
