"""Handoffs: a customer waits for a person of the shop, one after the other, until somebody accepts and it ends.

The handoff is begun by the effect of a turn, after the turn's words are in the log, so that they are never dropped.
What agents do then is in `attending.py`; how long somebody waits before others are told is the front's
(`front/handoff_jobs.py`).
"""

from datetime import datetime, timedelta
from statistics import median
from typing import Any, Mapping, Optional

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from base.ids import new_id
from switchboard import jobs, staff_requests
from switchboard.models import BOT, HUMAN, WAITING, Conversation, Handoff
from switchboard.ownership import give
from switchboard.people import Held, lock_conversation

BEGUN_JOB, OPENS_JOB = "handoff_begun", "handoff_opens"
CLOSED, GIVEN_BACK, WITHDRAWN, LEFT, JOINED = "closed", "given_back", "withdrawn", "left", "joined"
RECOVERED = "recovered"  # nobody had come yet when the engine answered again
TAKEN = "taken"  # the reason of a handoff that an agent began by hand
# Intents of buttons that the switchboard acts on before the assistant answers them.
BACK, SOLVED, UNSOLVED = "back_to_assistant", "tell_solved", "tell_unsolved"
OUTCOMES = {SOLVED: "solved", UNSOLVED: "unsolved"}
RECENT = timedelta(days=14)
LEAST_KNOWN, MOST_LOOKED_AT = 5, 30


def ask(
    session: Session,
    conversation_id: str,
    turn_id: str,
    reason: str,
    about: Mapping[str, Any],
    now: datetime,
    opens_at: Optional[datetime] = None,
) -> Handoff:
    """The customer wants a person: the handoff that is open already, or a new one with its numbered request.

    Args:
        opens_at: when the people of the shop are there next; None: they are there now.
    """
    number = staff_requests.open_for_conversation(session, conversation_id, turn_id, reason, dict(about), now)
    known, waits_from = open_of(session, conversation_id), opens_at or now
    if known is not None:
        known.about = {**known.about, **about}
        known.waits_from = min(known.waits_from, waits_from)
        return known
    last_seq = session.execute(select(Conversation.last_seq).where(Conversation.id == conversation_id)).scalar_one()
    handoff = Handoff(
        id=new_id("ho"),
        conversation_id=conversation_id,
        number=number,
        reason=reason,
        about=dict(about),
        asked_at=now,
        asked_seq=last_seq,
        waits_from=waits_from,
    )
    session.add(handoff)
    session.flush()
    if opens_at:
        jobs.schedule(session, OPENS_JOB, handoff.id, opens_at, {"handoff_id": handoff.id}, now)
    return handoff


def begin(session: Session, conversation_id: str, now: datetime) -> None:
    """The wait of this conversation's open handoff begins now, unless it is planned for later or has begun."""
    handoff, conversation = open_of(session, conversation_id), lock_conversation(session, conversation_id)
    if handoff is None or handoff.waits_from > now or conversation.owner != BOT:
        return
    give(session, conversation, WAITING, now)
    tell_staff(session, handoff, now)


def tell_staff(session: Session, handoff: Handoff, now: datetime) -> None:
    """Have the people of the shop told that somebody waits; each wait is told once."""
    version = session.execute(
        select(Conversation.version).where(Conversation.id == handoff.conversation_id)
    ).scalar_one()
    payload = {"handoff_id": handoff.id, "version": version}
    jobs.schedule(session, BEGUN_JOB, f"{handoff.id}/{version}", now, payload, now)


def open_of(session: Session, conversation_id: str) -> Optional[Handoff]:
    """The handoff of this conversation that has not ended, planned ones too."""
    query = select(Handoff).where(Handoff.conversation_id == conversation_id, Handoff.ended_at.is_(None))
    return session.execute(query).scalar()


def latest_of(session: Session, conversation_id: str) -> Optional[Handoff]:
    """The last handoff of this conversation, open or ended."""
    query = select(Handoff).where(Handoff.conversation_id == conversation_id).order_by(Handoff.asked_at.desc())
    return session.execute(query).scalars().first()


