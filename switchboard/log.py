"""The log: every message of a conversation in one gapless order, written once however often it is sent."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Optional, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from base.database import lock_names
from base.ids import new_id
from base.statements import Prepared
from switchboard import attachments, contacts, deliveries, handoffs
from switchboard import codes as one_time
from switchboard.body import ButtonMeaning, Reply, body_of
from switchboard.codes import Codes
from switchboard.masking import mask_text
from switchboard.models import BOT, Button, Conversation, Message, Turn
from switchboard.people import (
    Held,
    Sender,
    change_held,
    identity_for,
    lock_conversation,
    lock_people,
    open_conversation_of,
    start_conversation,
)

CODE_MEANS, LOG_OUT_MEANS = "give_details", "cancel_task"  # intents of messages that are understood here already
FILES_ALONE = ButtonMeaning("", attachments.SEND)
LAST_HEARD = "last_heard"  # instead of a side: the one of the customer's last message on that channel
MESSAGES, BUTTONS, TURNS = Message.__table__, Button.__table__, Turn.__table__


class UnknownButton(Exception):
    """The button does not exist, or belongs to another conversation."""


@dataclass(frozen=True)
class InboundMessage:
    """What a customer sent: text or the id of a button, and the id that makes a retry recognisable.

    `external_id` is unique in its channel and begins with the session or chat: no customer's id meets another's.
    `meaning` says what the text stands for where the channel knows it, as for a command of its menu. `notice` is what
    the channel itself has to say about the message, right after it. Not `for_assistant` is what holds nothing that the
    assistant could answer: a sticker, a voice message. `attachments` are ids of the sender's files; a message of files
    alone is `wordless`, its `text` only says what was sent.
    """

    sender: Sender
    external_id: str
    text: str = ""
    button_id: Optional[str] = None
    meaning: Optional[ButtonMeaning] = None
    notice: Optional[Reply] = None
    for_assistant: bool = True
    attachments: tuple[str, ...] = ()
    wordless: bool = False


@dataclass(frozen=True)
class Row:
    """One message, as connectors and the desk read it. `identity_id`: its side, None for the conversation's opener."""

    seq: int
    id: str
    author_kind: str
    author: Optional[str]
    channel: str
    external_id: Optional[str]
    identity_id: Optional[str]
    body: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True)
class Accepted:
    """Where an inbound message stands in the log; `row` is what was written, None when it was there before.

    `identity_id` is whose message was written.
    """

    conversation_id: str
    message_id: str
    seq: int
    row: Optional[Row]
    identity_id: str = ""

    @property
    def repeated(self) -> bool:
        """Whether the message had been accepted before."""
        return self.row is None


ROW_COLUMNS = tuple(MESSAGES.c[field.name] for field in fields(Row))  # in the order of a row's fields
_OF_CONVERSATION = select(*ROW_COLUMNS).where(MESSAGES.c.conversation_id == bindparam("conversation_id"))
_SINCE = Prepared(
    _OF_CONVERSATION.where(MESSAGES.c.seq > bindparam("since")).order_by(MESSAGES.c.seq).limit(bindparam("most"))
)
_BY_EXTERNAL_ID = Prepared(
    select(MESSAGES.c.conversation_id, MESSAGES.c.id, MESSAGES.c.seq).where(
        MESSAGES.c.channel == bindparam("channel"), MESSAGES.c.external_id == bindparam("external_id")
    )
)
_LAST_HEARD = Prepared(
    select(MESSAGES.c.identity_id)
    .where(
        MESSAGES.c.conversation_id == bindparam("conversation_id"),
        MESSAGES.c.channel == bindparam("channel"),
        MESSAGES.c.author_kind == "customer",
    )
    .order_by(MESSAGES.c.seq.desc())
    .limit(1)
)
_NEW_MESSAGE, _NEW_BUTTON, _NEW_TURN = (Prepared(table.insert()) for table in (MESSAGES, BUTTONS, TURNS))


