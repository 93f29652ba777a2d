"""Small steps at the desk that tests share."""

from datetime import datetime
from typing import Any, Mapping, Optional, Sequence

from sqlalchemy.orm import Session

from switchboard import agents, turns
from switchboard.agents import AtDesk
from switchboard.body import Reply
from switchboard.effects import Effect
from switchboard.models import Conversation
from tests.switchboard.helpers import claim, say

JOINED = Reply("Giulia è qui.")
HANDED = Reply("Una persona arriva: sei al posto {queue_position}.")


def agent(
    session: Session,
    name: str,
    now: datetime,
    role: str = agents.AGENT,
    departments: Sequence[str] = (),
    skills: Sequence[str] = (),
    live: bool = False,
) -> AtDesk:
    """A new account; nobody signs in with it, but where the person is `live` at the desk."""
    email = f"{name.lower()}@shop.example"
    id_ = agents.add(session, email, name, role, "no hash", now)
    found = agents.change(session, email, agents.Changes(departments=departments, skills=skills))
    assert found
    if live:
        agents.begin_session(session, id_, f"token of {name}", now)
    return found


def hand_over(
    session: Session,
    now: datetime,
    session_id: str = "ws_anna",
    text: str = "voglio una persona",
    opens: Optional[datetime] = None,
    way: Optional[Mapping[str, Any]] = None,
    **about: str,
) -> str:
    """A customer asks for a person, and the assistant's turn hands the conversation over; its id."""
    conversation_id = say(session, text, now, session_id=session_id).conversation_id
    turn = claim(session, conversation_id, now)
    assert turn
    fields = {"reason": "asked", "about": about, "opens": opens.isoformat() if opens else None, "way": way}
    understood = {"intent": "ask_human", "confidence": 0.9, "entities": {}, "responses": ["utter_person_waiting"]}
    assert turns.complete(session, turn, [HANDED], [Effect("handoff", fields)], now, understood)
    return conversation_id


def owner_of(session: Session, conversation_id: str) -> tuple[str, Optional[str]]:
    """Who has the conversation: `(owner, agent_id)`."""
    found = session.get(Conversation, conversation_id, populate_existing=True)
    return found.owner, found.agent_id
