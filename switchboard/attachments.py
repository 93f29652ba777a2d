"""Files in the log: which message they came with, which request they go with, whose they are.

A row is written after its file is wholly on disk. A file nobody sent, or whose row was erased, is removed from disk by
whoever is given its id here; what is missed then is found by the hourly sweep (`front/handlers.py`).
"""

import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Optional, Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from switchboard.masking import mask_text
from switchboard.models import Attachment

MOST_PER_MESSAGE = 5
LONGEST_NAME = 80
SEND = "send_attachment"  # the intent of a message that holds only files
NOT_IN_NAMES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # controls, and marks that turn the direction of reading


class UnknownAttachment(LookupError):
    """There is no such file, it is somebody else's, or it was sent before."""


@dataclass(frozen=True)
class SentFile:
    """A file as a body shows it. `name` is the customer's, `width` and `height` a picture's, in pixels."""

    id: str
    type: str
    name: Optional[str]
    bytes: int
    width: Optional[int]
    height: Optional[int]

    @property
    def is_picture(self) -> bool:
        return self.width is not None

    def as_body(self) -> dict[str, Any]:
        """The file in a body's `attachments`."""
        return asdict(self)


def clean_name(raw: str, suffix: str) -> Optional[str]:
    """A customer's name for a file as it can be shown: no folders, no controls, its true suffix; None without any.

    It is never part of a path.
    """
    base = raw.replace("\\", "/").rpartition("/")[2]
    shown = "".join(c for c in base if unicodedata.category(c) not in NOT_IN_NAMES)
    stem = mask_text(unicodedata.normalize("NFC", shown).strip(" .")).rpartition(".")[0] or shown.strip(" .")
    stem = stem[:LONGEST_NAME].strip(" .")
    return f"{stem}{suffix}" if stem else None


def to_be_sent(session: Session, person_id: str, ids: Sequence[str]) -> list[SentFile]:
    """These files of the person's, in their order, which no message has yet.

    Raises:
        UnknownAttachment: not all of them can be sent, or they are too many.
    """
    if not ids:
        return []
    free = select(Attachment).where(
        Attachment.id.in_(ids), Attachment.person_id == person_id, Attachment.message_id.is_(None)
    )
    found = {row.id: row for row in session.execute(free.with_for_update()).scalars()}
    if len(ids) > MOST_PER_MESSAGE or len(set(ids)) < len(ids) or set(found) != set(ids):
        raise UnknownAttachment("not all of them can be sent")
    return [sent_file(found[id_]) for id_ in ids]


def sent(session: Session, files: Sequence[SentFile], conversation_id: str, message_id: str) -> None:
    """These files came with this message. The caller has just got them from `to_be_sent`."""
    if not files:
        return
    statement = update(Attachment).where(Attachment.id.in_([file.id for file in files]))
    values = {"message_id": message_id, "conversation_id": conversation_id}
    session.execute(statement.values(**values).execution_options(synchronize_session=False))


def for_staff(session: Session, attachment_id: str) -> tuple[SentFile, str]:
    """A file for somebody of the shop, and its conversation. The caller checks who that is and what he may read.

    Raises:
        UnknownAttachment: there is none.
    """
    row = session.get(Attachment, attachment_id)
    if row is None:
        raise UnknownAttachment(attachment_id)
    return sent_file(row), row.conversation_id


def loose_in(session: Session, conversation_id: str) -> int:
    """How many files were sent in this conversation that go with no request yet."""
    return session.execute(select(func.count()).where(*_loose(conversation_id))).scalar_one()


def give_to_request(session: Session, conversation_id: str, number: int) -> None:
    """What was sent in this conversation and goes with no request yet goes with this one."""
    statement = update(Attachment).where(*_loose(conversation_id)).values(request_number=number)
    session.execute(statement.execution_options(synchronize_session=False))


def of_request(session: Session, number: int) -> list[SentFile]:
    """The files that go with a request, in the order in which they came."""
    query = select(Attachment).where(Attachment.request_number == number)
    return [sent_file(row) for row in session.execute(query.order_by(Attachment.created_at, Attachment.id)).scalars()]


def forget_unsent(session: Session, before: datetime, limit: int = 200) -> list[str]:
    """Drop the rows of files that nobody has sent since `before`; their ids, to be removed from disk."""
    query = select(Attachment.id).where(Attachment.message_id.is_(None), Attachment.created_at < before)
    locked = query.limit(limit).with_for_update(skip_locked=True)  # one that is being sent right now stays
    return _drop(session, session.execute(locked).scalars().all())


def erase_of(session: Session, conversation_ids: Sequence[str]) -> list[str]:
    """Drop the rows of every file of these conversations; their ids, to be removed from disk after the commit.

    What erases a conversation or lets it expire calls this before it deletes the conversation's messages.
    """
    query = select(Attachment.id).where(Attachment.conversation_id.in_(conversation_ids))
    return _drop(session, session.execute(query).scalars().all())


def unknown_among(session: Session, ids: Sequence[str]) -> list[str]:
    """Those of `ids` that have no row."""
    known = set(session.execute(select(Attachment.id).where(Attachment.id.in_(ids))).scalars())
    return [id_ for id_ in ids if id_ not in known]


def sent_file(row: Attachment) -> SentFile:
    """The row as bodies show it."""
    return SentFile(row.id, row.media_type, row.name, row.bytes, row.width, row.height)


def _loose(conversation_id: str) -> tuple[Any, ...]:
    return (
        Attachment.conversation_id == conversation_id,
        Attachment.message_id.is_not(None),
        Attachment.request_number.is_(None),
    )


def _drop(session: Session, ids: Sequence[str]) -> list[str]:
    """The ids, whose rows are gone."""
    statement = delete(Attachment).where(Attachment.id.in_(ids)).execution_options(synchronize_session=False)
    session.execute(statement)
    return list(ids)