def open_conversation(session: Session, sender: Sender, welcome: Reply, now: datetime) -> Held:
    """The sender's open conversation. A new one begins with `welcome`, which tells who is speaking.

    What one sender does goes one step after the other, from here until the end of the transaction.

    Raises:
        IdentityEnded: the sender has left.
    """
    lock_names(session, sender.identity)
    conversation = open_conversation_of(session, sender.identity_kind, sender.identity)
    if conversation is None:
        known = identity_for(session, sender.identity_kind, sender.identity, now)
        lock_people(session, known.person_id)
        conversation = open_conversation_of(session, sender.identity_kind, sender.identity)  # joined in this moment
    if conversation is None:
        known = identity_for(session, sender.identity_kind, sender.identity, now)
        conversation = start_conversation(session, known, now)
        append_reply(session, conversation, sender.channel, welcome, now, side=None)
    return conversation


def lock_open_conversation(session: Session, sender: Sender, welcome: Reply, now: datetime) -> Held:
    """The sender's open conversation, locked; a new one when it was closed while we waited for the lock.

    Raises:
        IdentityEnded: the sender has left.
    """
    while True:
        found = open_conversation(session, sender, welcome, now)
        conversation = lock_conversation(session, found.id)
        if conversation.closed_at is None:
            conversation.speaker = found.speaker
            return conversation


def accept(
    session: Session, inbound: InboundMessage, welcome: Reply, now: datetime, codes: Optional[Codes] = None
) -> Accepted:
    """Write a customer's message and, where the assistant owns the conversation, queue its turn.

    With `codes`, a one-time code in it is checked now and never written.

    Raises:
        UnknownButton: the button is not one of this conversation.
        UnknownAttachment: a file is none of the sender's that is still to be sent.
        IdentityEnded: the sender has left.
        sqlalchemy.exc.IntegrityError: another process opened the conversation in this moment; try once more.
    """
    lock_names(session, inbound.sender.identity)  # a retry waits here until the first try is in the log
    repeated = _already_logged(session, inbound)
    if repeated:
        return repeated
    conversation = lock_open_conversation(session, inbound.sender, welcome, now)
    side = conversation.side_of(conversation.speaker)
    button = _button(session, conversation, inbound.button_id) if inbound.button_id else None
    attempt = one_time.find(session, codes, conversation.id, inbound.text, now) if codes and not button else None
    files = attachments.to_be_sent(session, conversation.person_id, inbound.attachments)
    text = mask_text(button.title if button else attempt.masked if attempt else inbound.text)
    row = append(
        session,
        conversation,
        channel=inbound.sender.channel,
        author_kind="customer",
        body=body_of(text, attachments=[file.as_body() for file in files], wordless=inbound.wordless),
        external_id=inbound.external_id,
        side=side,
        now=now,
    )
    attachments.sent(session, files, conversation.id, row.id)
    if codes and attempt:
        one_time.check(session, codes, attempt, conversation.speaking, row.id, inbound.sender.address_key, now)
    if inbound.notice:
        append_reply(
            session,
            conversation,
            inbound.sender.channel,
            inbound.notice,
            now,
            author_kind="system",
            external_id=f"{row.id}/notice",
            side=side,
        )
    contacts.hear(session, conversation, row.id, inbound.text, now)
    if button:
        handoffs.hear(session, conversation, button.intent, button.conversation_id, now)
    if conversation.owner == BOT and inbound.for_assistant:
        meant = button or _meant(inbound, codes, attempt is not None)
        turn = {
            "id": row.id,
            "conversation_id": conversation.id,
            "identity_id": side,
            "seq": row.seq,
            "button": {"intent": meant.intent, "entities": meant.entities} if meant else None,
            "session_key": inbound.sender.session_key,
            "address_key": inbound.sender.address_key,
            "queued_at": now,
        }
        _NEW_TURN.run(session, turn)
    return Accepted(conversation.id, row.id, row.seq, row, conversation.speaking)


def append(
    session: Session,
    conversation: Held,
    *,
    channel: str,
    author_kind: str,
    body: dict[str, Any],
    now: datetime,
    author: Optional[str] = None,
    external_id: Optional[str] = None,
    turn_id: Optional[str] = None,
    side: Optional[str] = LAST_HEARD,
) -> Row:
    """Add one row at the end of the log. The caller holds the conversation's lock (or has just created it).

    Args:
        side: whose eyes it is for (`Held.side_of`).
    """
    if side == LAST_HEARD:
        side = _last_heard(session, conversation.id, channel)
    row = Row(conversation.last_seq + 1, new_id("ms"), author_kind, author, channel, external_id, side, body, now)
    _NEW_MESSAGE.run(session, {**vars(row), "conversation_id": conversation.id, "turn_id": turn_id})
    change_held(session, conversation, last_seq=row.seq, last_at=now)
    deliveries.want(session, conversation.id, channel, author_kind, now)
    return row


