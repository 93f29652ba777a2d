"""Where something is said to a customer that answers no message of his: on the channel he prefers, or his last one.

He prefers the one he has said; of that he must have written in this conversation. What answers a message is said where
the message was written, and needs nothing of this.
"""

from dataclasses import dataclass
from typing import Optional

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from switchboard.log import MESSAGES
from switchboard.models import Conversation, Identity, Person


@dataclass(frozen=True)
class Place:
    """A channel, and the side of the conversation there (`people.Held.side_of`)."""

    channel: str
    side: Optional[str]


def place_for(session: Session, conversation_id: str) -> Optional[Place]:
    """Where a notice in this conversation is said; None where its customer has not written yet."""
    conversation = select(Person.notices_to).join(Conversation, Conversation.person_id == Person.id)
    preferred = session.execute(conversation.where(Conversation.id == conversation_id)).scalar()
    wrote = (
        select(MESSAGES.c.channel, MESSAGES.c.identity_id)
        .where(MESSAGES.c.conversation_id == conversation_id, MESSAGES.c.author_kind == "customer")
        .order_by(MESSAGES.c.seq.desc())
        .limit(1)
    )
    there = session.execute(wrote.where(MESSAGES.c.channel == preferred)).first() if preferred else None
    last = there or session.execute(wrote).first()
    return Place(last.channel, last.identity_id) if last else None


def choose(session: Session, conversation_id: str, channel: str) -> None:
    """From now on the customer of this conversation wants to be told on `channel`.

    Raises:
        ValueError: he is not known there.
    """
    person_id = select(Conversation.person_id).where(Conversation.id == conversation_id).scalar_subquery()
    known = select(Identity.id).where(
        Identity.person_id == person_id, Identity.kind == channel, Identity.ended_at.is_(None)
    )
    if session.execute(known.limit(1)).first() is None:
        raise ValueError("the customer is not known on that channel")
    statement = update(Person).where(Person.id == person_id).values(notices_to=channel)
    session.execute(statement.execution_options(synchronize_session=False))


def channels_of(session: Session, conversation_id: str) -> frozenset[str]:
    """The channels on which the customer of this conversation is known."""
    query = (
        select(Identity.kind)
        .join(Conversation, Conversation.person_id == Identity.person_id)
        .where(Conversation.id == conversation_id, Identity.ended_at.is_(None))
    )
    return frozenset(session.execute(query).scalars())
