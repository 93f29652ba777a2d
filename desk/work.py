"""Work lists: what people of the shop still have to do, its age, by when, who looks after it and what is next."""

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Mapping, Optional

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from switchboard import agents
from switchboard.models import HUMAN, WAITING, Conversation, Handoff, Promise, StaffRequest
from switchboard.staff_requests import WISH

EVERY, MINE, CALLS, PROMISED, FREE = LISTS = ("every", "mine", "calls", "promised", "free")
CALL = f"{WISH}request_callback"
MISSED = "missed"
# What is next, as `next_<key>` in desk/it.yml.
NEXT_ANSWER, NEXT_TALKING, NEXT_CALL, NEXT_TAKE, NEXT_DO = "answer", "talking", "call", "take", "do"
LATEST = datetime.max.replace(tzinfo=timezone.utc)
MOST = 500


@dataclass(frozen=True)
class Task:
    """A numbered request. `due` is the end of a promise that waits for it, kept or not; `owner`: None is nobody."""

    number: int
    reason: str
    about: Mapping[str, Any]
    conversation_id: Optional[str]
    created_at: datetime
    due: Optional[datetime]
    overdue: bool
    owner_id: Optional[str]
    owner: Optional[str]
    next: str


def tasks(session: Session, list_: str, agent_id: str, now: datetime) -> list[Task]:
    """The open requests of a list: overdue ones first, then by when they are due, then the oldest."""
    query = select(StaffRequest).where(StaffRequest.closed_at.is_(None)).order_by(StaffRequest.number).limit(MOST)
    found = session.execute(query).scalars().all()
    dues, owners = _dues(session), agents.names(session, [request.taken_by for request in found])
    in_chat = _in_chat(session)
    told = [_task(one, dues.get(one.number), owners, in_chat.get(one.number), now) for one in found]
    fitting = [task for task in told if _fits(task, list_, agent_id)]
    return sorted(fitting, key=lambda task: (not task.overdue, task.due or LATEST, task.created_at, task.number))


def _fits(task: Task, list_: str, agent_id: str) -> bool:
    if list_ == MINE:
        return task.owner_id == agent_id
    if list_ == FREE:
        return task.owner_id is None
    if list_ == CALLS:
        return task.reason == CALL
    return task.due is not None if list_ == PROMISED else True


def _task(
    request: StaffRequest, due: Optional[datetime], owners: Mapping[str, str], in_chat: Optional[str], now: datetime
) -> Task:
    return Task(
        request.number,
        request.reason,
        request.about,
        request.conversation_id,
        request.created_at,
        due,
        due is not None and due < now,
        request.taken_by,
        owners.get(request.taken_by or ""),
        _next(request, in_chat),
    )


def _next(request: StaffRequest, in_chat: Optional[str]) -> str:
    if in_chat == WAITING:
        return NEXT_ANSWER
    if in_chat == HUMAN:
        return NEXT_TALKING
    if request.reason == CALL:
        return NEXT_CALL
    return NEXT_DO if request.taken_by else NEXT_TAKE


def _dues(session: Session) -> dict[int, datetime]:
    """The earliest end of a promise that still waits for each request, or was missed."""
    still = or_(Promise.settled_at.is_(None), Promise.outcome == MISSED)
    query = (
        select(Promise.request_number, func.min(Promise.due))
        .join(StaffRequest, StaffRequest.number == Promise.request_number)
        .where(still, StaffRequest.closed_at.is_(None))
        .group_by(Promise.request_number)
    )
    return dict(session.execute(query).all())


def _in_chat(session: Session) -> dict[int, str]:
    """Whose the conversation is, by number of the request of a handoff that is open."""
    query = (
        select(Handoff.number, Conversation.owner)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(Handoff.ended_at.is_(None))
    )
    return dict(session.execute(query).all())
