"""Turns of the assistant's that people of the shop call wrong: for trainers. Who said so is kept nowhere.

Of the sentence only the turn's id is kept here; the words stay in the log, and end with it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Mapping, Optional, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from switchboard.models import DONE, Message, Turn, WrongAnswer
from switchboard.people import lock_conversation
from switchboard.personal import Mask


class NoSuchTurn(LookupError):
    """The conversation has no turn of this id that the assistant has answered."""


@dataclass(frozen=True)
class Wrong:
    """A sentence, personal data masked, what it was taken for and what it meant; None: something else.

    Attributes:
        sentence: None when it is not in the log any more.
    """

    sentence: Optional[str]
    understood: Optional[str]
    meant: Optional[str]
    at: datetime


def mark(session: Session, conversation_id: str, turn_id: str, meant: Optional[str], now: datetime) -> None:
    """The assistant got this turn wrong: it was `meant`, or something else (None). What was said last counts.

    Raises:
        NoSuchTurn: as it says.
    """
    lock_conversation(session, conversation_id)
    turn = session.get(Turn, turn_id)
    if turn is None or turn.conversation_id != conversation_id or turn.state != DONE:
        raise NoSuchTurn(turn_id)
    known = session.get(WrongAnswer, turn_id)
    if known is not None:
        known.meant = meant
        return
    understood = (turn.understood or {}).get("intent")
    session.add(
        WrongAnswer(turn_id=turn_id, conversation_id=conversation_id, understood=understood, meant=meant, at=now)
    )
    session.flush()


def unmark(session: Session, conversation_id: str, turn_id: str) -> None:
    """It was not wrong after all; nothing where nobody said so."""
    lock_conversation(session, conversation_id)
    known = session.get(WrongAnswer, turn_id)
    if known is not None and known.conversation_id == conversation_id:
        session.delete(known)
        session.flush()


def of_conversation(session: Session, conversation_id: str) -> dict[str, Optional[str]]:
    """What was meant, by turn, where somebody called it wrong."""
    query = select(WrongAnswer.turn_id, WrongAnswer.meant).where(WrongAnswer.conversation_id == conversation_id)
    return dict(session.execute(query).all())


def latest(session: Session, most: int, mask: Mask) -> Sequence[Wrong]:
    """The last `most`, oldest first, their sentences as `mask` leaves them."""
    query = (
        select(WrongAnswer, Message.body)
        .outerjoin(Message, Message.id == WrongAnswer.turn_id)
        .order_by(WrongAnswer.at.desc(), WrongAnswer.turn_id)
        .limit(most)
    )
    return [_wrong(answer, body, mask) for answer, body in reversed(session.execute(query).all())]


def _wrong(answer: WrongAnswer, body: Optional[Mapping[str, Any]], mask: Mask) -> Wrong:
    sentence = mask(body["text"]) if body else None
    return Wrong(sentence, answer.understood, answer.meant, answer.at)
