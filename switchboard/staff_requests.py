"""Numbered requests for the people of the shop: what a customer was told somebody will look at."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Optional, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from base.database import lock_names
from switchboard.models import StaffRequest

WISH = "intent:"  # how the reason of a request for something begins; others want a person


@dataclass(frozen=True)
class OpenRequest:
    """A request as staff see it in a list."""

    number: int
    reason: str
    about: dict[str, Any]
    conversation_id: Optional[str]
    created_at: datetime


def open_for_conversation(
    session: Session, conversation_id: str, turn_id: str, reason: str, about: dict[str, Any], now: datetime
) -> int:
    """The number of the conversation's request; a new one when none is open, or none for this wish.

    Somebody who asks twice has one request: what the later turn was about is added to it. Different wishes
    (`intent:…`) have a request each, for they may be dealt with by different people.
    """
    known = _open_of(session, conversation_id, reason)
    if known is not None:
        known.about = {**known.about, **about}
        return known.number
    key = f"turn:{turn_id}"
    ended = session.execute(select(StaffRequest).where(StaffRequest.key == key)).scalar()
    if ended is not None:  # the same message, after what it had led to was over: the number its customer knows
        ended.closed_at, ended.about = None, {**ended.about, **about}
        return int(ended.number)
    return _add(session, key, conversation_id, reason, about, now)


def latest_open_of(session: Session, conversation_id: str) -> Optional[int]:
    """The number of the conversation's last request that nobody has dealt with yet, or None."""
    of_conversation = (StaffRequest.conversation_id == conversation_id, StaffRequest.closed_at.is_(None))
    return session.scalar(select(func.max(StaffRequest.number)).where(*of_conversation))


def is_closed(session: Session, number: int) -> bool:
    """Whether somebody of the shop has dealt with this request."""
    request = session.get(StaffRequest, number)
    return request is not None and request.closed_at is not None


def note_once(session: Session, key: str, reason: str, about: dict[str, Any], now: datetime) -> int:
    """A request that belongs to no conversation, opened once for each `key`; its number."""
    lock_names(session, key)
    known = session.execute(select(StaffRequest.number).where(StaffRequest.key == key)).scalar()
    return known if known is not None else _add(session, key, None, reason, about, now)


def list_open(session: Session) -> Sequence[OpenRequest]:
    """All open requests, oldest first."""
    query = select(StaffRequest).where(StaffRequest.closed_at.is_(None)).order_by(StaffRequest.number)
    return [_as_open(request) for request in session.execute(query).scalars()]


def open_in(session: Session, conversation_id: str) -> Sequence[OpenRequest]:
    """The open requests of one conversation, oldest first."""
    query = select(StaffRequest).where(
        StaffRequest.conversation_id == conversation_id, StaffRequest.closed_at.is_(None)
    )
    return [_as_open(request) for request in session.execute(query.order_by(StaffRequest.number)).scalars()]


def find(session: Session, number: int) -> Optional[OpenRequest]:
    """One request, open or closed; None when there is no such number."""
    request = session.get(StaffRequest, number)
    return _as_open(request) if request else None


def close(session: Session, number: int, now: datetime) -> bool:
    """Mark a request as done; False when there is no open one with this number."""
    request = session.get(StaffRequest, number)
    if request is None or request.closed_at is not None:
        return False
    request.closed_at = now
    return True


def _open_of(session: Session, conversation_id: str, reason: str) -> Optional[StaffRequest]:
    """The latest open request; for a wish, that of the same wish or of none."""
    query = select(StaffRequest).where(
        StaffRequest.conversation_id == conversation_id, StaffRequest.closed_at.is_(None)
    )
    if reason.startswith(WISH):
        query = query.where(or_(StaffRequest.reason == reason, ~StaffRequest.reason.startswith(WISH)))
    return session.execute(query.order_by(StaffRequest.number.desc())).scalars().first()


def _add(
    session: Session, key: str, conversation_id: Optional[str], reason: str, about: dict[str, Any], now: datetime
) -> int:
    request = StaffRequest(key=key, conversation_id=conversation_id, reason=reason, about=about, created_at=now)
    session.add(request)
    session.flush()
    return request.number


def _as_open(request: StaffRequest) -> OpenRequest:
    return OpenRequest(request.number, request.reason, request.about, request.conversation_id, request.created_at)
