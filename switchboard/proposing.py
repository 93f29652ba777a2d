"""Who of the people at the desk should take a customer: proposed for the first minutes, while everybody sees him wait.

Who follows the quote comes first, then who knows the customer from last time, then who has least to do. Who is at the
desk is looked up when it is needed; nothing about a person is kept but the proposal itself.
"""

from datetime import datetime
from typing import Optional, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from switchboard import agents
from switchboard.agents import AtDesk
from switchboard.models import HUMAN, Conversation, Handoff


def propose(session: Session, handoff: Handoff, until: datetime, now: datetime) -> Optional[AtDesk]:
    """Propose this handoff to somebody until then; nobody where nobody fit is at the desk."""
    why = handoff.routed
    chosen = best(
        session, handoff.conversation_id, handoff.department, why.get("skill", ""), why.get("seller", ""), now
    )
    handoff.proposed_to, handoff.proposed_until = (chosen.id, until) if chosen else (None, None)
    session.flush()
    return chosen


def best(
    session: Session, conversation_id: str, department: Optional[str], skill: str, seller: str, now: datetime
) -> Optional[AtDesk]:
    """Who of those at the desk now should take this conversation; None: nobody of the department is there.

    A `skill` that nobody there has is not insisted on. `seller` is an e-mail.
    """
    there = [one for one in agents.live(session, now) if department is None or department in one.departments]
    fit = [one for one in there if skill in one.skills] if skill else []
    follows = next((one for one in there if seller and one.email == seller), None)
    known = last_met(session, conversation_id)
    knows = next((one for one in there if one.id == known), None)
    return follows or knows or _least_loaded(session, fit or there)


def last_met(session: Session, conversation_id: str) -> Optional[str]:
    """Who of the shop had the last handoff of this customer, in whatever conversation; None for a new one."""
    person = select(Conversation.person_id).where(Conversation.id == conversation_id).scalar_subquery()
    query = (
        select(Handoff.accepted_by)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(Conversation.person_id == person, Handoff.accepted_by.is_not(None), Handoff.ended_at.is_not(None))
        .order_by(Handoff.ended_at.desc())
        .limit(1)
    )
    return session.execute(query).scalar()


def _least_loaded(session: Session, people: Sequence[AtDesk]) -> Optional[AtDesk]:
    """The one with the fewest conversations; of equals the first."""
    query = (
        select(Conversation.agent_id, func.count())
        .where(Conversation.owner == HUMAN, Conversation.agent_id.in_([one.id for one in people]))
        .group_by(Conversation.agent_id)
    )
    loads = dict(session.execute(query).all()) if people else {}
    return min(people, key=lambda one: loads.get(one.id, 0), default=None)
