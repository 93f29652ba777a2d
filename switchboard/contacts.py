"""How the customer of a conversation can be reached when he has left the chat: what he proved, or gave for that."""

from dataclasses import dataclass
from datetime import datetime
from typing import Optional

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from base.emails import email_address
from switchboard import jobs
from switchboard.email_proofs import proved_emails
from switchboard.masking import ADDRESS
from switchboard.models import BOT, Conversation, Identity
from switchboard.people import Held

TELEGRAM = "telegram"
HEARD_JOB = "contact_heard"


@dataclass(frozen=True)
class Reach:
    """Ways to reach a customer besides the chat. `asked`: he was asked for an e-mail in this conversation."""

    email: Optional[str] = None
    telegram: bool = False
    asked: bool = False


def reach_of(session: Session, conversation_id: str, now: datetime) -> Reach:
    """How the customer of this conversation can be reached. An e-mail that is proved comes before one he only wrote."""
    conversation = session.get(Conversation, conversation_id, populate_existing=True)
    proved = proved_emails(session, conversation_id, now)
    account = select(Identity.id).where(
        Identity.person_id == conversation.person_id, Identity.kind == TELEGRAM, Identity.ended_at.is_(None)
    )
    telegram = session.execute(account.limit(1)).first() is not None
    return Reach(proved[0].email if proved else conversation.contact, telegram, conversation.contact_asked)


def keep(session: Session, conversation_id: str, email: str) -> None:
    """The customer wants to be reached there.

    Raises:
        ValueError: it is no e-mail address.
    """
    address = email_address(email)
    if address is None:
        raise ValueError("no e-mail address")
    _change(session, conversation_id, contact=address)


def asked(session: Session, conversation_id: str) -> None:
    """The customer is asked for an e-mail now; he is not asked again in this conversation."""
    _change(session, conversation_id, contact_asked=True)


def hear(session: Session, conversation: Held, message_id: str, text: str, now: datetime) -> None:
    """A customer who was asked for an e-mail has perhaps given one. Where no assistant answers, he is told by a job."""
    found = next((address for word in ADDRESS.findall(text) if (address := email_address(word))), None)
    if found is None:
        return
    wanted = select(Conversation.contact_asked).where(Conversation.id == conversation.id)
    if not session.execute(wanted).scalar():
        return
    _change(session, conversation.id, contact=found)
    if conversation.owner != BOT:
        jobs.schedule(session, HEARD_JOB, message_id, now, {"conversation_id": conversation.id}, now)


def go_along(session: Session, from_conversation: str, to_conversation: str) -> None:
    """A conversation is closed for another one of the same person, who is reached as before."""
    known = select(Conversation.contact).where(Conversation.id == from_conversation).scalar_subquery()
    _change(session, to_conversation, contact=func.coalesce(Conversation.contact, known))


def _change(session: Session, conversation_id: str, **values: object) -> None:
    statement = update(Conversation).where(Conversation.id == conversation_id).values(**values)
    session.execute(statement.execution_options(synchronize_session=False))
