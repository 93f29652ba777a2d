"""Files that people of the shop send a customer: a row each, and nobody's to send but the agent's who added it.

They are the customer's in everything that erases or shows files; how many customers may send does not count them.
"""

from datetime import datetime
from typing import Optional, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from switchboard.agents import AtDesk
from switchboard.attachments import STAFF, SentFile, UnknownAttachment
from switchboard.attending import held
from switchboard.models import Attachment
from switchboard.uploads import NewFile, add_row, known

MOST_UNSENT = 20


class TooManyUnsent(Exception):
    """This agent has added many files to the conversation and sent none of them."""


def external_id_of(agent: AtDesk, upload_id: str) -> str:
    """The id that makes a repeated upload of this agent's the same file."""
    return f"{STAFF}{agent.id}:{upload_id}"


def check_room(session: Session, conversation_id: str, agent: AtDesk, external_id: str) -> Optional[SentFile]:
    """Before a file is taken: None when it may come, or the file itself if it came before.

    Raises:
        SomebodyElses, NotHeld: the conversation is not the agent's.
        TooManyUnsent: as it says.
    """
    held(session, conversation_id, agent)
    repeated = known(session, external_id)
    if repeated is None and _unsent(session, conversation_id) >= MOST_UNSENT:
        raise TooManyUnsent(conversation_id)
    return repeated


def keep(session: Session, conversation_id: str, agent: AtDesk, new: NewFile, now: datetime) -> SentFile:
    """Write the row of a file that is wholly on disk; the other one where the same upload came twice at once.

    Raises:
        SomebodyElses, NotHeld: the conversation is not the agent's any more. Nothing was written.
    """
    conversation = held(session, conversation_id, agent)
    repeated = known(session, new.external_id)
    if repeated is not None:
        return repeated
    return add_row(session, conversation, new, now)


def check_own(session: Session, conversation_id: str, agent: AtDesk, ids: Sequence[str]) -> None:
    """These files were added to this conversation by this agent.

    Raises:
        UnknownAttachment: not all of them.
    """
    if not ids:
        return
    query = select(func.count()).where(
        Attachment.id.in_(ids),
        Attachment.conversation_id == conversation_id,
        Attachment.external_id.startswith(f"{STAFF}{agent.id}:", autoescape=True),
    )
    if session.execute(query).scalar_one() != len(set(ids)):
        raise UnknownAttachment("not all of them are the agent's")


def _unsent(session: Session, conversation_id: str) -> int:
    query = select(func.count()).where(
        Attachment.conversation_id == conversation_id,
        Attachment.message_id.is_(None),
        Attachment.external_id.startswith(STAFF),
    )
    return int(session.execute(query).scalar_one())
