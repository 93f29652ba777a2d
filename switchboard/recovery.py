"""The engine is back: customers who wait for a person only because it did not answer get their answers after all."""

from datetime import datetime, timedelta
from typing import Any, Optional, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from switchboard import handoffs
from switchboard.body import Reply
from switchboard.log import MESSAGES, TURNS, append_reply, last_channel
from switchboard.models import BOT, FAILED, QUEUED, WAITING, Conversation, Handoff
from switchboard.ownership import give
from switchboard.people import lock_conversation
from switchboard.turns import MAX_CLAIMS

REASON = "failed_turn"
AGAIN_AFTER = timedelta(hours=1)  # whom it failed twice within this time waits for a person


def left_by_engine(session: Session) -> Sequence[str]:
    """Conversations that nobody has accepted yet and that wait because the engine did not answer."""
    query = (
        select(Handoff.conversation_id)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(Handoff.ended_at.is_(None), Handoff.reason == REASON, Conversation.owner == WAITING)
        .order_by(Handoff.waits_from)
    )
    return session.execute(query).scalars().all()


def bring_back(session: Session, conversation_id: str, words: Reply, now: datetime) -> bool:
    """Give the conversation back to the assistant, with everything unanswered queued; whether that was right.

    Not when somebody has accepted it meanwhile, nor a second time within an hour: then it is the message that fails.
    """
    conversation = lock_conversation(session, conversation_id)
    handoff = handoffs.open_of(session, conversation_id)
    if conversation.owner != WAITING or handoff is None or handoff.reason != REASON or handoff.accepted_at:
        return False
    if _brought_back_lately(session, conversation_id, now):
        return False
    failed = _failed(session, conversation_id)
    if failed is None or failed.claims >= MAX_CLAIMS:
        return False
    handoffs.end(session, handoff, handoffs.RECOVERED, now)
    give(session, conversation, BOT, now)
    append_reply(session, conversation, last_channel(session, conversation_id), words, now, author_kind="system")
    _queue(session, conversation_id, failed, now)
    return True


def _brought_back_lately(session: Session, conversation_id: str, now: datetime) -> bool:
    query = select(Handoff.id).where(
        Handoff.conversation_id == conversation_id,
        Handoff.ending == handoffs.RECOVERED,
        Handoff.ended_at > now - AGAIN_AFTER,
    )
    return session.execute(query.limit(1)).first() is not None


def _failed(session: Session, conversation_id: str) -> Optional[Any]:
    """The last turn that was given up."""
    query = select(TURNS).where(TURNS.c.conversation_id == conversation_id, TURNS.c.state == FAILED)
    return session.execute(query.order_by(TURNS.c.seq.desc()).limit(1)).first()


def _queue(session: Session, conversation_id: str, failed: Any, now: datetime) -> None:
    """The turn that failed, and one for everything the customer has written since."""
    again = {"state": QUEUED, "outcome": None, "lease_until": None, "finished_at": None}
    session.execute(update(TURNS).where(TURNS.c.id == failed.id).values(**again))
    written = select(MESSAGES.c.id, MESSAGES.c.seq, MESSAGES.c.identity_id).where(
        MESSAGES.c.conversation_id == conversation_id,
        MESSAGES.c.author_kind == "customer",
        MESSAGES.c.seq > failed.seq,
        MESSAGES.c.id.not_in(select(TURNS.c.id).where(TURNS.c.conversation_id == conversation_id)),
    )
    for row in session.execute(written).all():
        turn = {
            "id": row.id,
            "conversation_id": conversation_id,
            "identity_id": row.identity_id,
            "seq": row.seq,
            "button": None,
            "session_key": failed.session_key,
            "address_key": failed.address_key,
            "queued_at": now,
        }
        session.execute(TURNS.insert().values(**turn))
