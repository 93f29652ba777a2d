"""The people of the shop who work at the desk: accounts, sessions, and a pause after wrong passwords.

Passwords come and go as hashes; how they are made is the desk's (`desk/passwords.py`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Optional, Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from base.ids import new_id
from switchboard.models import Agent, AgentSession

AGENT, SUPERVISOR, TRAINER, ADMIN = ROLES = ("agent", "supervisor", "trainer", "admin")
MOST_WRONG = 5
LOCKED_FOR = timedelta(minutes=15)
IDLE = timedelta(hours=10)  # a session that nobody used for so long is over
LONGEST = timedelta(days=14)
SEEN_EVERY = timedelta(seconds=30)
LIVE = timedelta(minutes=2)  # an open page of the desk is seen more often


class KnownEmail(Exception):
    """Somebody at the desk has this e-mail already."""


@dataclass(frozen=True)
class AtDesk:
    """Somebody who works at the desk. Customers read `name`. `departments` and `skills`: keys of data/desk.yml."""

    id: str
    email: str
    name: str
    role: str
    departments: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()

    @property
    def leads(self) -> bool:
        """Whether this is a supervisor or an admin."""
        return self.role in (SUPERVISOR, ADMIN)

    @property
    def attends(self) -> bool:
        """Whether this is somebody who answers customers and reads what they wrote: everybody but trainers."""
        return self.role != TRAINER

    @property
    def trains(self) -> bool:
        """Whether this is a trainer or an admin: who teaches the assistant."""
        return self.role in (TRAINER, ADMIN)


@dataclass(frozen=True)
class SignIn:
    """What a sign-in has to be checked against. `paused`: too many wrong passwords, nothing is checked now."""

    id: str
    password: str
    paused: bool


def add(session: Session, email: str, name: str, role: str, password: str, now: datetime) -> str:
    """A new account with this password's hash; its id.

    Raises:
        KnownEmail: there is one.
    """
    if session.execute(select(Agent.id).where(Agent.email == email)).first():
        raise KnownEmail(email)
    agent = Agent(id=new_id("ag"), email=email, name=name, role=role, password=password, created_at=now)
    session.add(agent)
    session.flush()
    return agent.id


@dataclass(frozen=True)
class Changes:
    """What is to be otherwise in an account; None: as it is."""

    role: Optional[str] = None
    departments: Optional[Sequence[str]] = None
    skills: Optional[Sequence[str]] = None


def change(session: Session, email: str, changes: Changes) -> Optional[AtDesk]:
    """Change an open account; how it is now, None where there is none."""
    agent = session.execute(select(Agent).where(Agent.email == email, Agent.disabled_at.is_(None))).scalar()
    if agent is None:
        return None
    if changes.role is not None:
        agent.role = changes.role
    if changes.departments is not None:
        agent.departments = list(changes.departments)
    if changes.skills is not None:
        agent.skills = list(changes.skills)
    session.flush()
    return _at_desk(agent)


def set_password(session: Session, email: str, password: str) -> bool:
    """Give the account a new password's hash, free it of any pause and end its sessions; whether there is one."""
    agent = session.execute(select(Agent).where(Agent.email == email, Agent.disabled_at.is_(None))).scalar()
    if agent is None:
        return False
    agent.password, agent.wrong, agent.locked_until = password, 0, None
    _end_sessions(session, agent.id)
    return True


def disable(session: Session, email: str, now: datetime) -> bool:
    """Close the account and end its sessions; whether it was open. What its owner wrote stays."""
    agent = session.execute(select(Agent).where(Agent.email == email, Agent.disabled_at.is_(None))).scalar()
    if agent is None:
        return False
    agent.disabled_at = now
    _end_sessions(session, agent.id)
    return True


def everybody(session: Session) -> Sequence[AtDesk]:
    """All open accounts, by name."""
    query = select(Agent).where(Agent.disabled_at.is_(None)).order_by(Agent.name, Agent.email)
    return [_at_desk(agent) for agent in session.execute(query).scalars()]


def answering(session: Session) -> Sequence[AtDesk]:
    """Those who answer customers, by name."""
    return [one for one in everybody(session) if one.attends]


def is_staffed(session: Session) -> bool:
    """Whether anybody answers at a desk here at all. Where nobody does, requests wait in a list."""
    query = select(Agent.id).where(Agent.disabled_at.is_(None), Agent.role != TRAINER).limit(1)
    return session.execute(query).first() is not None


