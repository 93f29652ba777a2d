"""Notes from a phone call or the counter: they go into the customer's conversation, which is found or made for them.

A customer is known by an e-mail that he has proved in a chat, or that the shop has; the caller knows the latter. Where
there is no conversation yet, there is one afterwards, closed and without a word said: it holds the notes, and nobody
speaks in it.
"""

from datetime import datetime
from typing import Any, Optional

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from base.database import lock_names
from switchboard import attending, staff_requests
from switchboard.agents import AtDesk
from switchboard.models import CLOSED, Conversation, Identity, IdentityEmail, StaffRequest
from switchboard.people import change_held, identity_for, lock_people, start_conversation

EMAIL = "email"  # the kind of an identity that no channel has: it opens nothing and speaks nowhere
PHONE, COUNTER = SOURCES = ("phone", "counter")


def conversation_of_number(session: Session, number: int) -> Optional[str]:
    """The conversation of a numbered request; None where there is none."""
    request = session.get(StaffRequest, number)
    return request.conversation_id if request else None


def write(
    session: Session,
    agent: AtDesk,
    key: str,
    source: str,
    text: str,
    to_do: bool,
    now: datetime,
    email: str = "",
    conversation_id: Optional[str] = None,
) -> str:
    """Write the note, once for each `key`; the id of its conversation.

    Args:
        source: one of `SOURCES`.
        to_do: something remains to be done; the numbered request stays open then.
        email: the customer's, where the conversation is not known.
    """
    lock_names(session, key, email or key)
    known = session.execute(select(StaffRequest.conversation_id).where(StaffRequest.key == key)).scalar()
    if known is not None:
        return str(known)
    conversation_id = conversation_id or _latest_of(session, email) or _new(session, email, now)
    attending.note(session, conversation_id, agent, text, now, source)
    staff_requests.add_by_staff(session, key, conversation_id, source, {"description": text[:500]}, now, not to_do)
    return conversation_id


def _latest_of(session: Session, email: str) -> Optional[str]:
    """The customer's open conversation, or his last one."""
    proved: Any = select(IdentityEmail.identity_id).where(IdentityEmail.email == email)
    people = select(Identity.person_id).where(
        or_(Identity.id.in_(proved), (Identity.kind == EMAIL) & (Identity.value == email))
    )
    query = (
        select(Conversation.id)
        .where(Conversation.person_id.in_(people))
        .order_by(Conversation.closed_at.is_(None).desc(), Conversation.last_at.desc())
        .limit(1)
    )
    return session.execute(query).scalar()


def _new(session: Session, email: str, now: datetime) -> str:
    known = identity_for(session, EMAIL, email, now)
    lock_people(session, known.person_id)
    conversation = start_conversation(session, known, now)
    change_held(session, conversation, owner=CLOSED, closed_at=now, version=conversation.version + 1)
    return conversation.id
