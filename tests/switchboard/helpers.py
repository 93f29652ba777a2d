"""Small steps that switchboard tests share."""

from datetime import datetime
from typing import Optional

from sqlalchemy.orm import Session

from switchboard import log, turns
from switchboard.body import Reply
from switchboard.log import Accepted, InboundMessage
from switchboard.people import Sender
from switchboard.turns import ClaimedTurn, Taken

WELCOME = Reply("Sono un assistente automatico.")
FRONT = "front-test"


def sender(session_id: str = "ws_anna", address: str = "a1") -> Sender:
    return Sender("web", "web", session_id, f"key-{session_id}", address)


def say(
    session: Session,
    text: str,
    now: datetime,
    *,
    client_id: Optional[str] = None,
    session_id: str = "ws_anna",
    address: str = "a1",
    button_id: Optional[str] = None,
) -> Accepted:
    """A customer's message, as a connector hands it over."""
    external_id = f"{session_id}:{client_id or text}"
    inbound = InboundMessage(sender(session_id, address), external_id, text, button_id)
    return log.accept(session, inbound, WELCOME, now)


def take(session: Session, text: str, now: datetime, front_id: str = FRONT) -> Taken:
    """A customer's message, accepted and its turn claimed in one step."""
    return turns.take(session, InboundMessage(sender(), f"ws_anna:{text}", text), WELCOME, front_id, now)


def claim(session: Session, conversation_id: str, now: datetime, front_id: str = FRONT) -> Optional[ClaimedTurn]:
    return turns.claim_next(session, conversation_id, front_id, now)


def texts_of(session: Session, conversation_id: str) -> list[str]:
    return [row.body["text"] for row in log.rows_since(session, conversation_id, 0)]
