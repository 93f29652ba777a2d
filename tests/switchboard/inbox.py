"""Small steps in the trainers' inbox that tests share."""

from datetime import datetime
from typing import Any, Optional, Sequence

from sqlalchemy.orm import Session

from base.clock import Clock
from base.database import Database
from base.layers import Layers
from switchboard import inbox_sources, turns
from switchboard.alike import Comparing
from switchboard.body import Reply
from switchboard.effects import Effect
from switchboard.personal import Personal
from switchboard.vocabulary import Vocabulary
from tests.switchboard.helpers import claim, say

VOCABULARY = Vocabulary.load(Layers())
PERSONAL, COMPARING = Personal(VOCABULARY), Comparing(VOCABULARY)
MISSED = "nlu_fallback"


def asked(
    session: Session,
    text: str,
    now: datetime,
    intent: str = MISSED,
    confidence: float = 0.4,
    ranking: Sequence[tuple[str, float]] = (),
    session_id: str = "ws_anna",
    effects: Sequence[Effect] = (),
    client_id: Optional[str] = None,
) -> str:
    """A customer writes, and is answered by an assistant that took it for `intent`; the turn's id."""
    accepted = say(session, text, now, session_id=session_id, client_id=client_id)
    turn = claim(session, accepted.conversation_id, now)
    understood: dict[str, Any] = {"intent": intent, "confidence": confidence, "ranking": [list(one) for one in ranking]}
    assert turn and turns.complete(session, turn, [Reply("…")], effects, now, understood)
    return accepted.message_id


def gather(database: Database, clock: Clock) -> None:
    """Look for what has come in, as the page does."""
    with database.reading() as session:
        found = inbox_sources.find(session, PERSONAL, clock.now())
    placed = inbox_sources.place(found, COMPARING)
    with database.writing() as session:
        inbox_sources.keep(session, placed, found.handed, clock.now())
