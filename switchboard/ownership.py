"""Who speaks in a conversation: the assistant, nobody yet, a person, or no one any more. Changed in this one place."""

from datetime import datetime
from typing import Optional

from sqlalchemy import update
from sqlalchemy.orm import Session

from switchboard.models import BOT, CLOSED, DROPPED, HUMAN, QUEUED, RUNNING, WAITING, Turn
from switchboard.people import Held, change_held, lock_conversation

TURNS = Turn.__table__
ALLOWED = {
    BOT: {WAITING, HUMAN, CLOSED},
    WAITING: {BOT, WAITING, HUMAN, CLOSED},  # from one department to another
    HUMAN: {BOT, WAITING, HUMAN, CLOSED},  # from one person to another
    CLOSED: set(),
}


class OwnerChanged(Exception):
    """Somebody else changed the owner since this version was read; look again and decide again."""


class NotAllowed(Exception):
    """This change of owner does not exist: a closed conversation stays closed."""


def change_owner(session: Session, conversation_id: str, seen_version: int, owner: str, now: datetime) -> int:
    """Give the conversation to `owner`; the new version.

    Raises:
        OwnerChanged: `seen_version` is old.
        NotAllowed: no such step from the present owner.
    """
    conversation = lock_conversation(session, conversation_id)
    if conversation.version != seen_version:
        raise OwnerChanged(conversation_id)
    give(session, conversation, owner, now)
    return conversation.version


def give(session: Session, conversation: Held, owner: str, now: datetime, agent_id: Optional[str] = None) -> None:
    """Give the conversation to `owner`; to the person `agent_id` where that is a person. The caller has its lock.

    Raises:
        NotAllowed: no such step from the present owner.
    """
    if owner not in ALLOWED[conversation.owner]:
        raise NotAllowed(f"{conversation.owner} → {owner}")
    closed_at = now if owner == CLOSED else None
    version = conversation.version + 1
    change_held(session, conversation, owner=owner, version=version, closed_at=closed_at, agent_id=agent_id)
    if owner != BOT:
        _end_turns(session, conversation.id, "closed" if owner == CLOSED else "taken_over", now)


def _end_turns(session: Session, conversation_id: str, outcome: str, now: datetime) -> None:
    """What the assistant was about to answer is somebody else's now, also when it gets the conversation back."""
    statement = (
        update(TURNS)
        .where(TURNS.c.conversation_id == conversation_id, TURNS.c.state.in_((QUEUED, RUNNING)))
        .values(state=DROPPED, outcome=outcome, finished_at=now, lease_until=None)
    )
    session.execute(statement)
