"""How long customers of the people of the shop wait for each answer, in the hours in which somebody answers.

Who answered is not read (art. 4 L. 300/1970).
"""

from datetime import datetime, timedelta
from typing import Iterable, NamedTuple, Optional

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.desk_rules import DeskRules
from switchboard.handoffs import TAKEN
from switchboard.log import MESSAGES, TURNS
from switchboard.models import DONE, Handoff

ASKED, SAID, ANSWERED, OVER = range(4)  # at the same moment in this order


class Replied(NamedTuple):
    """An answer of a person's: to what was said from `since` on, and how long that took in hours that count."""

    conversation_id: str
    since: datetime
    took: timedelta


def replied(session: Session, rules: DeskRules, since: datetime, until: datetime) -> list[Replied]:
    """The answers to what was said from `since` on and before `until`, conversation by conversation."""
    events = sorted(_events(session, since, until))
    found: list[Replied] = []
    waiting: Optional[datetime] = None
    of: Optional[str] = None
    for conversation_id, at, what in events:
        if conversation_id != of:
            of, waiting = conversation_id, None
        if what in (ASKED, SAID):
            waiting = waiting or at
        elif what == ANSWERED and waiting is not None:
            found.append(Replied(conversation_id, waiting, rules.open_between(waiting, at)))
            waiting = None
        elif what == OVER:
            waiting = None
    return found


def _events(session: Session, since: datetime, until: datetime) -> Iterable[tuple[str, datetime, int]]:
    """What happened in the conversations in which people of the shop had to do."""
    handed = select(Handoff.conversation_id, Handoff.asked_at, Handoff.ended_at, Handoff.reason).where(
        Handoff.asked_at < until, (Handoff.ended_at.is_(None)) | (Handoff.ended_at >= since)
    )
    for id_, asked_at, ended_at, reason in session.execute(handed):
        if asked_at >= since and reason != TAKEN:
            yield id_, asked_at, ASKED
        if ended_at is not None and ended_at < until:
            yield id_, ended_at, OVER
    ids = select(handed.subquery().c.conversation_id)
    said = (
        select(MESSAGES.c.conversation_id, MESSAGES.c.created_at, MESSAGES.c.author_kind)
        .outerjoin(TURNS, TURNS.c.id == MESSAGES.c.id)
        .where(
            MESSAGES.c.conversation_id.in_(ids),
            MESSAGES.c.author_kind.in_(("customer", "agent")),
            MESSAGES.c.created_at >= since,
            MESSAGES.c.created_at < until,
            (TURNS.c.state.is_(None)) | (TURNS.c.state != DONE),  # the assistant has answered the others
        )
    )
    for id_, at, author in session.execute(said):
        yield id_, at, ANSWERED if author == "agent" else SAID
