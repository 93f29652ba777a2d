"""Turns: one answer of the assistant to one message, one at a time in each conversation, in order, and written once.

A front process claims a turn for a short lease, asks the engine, and completes it. Completing checks, in the
transaction that writes the replies, that the claim still stands and that the assistant still owns the conversation: a
late answer leaves nothing behind.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Mapping, Optional, Sequence

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from base.statements import Prepared
from switchboard import handoffs, parting
from switchboard.body import Reply
from switchboard.codes import Codes
from switchboard.effects import AFTER_THE_REPLIES, HANDOFF, Effect, apply_effects, apply_last, fill_facts
from switchboard.log import MESSAGES, TURNS, Accepted, InboundMessage, Row, accept, append_reply
from switchboard.models import BOT, DONE, FAILED, QUEUED, RUNNING
from switchboard.people import CONVERSATIONS, Held, lock_conversation

LEASE = timedelta(seconds=45)
MAX_CLAIMS = 5
FIRST_VERSION = 1  # of a conversation that has always been the assistant's

_SHOWN = TURNS.alias("shown")
_LAST_SHOWN = (
    select(_SHOWN.c.id)
    .where(
        _SHOWN.c.conversation_id == TURNS.c.conversation_id,
        _SHOWN.c.state == DONE,
        _SHOWN.c.seq < TURNS.c.seq,
        func.coalesce(_SHOWN.c.identity_id, "") == func.coalesce(TURNS.c.identity_id, ""),  # others do not see it
    )
    .order_by(_SHOWN.c.seq.desc())
    .limit(1)
    .scalar_subquery()
)
_NEXT = Prepared(
    select(
        TURNS.c.id,
        TURNS.c.state,
        TURNS.c.lease_until,
        TURNS.c.claims,
        TURNS.c.button,
        TURNS.c.identity_id,
        MESSAGES.c.body,
        MESSAGES.c.channel,
        MESSAGES.c.created_at,
        _LAST_SHOWN.label("last_shown"),
        CONVERSATIONS.c.version,
    )
    .join(MESSAGES, MESSAGES.c.id == TURNS.c.id)
    .join(CONVERSATIONS, CONVERSATIONS.c.id == TURNS.c.conversation_id)
    .where(TURNS.c.conversation_id == bindparam("conversation"), or_(TURNS.c.state == RUNNING, TURNS.c.state == QUEUED))
    .order_by(TURNS.c.seq)
    .limit(1)
)
_ANY_QUEUED = Prepared(
    select(TURNS.c.id).where(TURNS.c.conversation_id == bindparam("conversation"), TURNS.c.state == QUEUED).limit(1)
)
_CLAIM = Prepared(update(TURNS).where(TURNS.c.id == bindparam("turn")))
_IF_CLAIMED = (TURNS.c.id == bindparam("turn"), TURNS.c.state == RUNNING, TURNS.c.claims == bindparam("claim"))
_END_CLAIM = Prepared(update(TURNS).where(*_IF_CLAIMED))
_CLAIMED = Prepared(select(TURNS.c.id).where(*_IF_CLAIMED))
_SAID = Prepared(
    select(MESSAGES.c.id).where(
        MESSAGES.c.channel == bindparam("channel"), MESSAGES.c.external_id == bindparam("external_id")
    )
)


@dataclass(frozen=True)
class ClaimedTurn:
    """A turn this process may now run. `claim` is a fence: a later claim makes this one worthless.

    `side` is where its message was written (`Held.side_of`), and where its answer is read.
    """

    id: str
    conversation_id: str
    claim: int
    text: str
    button: Optional[dict[str, Any]]
    channel: str
    sent_at: datetime
    previous_turn_id: Optional[str]  # the last turn whose answer the customer saw
    attachments: int = 0  # how many files came with the message
    handed_back: bool = False  # people of the shop have dealt with the customer since that answer
    side: Optional[str] = None

    @property
    def exhausted(self) -> bool:
        """Whether this turn was begun too often without an end: it is given up instead of tried again."""
        return self.claim > MAX_CLAIMS


@dataclass(frozen=True)
class Ended:
    """What the end of a turn wrote, and whether `more` turns of the conversation wait."""

    rows: Sequence[Row]
    more: bool


@dataclass(frozen=True)
class Taken:
    """A message that was accepted, with its turn if that is the conversation's next one."""

    accepted: Accepted
    turn: Optional[ClaimedTurn]


