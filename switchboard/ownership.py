"""Who speaks in a conversation: the assistant, nobody yet, a person, or no one any more. Changed in this one place."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from switchboard.models import BOT, CLOSED, DROPPED, HUMAN, QUEUED, RUNNING, WAITING, Turn
from switchboard.people import lock_conversation

ALLOWED = {BOT: {WAITING, HUMAN, CLOSED}, WAITING: {BOT, HUMAN, CLOSED}, HUMAN: {BOT, WAITING, CLOSED}, CLOSED: set()}


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
    if owner not in ALLOWED[conversation.owner]:
        raise NotAllowed(f"{conversation.owner} → {owner}")
    conversation.owner, conversation.version = owner, conversation.version + 1
    if owner != BOT:
        _end_turns(session, conversation_id, "closed" if owner == CLOSED else "taken_over", now)
    if owner == CLOSED:
        conversation.closed_at = now
    return conversation.version


def _end_turns(session: Session, conversation_id: str, outcome: str, now: datetime) -> None:
    """What the assistant was about to answer is somebody else's now, also when it gets the conversation back."""
    statement = (
        update(Turn)
        .where(Turn.conversation_id == conversation_id, Turn.state.in_((QUEUED, RUNNING)))
        .values(state=DROPPED, outcome=outcome, finished_at=now, lease_until=None)
    )
    session.execute(statement.execution_options(synchronize_session="fetch"))
