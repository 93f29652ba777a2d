"""Finds a customer's conversation on another side by an e-mail that both have proved, and goes on with it here.

A code typed here proves an e-mail; a side elsewhere has proved the same one before. That is what a link proves at most,
and more: whoever has the mailbox may read what was said there, too (`sides`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Optional

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from switchboard.joining import CODE, Coming, Joined, Words, is_other_account, join
from switchboard.models import Conversation, Identity, IdentityEmail, ProvedEmail, Turn
from switchboard.people import Known, lock_people


class NothingToResume(LookupError):
    """There is no such conversation (any more)."""


@dataclass(frozen=True)
class Resumable:
    """A conversation that can go on here: where it was held, and when something was said in it last."""

    identity_id: str
    person_id: str
    channel: str
    last_at: datetime


def resumable(session: Session, turn_id: str, now: datetime) -> Optional[Resumable]:
    """The latest conversation of somebody else who has proved an e-mail that is proved now where this turn was written.

    A side that its customer has left is not offered.
    """
    here = _identity_of(session, turn_id)
    mine = select(ProvedEmail.email).where(ProvedEmail.identity_id == here.id, ProvedEmail.expires_at > now)
    last_at = func.max(Conversation.last_at)
    query = (
        select(Identity.id, Identity.person_id, Identity.kind, last_at)
        .join(IdentityEmail, IdentityEmail.identity_id == Identity.id)
        .join(Conversation, Conversation.person_id == Identity.person_id)
        .where(
            IdentityEmail.email.in_(mine.scalar_subquery()),
            Identity.ended_at.is_(None),
            Identity.person_id != here.person_id,
        )
        .group_by(Identity.id, Identity.person_id, Identity.kind)
        .order_by(last_at.desc(), Identity.id)
    )
    found = (Resumable(*row) for row in session.execute(query))
    return next((one for one in found if not is_other_account(session, one.person_id, here.person_id)), None)


def resume(session: Session, turn_id: str, words: Words, now: datetime) -> Joined:
    """Both are one person from now on, and the conversation of the other side goes on.

    The caller has the lock of the turn's conversation.

    Raises:
        NothingToResume: nothing was changed.
    """
    found = resumable(session, turn_id, now)
    if found is None:
        raise NothingToResume(turn_id)
    here = _identity_of(session, turn_id)
    lock_people(session, found.person_id, here.person_id)
    coming = Coming(Known(found.identity_id, found.person_id), Known(here.id, here.person_id), here.person_id, CODE)
    return join(session, coming, words, now)


def _identity_of(session: Session, turn_id: str) -> Any:
    """The identity on whose side the turn's message was written."""
    side = func.coalesce(Turn.identity_id, Conversation.identity_id)
    turn = select(side).join(Conversation, Conversation.id == Turn.conversation_id).where(Turn.id == turn_id)
    return session.execute(select(Identity).where(Identity.id == turn.scalar_subquery())).scalar_one()
