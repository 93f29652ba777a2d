"""Episodes: what a customer writes to the assistant without a pause of a day, whatever it leads to.

A conversation stays open for weeks, so that it may hold several; one that was closed for another (joined on two
channels) is the same one. People of the shop are only told apart from the assistant, never from each other, and no
sentence is read.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from operator import itemgetter
from typing import Any, Iterable, Mapping, Optional, Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from base.epoch import epoch
from switchboard.cases import NO_WISH
from switchboard.log import TURNS
from switchboard.models import DONE, FAILED, Conversation, Handoff, Identity, IdentityEmail, StaffRequest

PAUSE = timedelta(hours=24)
WEB = "web"
NOT_UNDERSTOOD = frozenset({"nlu_fallback", "out_of_scope"})
DETAILS = frozenset({"give_details", "lack_details"})  # said without a request they ask for something, too
SHOP_QUESTION = "ask_shop_question"
_PAUSE_S = PAUSE.total_seconds()
# Tables and not classes: of many thousand rows nothing is made but tuples.
_CONVERSATIONS, _IDENTITIES = Conversation.__table__, Identity.__table__
_UNDERSTOOD = TURNS.c.understood


# A message to the assistant, lean, for there are many: seconds since 1970, state and intent of its turn, seconds until
# the answer or None, the key of the response that the answer ends with, and the channel.
_Step = tuple[float, str, Optional[str], Optional[float], Optional[str], str]
MISSED = "missed"  # in a path: something was not understood, or the assistant failed


@dataclass(frozen=True)
class Call:
    """A time at which people of the shop came into it: a handoff, a numbered request, a note of a phone call."""

    at: datetime
    reason: str
    says: Optional[str] = None  # solved | unsolved, as the customer says


@dataclass(frozen=True)
class Episode:
    """One episode.

    Attributes:
        person: whose it is, as far as that can be known.
        known: whether he would be recognised on another device, too.
        messages: how many he wrote to the assistant; `missed`: those that it did not understand, or failed at.
        path: requests and `MISSED` in their order, nothing twice in a row.
        wishes: the requests, each once.
        details: whether he gave a number or an e-mail, or said that he has none.
        took: seconds until each answer.
        answered: whether the last message has an answer.
        last: the key of the response that the last answer ends with.
        calls: the times at which people of the shop came into it.
        says: whether it is solved, as the customer says where no person had to do with it.
    """

    conversation_id: str
    person: str
    known: bool
    begun: datetime
    ended: datetime
    channels: frozenset[str]
    messages: int
    missed: int
    path: tuple[str, ...]
    wishes: tuple[str, ...]
    details: bool
    took: tuple[float, ...]
    answered: bool
    last: Optional[str]
    calls: tuple[Call, ...]
    says: Optional[str]


@dataclass(frozen=True)
class AskedQuestion:
    """One of the shop's own questions, by its title, that a message was recognised as."""

    conversation_id: str
    at: datetime
    title: str


@dataclass(frozen=True)
class Past:
    """The episodes that began in a time, in their order, and every time that a person came in besides, by `person`."""

    episodes: Sequence[Episode]
    apart: Mapping[str, Sequence[datetime]]


@dataclass(frozen=True)
class _Thread:
    person_id: str
    channel: str
    continued_in: Optional[str]
    says: Optional[str]


def past(session: Session, since: datetime, until: datetime) -> Past:
    """The episodes that began from `since` on and before `until`, as far as they have got by then.

    One that began before `since` is none of them, though its customer may still be writing.
    """
    seen_since = since - PAUSE
    threads = _threads(session, seen_since)
    whole = {id_: _last_of_all(id_, threads) for id_, thread in threads.items() if thread.continued_in}
    steps: dict[str, list[_Step]] = defaultdict(list)
    for id_, step in _steps(session, seen_since, until, threads):
        steps[whole.get(id_, id_)].append(step)
    calls: dict[str, list[Call]] = defaultdict(list)
    for id_, call in _calls(session, seen_since, until):
        if id_ in threads:
            calls[whole.get(id_, id_)].append(call)
    people, known = _people(session)
    episodes: list[Episode] = []
    apart: dict[str, list[datetime]] = defaultdict(list)
    for id_ in {**steps, **calls}:
        person = people.get(threads[id_].person_id, threads[id_].person_id)
        left = sorted(calls.get(id_, ()), key=lambda call: call.at)
        parts = list(_parts(sorted(steps.get(id_, ()), key=itemgetter(0))))
        for part in parts:
            own = [call for call in left if part[0][0] <= call.at.timestamp() < part[-1][0] + _PAUSE_S]
            left = [call for call in left if call not in own]
            says = threads[id_].says if part is parts[-1] else None
            if part[0][0] >= since.timestamp():
                episodes.append(_episode(id_, person, threads[id_].person_id in known, part, own, says))
        apart[person] += [call.at for call in left]
    episodes.sort(key=lambda one: (one.begun, one.conversation_id))
    return Past(episodes, apart)


def questions(session: Session, since: datetime, until: datetime) -> list[AskedQuestion]:
    """The shop's own questions that were recognised."""
    title = _UNDERSTOOD[("entities", "question")].as_string()
    query = select(TURNS.c.conversation_id, TURNS.c.queued_at, title).where(
        TURNS.c.queued_at >= since,
        TURNS.c.queued_at < until,
        TURNS.c.state == DONE,
        _UNDERSTOOD["intent"].as_string() == SHOP_QUESTION,
        title.is_not(None),
    )
    return [AskedQuestion(*row) for row in session.execute(query)]


