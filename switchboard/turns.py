"""Turns: one answer of the assistant to one message, one at a time in each conversation, in order, and written once.

A front process claims a turn for a short lease, asks the engine, and completes it. Completing checks, in the
transaction that writes the replies, that the claim still stands and that the assistant still owns the conversation: a
late answer leaves nothing behind.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Optional, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from switchboard.body import Reply
from switchboard.effects import Effect, apply_effects, fill_facts
from switchboard.log import append_reply
from switchboard.models import BOT, DONE, FAILED, QUEUED, RUNNING, Conversation, Message, Turn
from switchboard.people import lock_conversation

LEASE = timedelta(seconds=45)
MAX_CLAIMS = 5


@dataclass(frozen=True)
class ClaimedTurn:
    """A turn this process may now run. `claim` is a fence: a later claim makes this one worthless."""

    id: str
    conversation_id: str
    claim: int
    text: str
    button: Optional[dict[str, Any]]
    channel: str
    sent_at: datetime
    previous_turn_id: Optional[str]  # the last turn whose answer the customer saw

    @property
    def exhausted(self) -> bool:
        """Whether this turn was begun too often without an end: it is given up instead of tried again."""
        return self.claim > MAX_CLAIMS


def claim_next(session: Session, conversation_id: str, front_id: str, now: datetime) -> Optional[ClaimedTurn]:
    """Take the conversation's next turn, or None when there is none or another process runs one."""
    conversation = lock_conversation(session, conversation_id)
    if conversation.owner != BOT:
        return None
    query = (
        select(Turn, Message)
        .join(Message, Message.id == Turn.id)
        .where(Turn.conversation_id == conversation_id, Turn.state.in_((RUNNING, QUEUED)))
        .order_by(Turn.seq)
        .limit(1)
    )
    first = session.execute(query).first()
    if first is None:
        return None
    turn, message = first
    if turn.state == RUNNING and turn.lease_until > now:
        return None
    turn.state, turn.front_id, turn.claims, turn.lease_until = RUNNING, front_id, turn.claims + 1, now + LEASE
    shown = select(Turn.id).where(Turn.conversation_id == conversation_id, Turn.state == DONE, Turn.seq < turn.seq)
    return ClaimedTurn(
        id=turn.id,
        conversation_id=conversation_id,
        claim=turn.claims,
        text=message.body["text"],
        button=turn.button,
        channel=message.channel,
        sent_at=message.created_at,
        previous_turn_id=session.execute(shown.order_by(Turn.seq.desc()).limit(1)).scalar(),
    )


def complete(
    session: Session, turn: ClaimedTurn, replies: Sequence[Reply], effects: Sequence[Effect], now: datetime
) -> bool:
    """Write the replies, apply the effects and end the turn; False when it is no longer this claim's to answer."""
    return _finish(session, turn, DONE, "answered", replies, effects, now)


def give_up(session: Session, turn: ClaimedTurn, reason: str, apology: Reply, now: datetime) -> bool:
    """End a turn that could not be answered: say so, and leave a numbered request for the staff."""
    effect = Effect("staff_request", {"reason": "failed_turn", "about": {"failure": reason}})
    return _finish(session, turn, FAILED, reason, [apology], [effect], now)


def say_meanwhile(session: Session, turn: ClaimedTurn, reply: Reply, now: datetime) -> bool:
    """Say something once while the turn still runs; False when it ended or was taken over."""
    conversation = lock_conversation(session, turn.conversation_id)
    external_id = f"{turn.id}/meanwhile"
    same = (Message.channel == turn.channel, Message.external_id == external_id)
    said = session.execute(select(Message.id).where(*same)).first()
    if said or not _still_ours(session, conversation, turn):
        return False
    append_reply(
        session, conversation, turn.channel, reply, now, author_kind="system", external_id=external_id, turn_id=turn.id
    )
    return True


def release(session: Session, turn: ClaimedTurn) -> bool:
    """Give a claim back, to be tried again: something other than the engine went wrong. False when it was not ours."""
    lock_conversation(session, turn.conversation_id)
    row = session.get(Turn, turn.id)
    if not _is_claim(row, turn):
        return False
    row.state, row.lease_until = QUEUED, None
    return True


def release_all(session: Session, front_id: str) -> int:
    """Make every turn claimed by this front claimable again: called at its start, when it can be running none."""
    statement = (
        update(Turn).where(Turn.state == RUNNING, Turn.front_id == front_id).values(state=QUEUED, lease_until=None)
    )
    return session.execute(statement.execution_options(synchronize_session=False)).rowcount


def conversations_with_work(session: Session, now: datetime, limit: int = 500) -> Sequence[str]:
    """Conversations that have a turn nobody runs: queued, or left behind by a front that died."""
    waiting = select(Turn.conversation_id).where(Turn.state == QUEUED)
    abandoned = select(Turn.conversation_id).where(Turn.state == RUNNING, Turn.lease_until <= now)
    return session.execute(waiting.union(abandoned).limit(limit)).scalars().all()


def _finish(
    session: Session,
    claimed: ClaimedTurn,
    state: str,
    outcome: str,
    replies: Sequence[Reply],
    effects: Sequence[Effect],
    now: datetime,
) -> bool:
    conversation = lock_conversation(session, claimed.conversation_id)
    turn = session.get(Turn, claimed.id)
    if conversation.owner != BOT or not _is_claim(turn, claimed):
        return False
    turn.state, turn.outcome, turn.lease_until, turn.finished_at = state, outcome, None, now
    facts = apply_effects(session, conversation.id, claimed.id, effects, now)
    for place, reply in enumerate(replies, start=1):
        append_reply(
            session,
            conversation,
            claimed.channel,
            fill_facts(reply, facts),
            now,
            external_id=f"{claimed.id}/{place}",
            turn_id=claimed.id,
        )
    return True


def _still_ours(session: Session, conversation: Conversation, claimed: ClaimedTurn) -> bool:
    return conversation.owner == BOT and _is_claim(session.get(Turn, claimed.id), claimed)


def _is_claim(turn: Optional[Turn], claimed: ClaimedTurn) -> bool:
    return turn is not None and turn.state == RUNNING and turn.claims == claimed.claim
