"""What customers chose when a sentence could mean several things: for trainers, who learn from it what to write.

Of the sentence only the turn's id is kept here; the words stay in the log, and end with it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Mapping, Optional, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from base.ids import new_id
from switchboard.models import Choice, Message
from switchboard.personal import Mask

ANSWERS = ("button", "words", "none", "left")


@dataclass(frozen=True)
class OfferedIntent:
    """One of the requests that were offered, and how likely it was, from 0 to 1."""

    intent: str
    confidence: float


@dataclass(frozen=True)
class Decision:
    """A sentence that was not clear, personal data masked, what was offered for it and what was chosen.

    Attributes:
        sentence: None when it is not in the log any more.
        chosen: None when nothing fitted, or nobody has answered.
        answer: button, words, none (nothing fitted), left (something else was said); None: not answered.
    """

    sentence: Optional[str]
    offered: tuple[OfferedIntent, ...]
    chosen: Optional[str]
    answer: Optional[str]
    asked_at: datetime


def record(session: Session, conversation_id: str, turn_id: str, fields: Mapping[str, Any], now: datetime) -> None:
    """Keep what was offered for a sentence or, with an `answer`, what came of it; the last answer counts.

    Raises:
        KeyError, ValueError, TypeError: `fields` are not those of docs/engine.md.
    """
    sentence, answer, chosen = str(fields["sentence"]), fields.get("answer"), fields.get("chosen")
    offered = [{"intent": str(one["intent"]), "confidence": float(one["confidence"])} for one in fields["offered"]]
    if answer is not None and answer not in ANSWERS:
        raise ValueError("answer")
    known = session.execute(select(Choice).where(Choice.sentence_id == sentence)).scalar_one_or_none()
    if known is None:
        known = Choice(
            id=new_id("ch"), conversation_id=conversation_id, sentence_id=sentence, offered=offered, asked_at=now
        )
        session.add(known)
    if answer is not None:
        known.chosen, known.answer, known.answered_in, known.answered_at = chosen, answer, turn_id, now
    session.flush()


def latest(session: Session, most: int, mask: Mask) -> Sequence[Decision]:
    """The last `most` decisions, oldest first, their sentences as `mask` leaves them."""
    query = (
        select(Choice, Message.body)
        .outerjoin(Message, Message.id == Choice.sentence_id)
        .order_by(Choice.asked_at.desc(), Choice.id)
        .limit(most)
    )
    return [_decision(choice, body, mask) for choice, body in reversed(session.execute(query).all())]


def _decision(choice: Choice, body: Optional[Mapping[str, Any]], mask: Mask) -> Decision:
    return Decision(
        mask(body["text"]) if body else None,
        tuple(OfferedIntent(one["intent"], one["confidence"]) for one in choice.offered),
        choice.chosen,
        choice.answer,
        choice.asked_at,
    )