def moment(seconds: float) -> datetime:
    """A moment from its seconds since 1970."""
    return datetime.fromtimestamp(seconds, timezone.utc)


def _episode(
    id_: str, person: str, known: bool, steps: Sequence[_Step], calls: Sequence[Call], says: Optional[str]
) -> Episode:
    path: list[str] = []
    for _, state, intent, *_ in steps:
        key = MISSED if _is_missed(state, intent) else intent if intent and intent not in NO_WISH else None
        if key and path[-1:] != [key]:
            path.append(key)
    return Episode(
        id_,
        person,
        known,
        moment(steps[0][0]),
        moment(steps[-1][0]),
        frozenset(step[5] for step in steps),
        len(steps),
        sum(_is_missed(step[1], step[2]) for step in steps),
        tuple(path),
        tuple(dict.fromkeys(key for key in path if key != MISSED)),
        any(step[2] in DETAILS for step in steps),
        tuple(step[3] for step in steps if step[3] is not None),
        steps[-1][1] == DONE,
        steps[-1][4],
        tuple(calls),
        says,
    )


def _is_missed(state: str, intent: Optional[str]) -> bool:
    return intent in NOT_UNDERSTOOD or state == FAILED


def _parts(steps: Sequence[_Step]) -> Iterable[list[_Step]]:
    """The steps of a conversation, cut where a day went past without one."""
    part: list[_Step] = []
    for step in steps:
        if part and step[0] - part[-1][0] >= _PAUSE_S:
            yield part
            part = []
        part.append(step)
    if part:
        yield part


def _last_of_all(id_: str, threads: Mapping[str, _Thread]) -> str:
    """The conversation that this one goes on in, however often it was closed for another."""
    seen = {id_}
    while (later := threads[id_].continued_in) and later in threads and later not in seen:
        seen.add(later)
        id_ = later
    return id_


def _threads(session: Session, since: datetime) -> dict[str, _Thread]:
    """Every conversation that was alive since then."""
    query = (
        select(
            _CONVERSATIONS.c.id,
            _CONVERSATIONS.c.person_id,
            _IDENTITIES.c.kind,
            _CONVERSATIONS.c.continued_in,
            _CONVERSATIONS.c.customer_says,
        )
        .outerjoin(_IDENTITIES, _IDENTITIES.c.id == _CONVERSATIONS.c.identity_id)
        .where(_CONVERSATIONS.c.last_at >= since)
    )
    return {id_: _Thread(person, kind or WEB, later, says) for id_, person, kind, later, says in session.execute(query)}


def _steps(
    session: Session, since: datetime, until: datetime, threads: Mapping[str, _Thread]
) -> Iterable[tuple[str, _Step]]:
    """The messages to the assistant; a channel is called as its identities are."""
    query = (
        select(
            TURNS.c.conversation_id,
            epoch(TURNS.c.queued_at),
            TURNS.c.state,
            _UNDERSTOOD["intent"].as_string(),
            epoch(TURNS.c.finished_at),
            _UNDERSTOOD["responses"].as_string(),
            _IDENTITIES.c.kind,
        )
        .outerjoin(_IDENTITIES, _IDENTITIES.c.id == TURNS.c.identity_id)
        .where(TURNS.c.queued_at >= since, TURNS.c.queued_at < until)
    )
    for id_, at, state, intent, finished, responses, kind in session.execute(query):
        if id_ in threads:
            took = finished - at if finished is not None and state == DONE else None
            yield id_, (at, state, intent, took, _last_of(responses), kind or threads[id_].channel)


def _last_of(responses: Optional[str]) -> Optional[str]:
    """The last of a list of keys as JSON."""
    return responses.rsplit('"', 2)[-2] if responses and '"' in responses else None


def _calls(session: Session, since: datetime, until: datetime) -> Iterable[tuple[str, Call]]:
    """Handoffs, and the requests that were no part of one."""
    handed = select(Handoff.conversation_id, Handoff.asked_at, Handoff.reason, Handoff.customer_says)
    for id_, at, reason, says in session.execute(handed.where(Handoff.asked_at >= since, Handoff.asked_at < until)):
        yield id_, Call(at, reason, says)
    asked: Any = (
        select(StaffRequest.conversation_id, StaffRequest.created_at, StaffRequest.reason)
        .outerjoin(Handoff, Handoff.number == StaffRequest.number)
        .where(
            and_(StaffRequest.created_at >= since, StaffRequest.created_at < until),
            StaffRequest.conversation_id.is_not(None),
            Handoff.id.is_(None),
        )
    )
    for id_, at, reason in session.execute(asked):
        yield id_, Call(at, reason)


def _people(session: Session) -> tuple[dict[str, str], frozenset[str]]:
    """Who is the same as whom: people with one proved e-mail are one; and who would be recognised elsewhere.

    That is whoever has proved an e-mail, or is known by more than a web session.
    """
    proved = select(IdentityEmail.email, Identity.person_id).join(Identity, Identity.id == IdentityEmail.identity_id)
    same: dict[str, str] = {}
    by_email: dict[str, str] = {}
    for email, person_id in session.execute(proved.order_by(IdentityEmail.email, Identity.person_id)):
        same[person_id] = same.get(person_id) or by_email.get(email) or person_id
        by_email.setdefault(email, same[person_id])
    others = session.execute(select(Identity.person_id).where(Identity.kind != WEB)).scalars()
    return same, frozenset({*same, *others})