def find(session: Session, agent_id: str) -> Optional[AtDesk]:
    """The person with this id, also one whose account is closed."""
    agent = session.get(Agent, agent_id)
    return _at_desk(agent) if agent else None


def names(session: Session, ids: Sequence[Optional[str]]) -> dict[str, str]:
    """The names of these people by id."""
    wanted = {id_ for id_ in ids if id_}
    query = select(Agent.id, Agent.name).where(Agent.id.in_(wanted))
    return dict(session.execute(query).all()) if wanted else {}


def sign_in(session: Session, email: str, now: datetime) -> Optional[SignIn]:
    """What the password for this e-mail has to be checked against; None when nobody has it."""
    agent = session.execute(select(Agent).where(Agent.email == email, Agent.disabled_at.is_(None))).scalar()
    if agent is None:
        return None
    return SignIn(agent.id, agent.password, paused=bool(agent.locked_until and agent.locked_until > now))


def wrong_password(session: Session, agent_id: str, now: datetime) -> None:
    """Count a wrong password; the fifth in a row begins a pause."""
    agent = session.execute(select(Agent).where(Agent.id == agent_id).with_for_update()).scalar_one()
    agent.wrong += 1
    if agent.wrong >= MOST_WRONG:
        agent.wrong, agent.locked_until = 0, now + LOCKED_FOR


def begin_session(
    session: Session, agent_id: str, token_hash: str, now: datetime, password: Optional[str] = None
) -> None:
    """Somebody has signed in; `password` is a newer hash of the same one, where the old one was made more weakly."""
    agent = session.execute(select(Agent).where(Agent.id == agent_id).with_for_update()).scalar_one()
    agent.wrong, agent.locked_until = 0, None
    if password:
        agent.password = password
    session.add(AgentSession(token_hash=token_hash, agent_id=agent_id, created_at=now, seen_at=now))


def of_session(session: Session, token_hash: str, now: datetime) -> Optional[AtDesk]:
    """Who is signed in with this session; None when it is over. Reads only."""
    query = (
        select(Agent)
        .join(AgentSession, AgentSession.agent_id == Agent.id)
        .where(
            AgentSession.token_hash == token_hash,
            AgentSession.seen_at > now - IDLE,
            AgentSession.created_at > now - LONGEST,
            Agent.disabled_at.is_(None),
        )
    )
    agent = session.execute(query).scalar()
    return _at_desk(agent) if agent else None


def seen(session: Session, token_hash: str, now: datetime) -> None:
    """The session is in use; written twice a minute at most."""
    statement = update(AgentSession).where(
        AgentSession.token_hash == token_hash, AgentSession.seen_at < now - SEEN_EVERY
    )
    session.execute(statement.values(seen_at=now).execution_options(synchronize_session=False))


def live(session: Session, now: datetime) -> Sequence[AtDesk]:
    """Who of those who answer is at the desk now, by name: known from open pages, and kept nowhere."""
    query = (
        select(Agent)
        .where(
            Agent.disabled_at.is_(None),
            Agent.role != TRAINER,
            Agent.id.in_(select(AgentSession.agent_id).where(AgentSession.seen_at > now - LIVE)),
        )
        .order_by(Agent.name, Agent.email)
    )
    return [_at_desk(agent) for agent in session.execute(query).scalars()]


def last_seen(session: Session, agent_id: str) -> Optional[datetime]:
    """When this person last used the desk; None when no session is left."""
    return session.execute(select(func.max(AgentSession.seen_at)).where(AgentSession.agent_id == agent_id)).scalar_one()


def end_session(session: Session, token_hash: str) -> None:
    """Somebody has signed out."""
    statement = delete(AgentSession).where(AgentSession.token_hash == token_hash)
    session.execute(statement.execution_options(synchronize_session=False))


def forget(session: Session, now: datetime) -> None:
    """Delete sessions that are over."""
    statement = delete(AgentSession).where(
        (AgentSession.seen_at <= now - IDLE) | (AgentSession.created_at <= now - LONGEST)
    )
    session.execute(statement.execution_options(synchronize_session=False))


def _end_sessions(session: Session, agent_id: str) -> None:
    statement = delete(AgentSession).where(AgentSession.agent_id == agent_id)
    session.execute(statement.execution_options(synchronize_session=False))


def _at_desk(agent: Agent) -> AtDesk:
    return AtDesk(agent.id, agent.email, agent.name, agent.role, tuple(agent.departments), tuple(agent.skills))
