"""How the shop does with customers who want a person: counts and times by day, reason or for a whole period.

Nothing is told of one person of the shop (art. 4 L. 300/1970): who accepted or answered is not even read. Times are
those in which somebody answers (`data/desk.yml`), from the moment when the customer asked.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Callable, Iterable, Mapping, Optional, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from base.clock import ROME
from shop.desk_rules import DeskRules
from switchboard.handoffs import CLOSED, GIVEN_BACK, LEFT, TAKEN, WITHDRAWN
from switchboard.models import BOT, HUMAN, WAITING, Conversation, Handoff, StaffRequest
from switchboard.staff_requests import WISH

SOLVED, UNSOLVED = "solved", "unsolved"
ENDED_BY_US = (CLOSED, GIVEN_BACK)
ENDED_ALONE = (WITHDRAWN, LEFT)


@dataclass(frozen=True)
class Case:
    """One time that a customer wanted a person. `first_reply` and `until_end` are times in which somebody answers."""

    day: date  # Italian, on which he asked
    reason: str
    department: Optional[str]
    ending: Optional[str]
    outcome: Optional[str]
    customer_says: Optional[str]
    first_reply: Optional[timedelta]
    until_end: Optional[timedelta]


@dataclass(frozen=True)
class Figures:
    """What there is to say of some cases. `waited` are those the customer asked for; agents begin others by hand."""

    cases: int
    waited: int
    answered: int
    gave_up: int  # back to the assistant, or gone, before anybody answered
    first_reply: Optional[timedelta]  # the median
    longest_first_reply: Optional[timedelta]
    until_end: Optional[timedelta]  # the median, of those that people of the shop have ended
    solved: int  # as the customers say
    unsolved: int
    outcomes: Mapping[str, int]  # as agents chose


@dataclass(frozen=True)
class Now:
    """How it stands at this moment. `since`: when the customer asked who has waited longest."""

    waiting: int
    since: Optional[datetime]
    answering: int
    planned: int
    requests: int


# By what cases are told apart; another one needs a field of `Case`, a line here and `board_by_<name>` in it.yml.
GROUPINGS: Mapping[str, Callable[[Case], object]] = {
    "day": lambda case: case.day,
    "reason": lambda case: case.reason,
    "department": lambda case: case.department or "",
}


def now(session: Session, moment: datetime) -> Now:
    """Who waits and who is being answered."""
    counts = select(Conversation.owner, func.count()).where(Conversation.owner.in_((WAITING, HUMAN)))
    by_owner: dict[str, int] = dict(session.execute(counts.group_by(Conversation.owner)).all())
    still = Handoff.ended_at.is_(None)
    waits = select(func.min(Handoff.asked_at)).join(Conversation, Conversation.id == Handoff.conversation_id)
    since = session.execute(waits.where(still, Conversation.owner == WAITING)).scalar_one()
    opens = select(func.count()).select_from(Handoff).join(Conversation, Conversation.id == Handoff.conversation_id)
    ahead = opens.where(still, Handoff.waits_from > moment, Conversation.owner == BOT)
    planned = session.execute(ahead).scalar_one()
    requests = session.execute(select(func.count()).where(StaffRequest.closed_at.is_(None))).scalar_one()
    return Now(by_owner.get(WAITING, 0), since, by_owner.get(HUMAN, 0), planned, requests)


def cases(session: Session, rules: DeskRules, since: datetime, until: datetime) -> list[Case]:
    """The cases of customers who asked from `since` on and before `until`, in the order in which they asked."""
    query = (
        select(
            Handoff.asked_at,
            Handoff.reason,
            Handoff.department,
            Handoff.ending,
            Handoff.outcome,
            Handoff.customer_says,
            Handoff.first_reply_at,
            Handoff.ended_at,
        )
        .where(Handoff.asked_at >= since, Handoff.asked_at < until)
        .order_by(Handoff.asked_at, Handoff.id)
    )
    return [_case(rules, *row) for row in session.execute(query)]


def figures(found: Sequence[Case]) -> Figures:
    """The figures of these cases."""
    asked = [case for case in found if case.reason != TAKEN]
    replies = [case.first_reply for case in asked if case.first_reply is not None]
    ends = [case.until_end for case in asked if case.until_end is not None and case.ending in ENDED_BY_US]
    return Figures(
        cases=len(found),
        waited=len(asked),
        answered=len(replies),
        gave_up=sum(1 for case in asked if case.first_reply is None and case.ending in ENDED_ALONE),
        first_reply=_median(replies),
        longest_first_reply=max(replies, default=None),
        until_end=_median(ends),
        solved=sum(1 for case in found if case.customer_says == SOLVED),
        unsolved=sum(1 for case in found if case.customer_says == UNSOLVED),
        outcomes=_counted(case.outcome for case in found if case.outcome),
    )


def grouped(found: Sequence[Case], by: str) -> list[tuple[object, Figures]]:
    """The figures of each group: days in their order, others with the most cases first."""
    groups: dict[object, list[Case]] = {}
    for case in found:
        groups.setdefault(GROUPINGS[by](case), []).append(case)
    told = [(key, figures(some)) for key, some in groups.items()]
    return told if by == "day" else sorted(told, key=lambda one: (-one[1].cases, str(one[0])))


def days_of(first: date, last: date, told: Sequence[tuple[object, Figures]]) -> list[tuple[date, Figures]]:
    """Every day from `first` to `last`, those without a case, too."""
    known, nothing = dict(told), figures([])
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    return [(day, known.get(day, nothing)) for day in days]


def _case(
    rules: DeskRules,
    asked_at: datetime,
    reason: str,
    department: Optional[str],
    ending: Optional[str],
    outcome: Optional[str],
    says: Optional[str],
    first_reply_at: Optional[datetime],
    ended_at: Optional[datetime],
) -> Case:
    return Case(
        asked_at.astimezone(ROME).date(),
        WISH.rstrip(":") if reason.startswith(WISH) else reason,
        department,
        ending,
        outcome,
        says,
        rules.open_between(asked_at, first_reply_at) if first_reply_at else None,
        rules.open_between(asked_at, ended_at) if ended_at else None,
    )


def _median(times: Sequence[timedelta]) -> Optional[timedelta]:
    return timedelta(seconds=median(time.total_seconds() for time in times)) if times else None


def _counted(keys: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return dict(sorted(counts.items(), key=lambda one: -one[1]))
