"""The log: every message of a conversation in one gapless order, written once however often it is sent."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Optional, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from base.database import lock_names
from base.ids import new_id
from switchboard.body import Reply, body_of
from switchboard.masking import mask_text
from switchboard.models import BOT, Button, Conversation, Message, Turn
from switchboard.people import Sender, lock_conversation, open_conversation_of, person_for, start_conversation


class UnknownButton(Exception):
    """The button does not exist, or belongs to another conversation."""


@dataclass(frozen=True)
class InboundMessage:
    """What a customer sent: text or the id of a button, and the id that makes a retry recognisable.

    `external_id` is unique in its channel and begins with the session or chat: no customer's id meets another's.
    """

    sender: Sender
    external_id: str
    text: str = ""
    button_id: Optional[str] = None


@dataclass(frozen=True)
class Accepted:
    """Where an inbound message stands in the log."""

    conversation_id: str
    message_id: str
    seq: int
    repeated: bool


@dataclass(frozen=True)
class Row:
    """One message, as connectors and the desk read it."""

    seq: int
    id: str
    author_kind: str
    author: Optional[str]
    channel: str
    external_id: Optional[str]
    body: dict[str, Any]
    created_at: datetime


# In the order of a row's fields.
ROW_COLUMNS = tuple(getattr(Message, field.name) for field in fields(Row))


def open_conversation(session: Session, sender: Sender, welcome: Reply, now: datetime) -> Conversation:
    """The sender's open conversation. A new one begins with `welcome`, which tells who is speaking.

    What one sender does goes one step after the other, from here until the end of the transaction.

    Raises:
        IdentityEnded: the sender has left.
    """
    lock_names(session, sender.identity)
    conversation = open_conversation_of(session, sender.identity_kind, sender.identity)
    if conversation is None:
        person_id = person_for(session, sender.identity_kind, sender.identity, now)
        conversation = start_conversation(session, person_id, now)
        append_reply(session, conversation, sender.channel, welcome, now)
    return conversation


def lock_open_conversation(session: Session, sender: Sender, welcome: Reply, now: datetime) -> Conversation:
    """The sender's open conversation, locked; a new one when it was closed while we waited for the lock.

    Raises:
        IdentityEnded: the sender has left.
    """
    while True:
        conversation = lock_conversation(session, open_conversation(session, sender, welcome, now).id)
        if conversation.closed_at is None:
            return conversation


def accept(session: Session, inbound: InboundMessage, welcome: Reply, now: datetime) -> Accepted:
    """Write a customer's message and, where the assistant owns the conversation, queue its turn.

    Raises:
        UnknownButton: the button is not one of this conversation.
        IdentityEnded: the sender has left.
        sqlalchemy.exc.IntegrityError: another process opened the conversation in this moment; try once more.
    """
    repeated = _already_logged(session, inbound)
    if repeated:
        return repeated
    conversation = lock_open_conversation(session, inbound.sender, welcome, now)
    repeated = _already_logged(session, inbound)  # a retry that waited for the same lock
    if repeated:
        return repeated
    button = _button(session, conversation.id, inbound.button_id) if inbound.button_id else None
    message = append(
        session,
        conversation,
        channel=inbound.sender.channel,
        author_kind="customer",
        body=body_of(mask_text(button.title if button else inbound.text)),
        external_id=inbound.external_id,
        now=now,
    )
    if conversation.owner == BOT:
        session.add(
            Turn(
                id=message.id,
                conversation_id=conversation.id,
                seq=message.seq,
                button={"intent": button.intent, "entities": button.entities} if button else None,
                session_key=inbound.sender.session_key,
                address_key=inbound.sender.address_key,
                queued_at=now,
            )
        )
    return Accepted(conversation.id, message.id, message.seq, repeated=False)


def append(
    session: Session,
    conversation: Conversation,
    *,
    channel: str,
    author_kind: str,
    body: dict[str, Any],
    now: datetime,
    author: Optional[str] = None,
    external_id: Optional[str] = None,
    turn_id: Optional[str] = None,
) -> Message:
    """Add one row at the end of the log. The caller holds the conversation's lock (or has just created it)."""
    conversation.last_seq += 1
    conversation.last_at = now
    message = Message(
        id=new_id("ms"),
        conversation_id=conversation.id,
        seq=conversation.last_seq,
        author_kind=author_kind,
        author=author,
        channel=channel,
        external_id=external_id,
        turn_id=turn_id,
        body=body,
        created_at=now,
    )
    session.add(message)
    session.flush()
    return message


def append_reply(
    session: Session,
    conversation: Conversation,
    channel: str,
    reply: Reply,
    now: datetime,
    *,
    author_kind: str = "bot",
    external_id: Optional[str] = None,
    turn_id: Optional[str] = None,
) -> Message:
    """Add something the assistant or the system says; its buttons get ids of their own."""
    buttons = [(new_id("bt"), meaning) for meaning in reply.buttons]
    message = append(
        session,
        conversation,
        channel=channel,
        author_kind=author_kind,
        body=body_of(reply.text, [{"id": id_, "title": meaning.title} for id_, meaning in buttons], reply.card),
        external_id=external_id,
        turn_id=turn_id,
        now=now,
    )
    for id_, meaning in buttons:
        session.add(
            Button(
                id=id_,
                message_id=message.id,
                conversation_id=conversation.id,
                title=meaning.title,
                intent=meaning.intent,
                entities=dict(meaning.entities),
            )
        )
    return message


def rows_since(session: Session, conversation_id: str, seq: int, limit: int = 500) -> Sequence[Row]:
    """The rows after `seq`, in order, at most `limit`."""
    query = (
        select(*ROW_COLUMNS)
        .where(Message.conversation_id == conversation_id, Message.seq > seq)
        .order_by(Message.seq)
        .limit(limit)
    )
    return [Row(*row) for row in session.execute(query)]


def mark_read(session: Session, conversation_id: str, seq: int) -> int:
    """A person of the shop has read up to `seq`; what counts as read now. It only grows, and ends at the last row."""
    conversation = lock_conversation(session, conversation_id)
    conversation.read_seq = max(conversation.read_seq, min(seq, conversation.last_seq))
    return conversation.read_seq


def last_channel(session: Session, conversation_id: str) -> str:
    """The channel on which the conversation was last alive."""
    query = (
        select(Message.channel).where(Message.conversation_id == conversation_id).order_by(Message.seq.desc()).limit(1)
    )
    return session.execute(query).scalar_one()


def _already_logged(session: Session, inbound: InboundMessage) -> Optional[Accepted]:
    query = select(Message.conversation_id, Message.id, Message.seq).where(
        Message.channel == inbound.sender.channel, Message.external_id == inbound.external_id
    )
    row = session.execute(query).first()
    return Accepted(row.conversation_id, row.id, row.seq, repeated=True) if row else None


def _button(session: Session, conversation_id: str, button_id: str) -> Button:
    button = session.get(Button, button_id)
    if button is None or button.conversation_id != conversation_id:
        raise UnknownButton(button_id)
    return button