def append_reply(
    session: Session,
    conversation: Held,
    channel: str,
    reply: Reply,
    now: datetime,
    *,
    author_kind: str = "bot",
    author: Optional[str] = None,
    external_id: Optional[str] = None,
    turn_id: Optional[str] = None,
    side: Optional[str] = LAST_HEARD,
) -> Row:
    """Add something the assistant or the system says; its buttons get ids of their own."""
    buttons = [(new_id("bt"), meaning) for meaning in reply.buttons]
    files = attachments.to_be_sent(session, conversation.person_id, reply.attachments)
    titles = [{"id": id_, "title": meaning.title} for id_, meaning in buttons]
    row = append(
        session,
        conversation,
        channel=channel,
        author_kind=author_kind,
        body=body_of(reply.text, titles, reply.card, [file.as_body() for file in files]),
        author=author,
        external_id=external_id,
        turn_id=turn_id,
        side=side,
        now=now,
    )
    attachments.sent(session, files, conversation.id, row.id)
    if buttons:
        of = {"message_id": row.id, "conversation_id": conversation.id}
        _NEW_BUTTON.run_all(session, [{"id": id_, **of, **_stored(meaning)} for id_, meaning in buttons])
    return row


def rows_since(session: Session, conversation_id: str, seq: int, limit: int = 500) -> Sequence[Row]:
    """The rows after `seq`, in order, at most `limit`."""
    found = _SINCE.all(session, {"conversation_id": conversation_id, "since": seq, "most": limit})
    return [Row(*row) for row in found]


def mark_read(session: Session, conversation_id: str, seq: int) -> int:
    """A person of the shop has read up to `seq`; what counts as read now. It only grows, and ends at the last row."""
    conversation = lock_conversation(session, conversation_id)
    read_seq = max(conversation.read_seq, min(seq, conversation.last_seq))
    change_held(session, conversation, read_seq=read_seq)
    return read_seq


def last_channel(session: Session, conversation_id: str) -> str:
    """The channel on which the conversation was last alive."""
    query = (
        select(MESSAGES.c.channel)
        .where(MESSAGES.c.conversation_id == conversation_id)
        .order_by(MESSAGES.c.seq.desc())
        .limit(1)
    )
    return session.execute(query).scalar_one()


def _last_heard(session: Session, conversation_id: str, channel: str) -> Optional[str]:
    """The side of the customer's last message on this channel; the opener's where there is none."""
    heard = _LAST_HEARD.first(session, {"conversation_id": conversation_id, "channel": channel})
    return heard.identity_id if heard else None


def _meant(inbound: InboundMessage, codes: Optional[Codes], holds_code: bool) -> Optional[ButtonMeaning]:
    """What a text stands for where that is known without understanding it."""
    if holds_code:
        return ButtonMeaning("", CODE_MEANS)
    if codes and codes.words.ends_proof(inbound.text):
        return ButtonMeaning("", LOG_OUT_MEANS)
    return inbound.meaning or (FILES_ALONE if inbound.wordless else None)


def _already_logged(session: Session, inbound: InboundMessage) -> Optional[Accepted]:
    wanted = {"channel": inbound.sender.channel, "external_id": inbound.external_id}
    known = _BY_EXTERNAL_ID.first(session, wanted)
    return Accepted(known.conversation_id, known.id, known.seq, row=None) if known else None


def _stored(meaning: ButtonMeaning) -> dict[str, Any]:
    return {"title": meaning.title, "intent": meaning.intent, "entities": dict(meaning.entities)}


def _button(session: Session, conversation: Held, button_id: str) -> Button:
    button = session.get(Button, button_id)
    if button is None or not _may_be_used(session, button, conversation):
        raise UnknownButton(button_id)
    return button


def _may_be_used(session: Session, button: Button, conversation: Held) -> bool:
    """A button of this conversation; or of an earlier one of the same customer's, where it asks how that one ended."""
    if button.conversation_id == conversation.id:
        return True
    asked_in = session.get(Conversation, button.conversation_id)
    return button.intent in handoffs.OUTCOMES and asked_in.person_id == conversation.person_id
