"""What the log tells about a conversation that goes to a person: by this, and by the shop's records, it is routed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Mapping, Optional, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from switchboard.log import MESSAGES, TURNS
from switchboard.models import DONE, Conversation, Handoff

RECENT = timedelta(days=30)  # an earlier handoff of a customer counts for so long
MOST_MESSAGES = 30
COMPLAINT = "complain"
# Intents of messages that by themselves ask for nothing that a person of the shop would do.
NO_WISH = frozenset(
    "ask_human greet say_goodbye thank affirm deny give_details lack_details repeat_last resume_task cancel_task "
    "ask_if_bot ask_capabilities ask_other ask_answer_time out_of_scope nlu_fallback send_attachment "
    "back_to_assistant tell_solved tell_unsolved complain resume_elsewhere choose_notices arrive_by_link not_me "
    "threaten_legal_steps send_copy".split()
)


@dataclass(frozen=True)
class Known:
    """What is known since the customer's last handoff in this conversation.

    `wanted` is the intent of what he wanted last; `complained`, whether he did in between; `entities` are the last
    ones of each name; `words` are his own, a message a line; `handoffs` are those of the last 30 days, ended ones.
    """

    channel: str
    wanted: Optional[str]
    complained: bool
    entities: Mapping[str, str]
    words: str
    handoffs: int


def known_of(session: Session, conversation_id: str, now: datetime) -> Known:
    """What the log tells about this conversation; nothing but its channel is sure to be there."""
    since = session.execute(
        select(func.max(Handoff.asked_seq)).where(
            Handoff.conversation_id == conversation_id, Handoff.ended_at.is_not(None)
        )
    ).scalar()
    messages = _messages(session, conversation_id, since or 0)
    understood = _understood(session, conversation_id, since or 0)
    intents = [str(told.get("intent") or "") for told in understood]
    entities = {name: str(value) for told in understood for name, value in (told.get("entities") or {}).items()}
    return Known(
        channel=messages[-1][0] if messages else "",
        wanted=next((intent for intent in reversed(intents) if intent and intent not in NO_WISH), None),
        complained=COMPLAINT in intents,
        entities=entities,
        words="\n".join(text for _, text in messages),
        handoffs=_handoffs_before(session, conversation_id, now),
    )


def _messages(session: Session, conversation_id: str, since: int) -> Sequence[tuple[str, str]]:
    """Channel and words of the customer's last messages, oldest first."""
    query = (
        select(MESSAGES.c.channel, MESSAGES.c.body)
        .where(
            MESSAGES.c.conversation_id == conversation_id,
            MESSAGES.c.author_kind == "customer",
            MESSAGES.c.seq > since,
        )
        .order_by(MESSAGES.c.seq.desc())
        .limit(MOST_MESSAGES)
    )
    return [(channel, body["text"]) for channel, body in session.execute(query)][::-1]


def _understood(session: Session, conversation_id: str, since: int) -> Sequence[Mapping]:
    query = (
        select(TURNS.c.understood)
        .where(TURNS.c.conversation_id == conversation_id, TURNS.c.state == DONE, TURNS.c.seq > since)
        .order_by(TURNS.c.seq)
    )
    return [told for told in session.execute(query).scalars() if told]


def _handoffs_before(session: Session, conversation_id: str, now: datetime) -> int:
    person = select(Conversation.person_id).where(Conversation.id == conversation_id).scalar_subquery()
    query = (
        select(func.count())
        .select_from(Handoff)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(Conversation.person_id == person, Handoff.ended_at.is_not(None), Handoff.asked_at > now - RECENT)
    )
    return int(session.execute(query).scalar_one())