def take(
    session: Session,
    inbound: InboundMessage,
    welcome: Reply,
    front_id: str,
    now: datetime,
    codes: Optional[Codes] = None,
) -> Taken:
    """Accept a customer's message (`switchboard.log.accept`) and, if nothing is before it, claim its turn at once.

    Raises:
        What `accept` raises.
    """
    parts = parting.parts(session, inbound.button_id)
    accepted = accept(session, replace(inbound, for_assistant=False) if parts else inbound, welcome, now, codes)
    if parts and accepted.row and inbound.button_id:
        parting.part(session, accepted.conversation_id, accepted.identity_id, inbound.button_id, now)
    turn = None if accepted.repeated else _claim(session, accepted.conversation_id, front_id, now)
    return Taken(accepted, turn)


def claim_next(session: Session, conversation_id: str, front_id: str, now: datetime) -> Optional[ClaimedTurn]:
    """Take the conversation's next turn, or None when there is none or another process runs one."""
    conversation = lock_conversation(session, conversation_id)
    return _claim(session, conversation_id, front_id, now) if conversation.owner == BOT else None


def _claim(session: Session, conversation_id: str, front_id: str, now: datetime) -> Optional[ClaimedTurn]:
    """The caller holds the lock of the conversation; only the assistant's has turns that nobody ended."""
    turn = _NEXT.first(session, {"conversation": conversation_id})
    if turn is None or (turn.state == RUNNING and turn.lease_until > now):
        return None
    claim = turn.claims + 1
    claimed = {"state": RUNNING, "front_id": front_id, "claims": claim, "lease_until": now + LEASE}
    _CLAIM.run(session, {"turn": turn.id, **claimed})
    handed_back = turn.version > FIRST_VERSION and _handed_back(session, conversation_id, turn.last_shown)
    return ClaimedTurn(
        id=turn.id,
        conversation_id=conversation_id,
        claim=claim,
        text=turn.body["text"],
        button=turn.button,
        channel=turn.channel,
        sent_at=turn.created_at,
        previous_turn_id=None if handed_back else turn.last_shown,
        attachments=len(turn.body["attachments"]),
        handed_back=handed_back,
        side=turn.identity_id,
    )


def _handed_back(session: Session, conversation_id: str, last_shown: Optional[str]) -> bool:
    """Whether a handoff has begun and ended since the answer `last_shown`: what that one asked is long over."""
    seq = session.execute(select(TURNS.c.seq).where(TURNS.c.id == last_shown)).scalar() or 0
    return handoffs.handed_back_since(session, conversation_id, seq) is not None


def complete(
    session: Session,
    turn: ClaimedTurn,
    replies: Sequence[Reply],
    effects: Sequence[Effect],
    now: datetime,
    understood: Optional[Mapping[str, Any]] = None,
) -> Optional[Ended]:
    """Write the replies, apply the effects and end the turn; None when it is no longer this claim's to answer.

    `understood` is kept for the people of the shop: what the message was taken for, and which responses answered it.
    """
    return _finish(session, turn, DONE, "answered", replies, effects, now, understood)


def give_up(
    session: Session, turn: ClaimedTurn, reason: str, apology: Reply, now: datetime, hand_over: bool = False
) -> Optional[Ended]:
    """End a turn that could not be answered: say so, and leave a numbered request for the staff. None as above.

    With `hand_over` the customer waits for a person from now on; the apology says so.
    """
    kind = HANDOFF if hand_over else "staff_request"
    effect = Effect(kind, {"reason": "failed_turn", "about": {"failure": reason}})
    return _finish(session, turn, FAILED, reason, [apology], [effect], now)


