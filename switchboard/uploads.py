"""Files on their way into a conversation: whether there is room for one, and its row once it is on disk."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Optional

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from switchboard.attachments import STAFF, SentFile, sent_file
from switchboard.body import Reply
from switchboard.log import lock_open_conversation
from switchboard.models import Attachment
from switchboard.people import Held, Sender

HOUR = timedelta(hours=1)
REFUSALS = ("too_many_files", "too_many_files_now")


class NoRoom(Exception):
    """The customer has sent as many files as he may. `hourly`: later there is room again."""

    def __init__(self, hourly: bool) -> None:
        super().__init__("hour" if hourly else "conversation")
        self.hourly = hourly


@dataclass(frozen=True)
class FileLimits:
    """How many files a customer may send in an hour, and in one conversation."""

    per_hour: int
    per_conversation: int


@dataclass(frozen=True)
class NewFile:
    """A file on disk without a row; `external_id` begins with the session or chat, as a message's does."""

    external_id: str
    id: str
    media_type: str
    name: Optional[str]
    bytes: int
    width: Optional[int]
    height: Optional[int]


def known(session: Session, external_id: str) -> Optional[SentFile]:
    """The file that was taken under this id before; None when there is none."""
    row = session.execute(select(Attachment).where(Attachment.external_id == external_id)).scalar()
    return sent_file(row) if row else None


def check_room(
    session: Session, sender: Sender, external_id: str, limits: FileLimits, welcome: Reply, now: datetime
) -> Optional[SentFile]:
    """Before a file is taken: None when there is room for it, or the file itself if it came before.

    Raises:
        NoRoom: nothing more is taken now.
        IdentityEnded: the sender has left.
        sqlalchemy.exc.IntegrityError: another process opened the conversation in this moment; try once more.
    """
    conversation = lock_open_conversation(session, sender, welcome, now)
    repeated = known(session, external_id)
    if repeated is None:
        _check(session, conversation, limits, now)
    return repeated


def keep(session: Session, sender: Sender, new: NewFile, limits: FileLimits, welcome: Reply, now: datetime) -> SentFile:
    """Write the row of a file that is wholly on disk.

    When the same upload came twice at once, the answer is the other one, and the caller removes its own.

    Raises:
        NoRoom, IdentityEnded, sqlalchemy.exc.IntegrityError: as above. Nothing was written.
    """
    conversation = lock_open_conversation(session, sender, welcome, now)
    repeated = known(session, new.external_id)
    if repeated is not None:
        return repeated
    _check(session, conversation, limits, now)
    return add_row(session, conversation, new, now)


def add_row(session: Session, conversation: Held, new: NewFile, now: datetime) -> SentFile:
    """The row of a new file of this conversation, whoever sends it. The caller has looked whether there is room."""
    row = Attachment(
        id=new.id,
        person_id=conversation.person_id,
        conversation_id=conversation.id,
        external_id=new.external_id,
        media_type=new.media_type,
        name=new.name,
        bytes=new.bytes,
        width=new.width,
        height=new.height,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return sent_file(row)


def _check(session: Session, conversation: Held, limits: FileLimits, now: datetime) -> None:
    """Raises `NoRoom`. The caller holds the lock of the conversation."""
    his = ~Attachment.external_id.startswith(STAFF)
    in_conversation = (Attachment.conversation_id == conversation.id, his)
    if session.execute(select(func.count()).where(*in_conversation)).scalar_one() >= limits.per_conversation:
        raise NoRoom(hourly=False)
    recent = (Attachment.person_id == conversation.person_id, Attachment.created_at > now - HOUR, his)
    if session.execute(select(func.count()).where(*recent)).scalar_one() >= limits.per_hour:
        raise NoRoom(hourly=True)
