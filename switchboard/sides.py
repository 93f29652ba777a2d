"""Who sees what of a customer's conversations (docs/joining.md).

A side is one identity of a person: a web session, a Telegram user. Each side sees what was said on it; what was said on
another one it sees only while both are known to be the same customer's, because the side that looks has proved an
e-mail (level 2) that the other one has proved, too. Who holds a link proves no more than that he holds it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Optional, Sequence

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql import ColumnElement

from base.statements import Prepared
from switchboard.attachments import SentFile, UnknownAttachment, sent_file
from switchboard.body import body_of
from switchboard.log import MESSAGES, Row
from switchboard.models import Attachment, Conversation, Identity, IdentityEmail, Message, Person, ProvedEmail
from switchboard.people import IDENTITIES, IdentityEnded, Sender

HIDDEN = "hidden"  # the author kind of a row that the viewer may not read
PEOPLE = Person.__table__

_FOUND = Prepared(
    select(IDENTITIES.c.id, IDENTITIES.c.person_id, IDENTITIES.c.ended_at, PEOPLE.c.joined_at)
    .join(PEOPLE, PEOPLE.c.id == IDENTITIES.c.person_id)
    .where(IDENTITIES.c.kind == bindparam("kind"), IDENTITIES.c.value == bindparam("value"))
)


@dataclass(frozen=True)
class Viewer:
    """Somebody who looks at conversations. `sides`: whose words he may read, None for everything of the person's."""

    identity_id: str
    person_id: str
    sides: Optional[frozenset[str]] = None

    def sees(self, identity_id: Optional[str]) -> bool:
        """Whether he may read what was said on this side."""
        return self.sides is None or identity_id in self.sides

    def read(self, opener: Optional[str], rows: Sequence[Row]) -> list[Row]:
        """Rows of a conversation that `opener` has opened, as he may read them: of others only that there is one."""
        if self.sides is None:
            return list(rows)
        return [row if self.sees(row.identity_id or opener) else hidden(row) for row in rows]

    def takes_part(self) -> "ColumnElement[bool]":
        """As a condition on `Conversation`: something was said in it that he may read."""
        if self.sides is None:
            return Conversation.person_id == self.person_id
        his = select(Message.id).where(
            Message.conversation_id == Conversation.id, Message.identity_id.in_(sorted(self.sides))
        )
        return or_(Conversation.identity_id.in_(sorted(self.sides)), his.exists())


def viewer(session: Session, sender: Sender, now: datetime) -> Optional[Viewer]:
    """The sender as somebody who looks; None where he is nobody yet.

    Raises:
        IdentityEnded: he has left.
    """
    found = _FOUND.first(session, {"kind": sender.identity_kind, "value": sender.identity})
    if found is None:
        return None
    if found.ended_at:
        raise IdentityEnded(sender.identity_kind)
    if found.joined_at is None:
        return Viewer(found.id, found.person_id)
    same = session.execute(_same_customers(found.id, found.person_id, now)).scalars()
    return Viewer(found.id, found.person_id, frozenset((found.id, *same)))


def hidden(row: Row) -> Row:
    """That there is a row, on which channel and when, and nothing of it."""
    return replace(row, author_kind=HIDDEN, author=None, external_id=None, body=body_of(""))


def file_of(session: Session, sender: Sender, attachment_id: str, now: datetime) -> SentFile:
    """A file the sender may see: one of his own conversations, whoever sent it, of a message that he may read.

    Raises:
        UnknownAttachment: there is none.
        IdentityEnded: the sender has left.
    """
    reader, row = viewer(session, sender, now), session.get(Attachment, attachment_id)
    if row is None or reader is None or row.person_id != reader.person_id:
        raise UnknownAttachment(attachment_id)
    if row.message_id is None:
        is_his = row.external_id.startswith(f"{sender.identity}:")
    else:
        is_his = reader.sees(_side_of(session, row.message_id))
    if not is_his:
        raise UnknownAttachment(attachment_id)
    return sent_file(row)


def _side_of(session: Session, message_id: str) -> Optional[str]:
    """The identity on whose side this message was said."""
    query = (
        select(MESSAGES.c.identity_id, Conversation.identity_id)
        .join(Conversation, Conversation.id == MESSAGES.c.conversation_id)
        .where(MESSAGES.c.id == message_id)
    )
    side, opener = session.execute(query).one()
    return side or opener


def _same_customers(identity_id: str, person_id: str, now: datetime) -> Any:
    """The person's other identities that have ever proved an e-mail which this one has proved now."""
    other = aliased(Identity)
    return (
        select(IdentityEmail.identity_id)
        .join(ProvedEmail, ProvedEmail.email == IdentityEmail.email)
        .join(other, other.id == IdentityEmail.identity_id)
        .where(
            ProvedEmail.identity_id == identity_id,
            ProvedEmail.expires_at > now,
            other.person_id == person_id,
        )
    )