def say_meanwhile(session: Session, turn: ClaimedTurn, reply: Reply, now: datetime) -> bool:
    """Say something once while the turn still runs; False when it ended or was taken over."""
    conversation = lock_conversation(session, turn.conversation_id)
    external_id = f"{turn.id}/meanwhile"
    said = _SAID.first(session, {"channel": turn.channel, "external_id": external_id})
    if said or not _still_ours(session, conversation, turn):
        return False
    append_reply(
        session,
        conversation,
        turn.channel,
        reply,
        now,
        author_kind="system",
        external_id=external_id,
        turn_id=turn.id,
        side=turn.side,
    )
    return True


def release(session: Session, turn: ClaimedTurn) -> bool:
    """Give a claim back, to be tried again: something other than the engine went wrong. False when it was not ours."""
    lock_conversation(session, turn.conversation_id)
    return _end_claim(session, turn, state=QUEUED, lease_until=None)


def release_all(session: Session, front_id: str) -> int:
    """Make every turn claimed by this front claimable again: called at its start, when it can be running none."""
    held = update(TURNS).where(TURNS.c.state == RUNNING, TURNS.c.front_id == front_id)
    return session.execute(held.values(state=QUEUED, lease_until=None)).rowcount


def conversations_with_work(session: Session, now: datetime, limit: int = 500) -> Sequence[str]:
    """Conversations that have a turn nobody runs: queued, or left behind by a front that died."""
    waiting = select(TURNS.c.conversation_id).where(TURNS.c.state == QUEUED)
    abandoned = select(TURNS.c.conversation_id).where(TURNS.c.state == RUNNING, TURNS.c.lease_until <= now)
    return session.execute(waiting.union(abandoned).limit(limit)).scalars().all()


def _finish(
    session: Session,
    claimed: ClaimedTurn,
    state: str,
    outcome: str,
    replies: Sequence[Reply],
    effects: Sequence[Effect],
    now: datetime,
    understood: Optional[Mapping[str, Any]] = None,
) -> Optional[Ended]:
    conversation = lock_conversation(session, claimed.conversation_id)
    ended = {"state": state, "outcome": outcome, "lease_until": None, "finished_at": now, "understood": understood}
    if conversation.owner != BOT or not _end_claim(session, claimed, **ended):
        return None
    first, last = (
        [effect for effect in effects if (effect.kind in AFTER_THE_REPLIES) is later] for later in (False, True)
    )
    facts = apply_effects(session, conversation.id, claimed.id, first, now)
    said = f"{claimed.id}/sorry{claimed.claim}" if state == FAILED else claimed.id  # it may be answered after all
    rows = [
        append_reply(
            session,
            conversation,
            claimed.channel,
            fill_facts(reply, facts),
            now,
            external_id=f"{said}/{place}",
            turn_id=claimed.id,
            side=claimed.side,
        )
        for place, reply in enumerate(replies, start=1)
    ]
    apply_effects(session, conversation.id, claimed.id, last, now)
    apply_last(session, conversation.id, effects, now)
    more = _ANY_QUEUED.first(session, {"conversation": conversation.id}) is not None
    return Ended(rows, more)


def _still_ours(session: Session, conversation: Held, claimed: ClaimedTurn) -> bool:
    claim = {"turn": claimed.id, "claim": claimed.claim}
    return conversation.owner == BOT and _CLAIMED.first(session, claim) is not None


def _end_claim(session: Session, claimed: ClaimedTurn, **values: object) -> bool:
    """Write `values` into the turn's row if this claim is still the latest; whether it was."""
    return _END_CLAIM.run(session, {"turn": claimed.id, "claim": claimed.claim, **values}) == 1