def position(session: Session, handoff: Handoff) -> int:
    """Which place in the queue this handoff has or will have: 1 is the next one. Planned ones do not count."""
    before = or_(
        Handoff.waits_from < handoff.waits_from,
        (Handoff.waits_from == handoff.waits_from) & (Handoff.id < handoff.id),
    )
    query = (
        select(func.count())
        .select_from(Handoff)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(Handoff.ended_at.is_(None), Conversation.owner == WAITING, Handoff.id != handoff.id, before)
    )
    return int(session.execute(query).scalar_one()) + 1


def queue(session: Session) -> list[str]:
    """The conversations that wait for a person now, the one whose turn is next first."""
    query = (
        select(Handoff.conversation_id)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(Handoff.ended_at.is_(None), Conversation.owner == WAITING)
        .order_by(Handoff.waits_from, Handoff.id)
    )
    return list(session.execute(query).scalars())


def usual_wait(session: Session, now: datetime) -> Optional[timedelta]:
    """How long customers have lately waited for somebody to accept, the median; None while too few have."""
    query = (
        select(Handoff.waits_from, Handoff.accepted_at)
        .where(Handoff.accepted_at.is_not(None), Handoff.waits_from > now - RECENT, Handoff.reason != TAKEN)
        .order_by(Handoff.accepted_at.desc())
        .limit(MOST_LOOKED_AT)
    )
    waits = [accepted_at - waits_from for waits_from, accepted_at in session.execute(query)]
    return median(waits) if len(waits) >= LEAST_KNOWN else None


def end(session: Session, handoff: Handoff, ending: str, now: datetime, outcome: str = "", told: str = "") -> None:
    """The handoff is over, and so is the request that it was known by."""
    handoff.ended_at, handoff.ending = now, ending
    handoff.outcome, handoff.told = outcome or None, told or None
    staff_requests.close(session, handoff.number, now)
    session.flush()


def abandon(session: Session, conversation_id: str, now: datetime) -> None:
    """The customer has ended the conversation in which he wanted a person. His numbered request stays."""
    handoff = open_of(session, conversation_id)
    if handoff is not None:
        handoff.ended_at, handoff.ending = now, LEFT
        session.flush()


def go_along(session: Session, from_conversation: str, to_conversation: Held, now: datetime) -> None:
    """A conversation is closed for another one of the same person: who waits for a person goes on waiting there.

    Where he does so already, or has a person, that counts; the numbered request of the other wish stays open.
    """
    handoff = open_of(session, from_conversation)
    if handoff is None:
        return
    if open_of(session, to_conversation.id) is not None or to_conversation.owner != BOT:
        handoff.ended_at, handoff.ending = now, JOINED
    else:
        handoff.conversation_id, handoff.asked_seq = to_conversation.id, to_conversation.last_seq
    session.flush()


def hear(session: Session, conversation: Held, intent: str, asked_in: str, now: datetime) -> None:
    """A customer used one of the buttons that mean something here. The caller holds the conversation's lock.

    Args:
        asked_in: the conversation in which the button was shown.
    """
    handoff = open_of(session, conversation.id)
    if intent == BACK and conversation.owner == WAITING and handoff is not None:
        end(session, handoff, WITHDRAWN, now)
        give(session, conversation, BOT, now)
    elif intent in OUTCOMES:
        tell_outcome(session, asked_in, OUTCOMES[intent])


def tell_outcome(session: Session, conversation_id: str, says: str) -> None:
    """The customer says how it ended, `solved` or `unsolved`: of the last handoff, or of the assistant alone. Once.

    Raises:
        ValueError: he can say nothing else.
    """
    if says not in OUTCOMES.values():
        raise ValueError("solved or unsolved")
    told = latest_of(session, conversation_id) or session.get(Conversation, conversation_id)
    if told.customer_says is None:
        told.customer_says = says
        session.flush()


def handed_back_since(session: Session, conversation_id: str, seq: int) -> Optional[Handoff]:
    """The last handoff that came after row `seq` and has ended while the conversation went on."""
    query = (
        select(Handoff)
        .where(
            Handoff.conversation_id == conversation_id,
            Handoff.ended_at.is_not(None),
            Handoff.accepted_at.is_not(None),
            Handoff.asked_seq >= seq,
        )
        .order_by(Handoff.ended_at.desc())
    )
    return session.execute(query).scalars().first()


def held_by(session: Session, agent_id: str) -> list[str]:
    """The conversations that this person of the shop has now."""
    query = select(Conversation.id).where(Conversation.owner == HUMAN, Conversation.agent_id == agent_id)
    return list(session.execute(query).scalars())
