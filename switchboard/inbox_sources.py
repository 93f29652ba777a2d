"""Which customers' sentences trainers should look at: found in the log, grouped, and kept by the id of their turn.

A sentence comes in when it was not understood, was taken for something with little certainty or after a question which
of two it was, when somebody of the shop calls the answer wrong, when a person was asked for right after, or, one in
many, for checking. Finding is a read, grouping needs no database, keeping is a short write that changes nothing that is
there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Mapping, Optional, Sequence
from zlib import crc32

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from base.database import lock_names
from base.ids import new_id
from switchboard.alike import Comparing, Groups, key_of
from switchboard.log import MESSAGES, TURNS
from switchboard.models import DONE, Choice, Conversation, Handoff, InboxSentence, WrongAnswer
from switchboard.personal import Personal

OPEN, SKIPPED, IGNORED, LABELLED = "open", "skipped", "ignored", "labelled"
KEPT = timedelta(days=60)  # older ones are left out, and forgotten
OVERLAP = timedelta(days=1)  # a mark, a choice or a handoff may come that much later than the sentence
RIGHT_AFTER = timedelta(minutes=10)
UNSURE = 0.6  # confidence
ONE_OF = 25  # of the sentences that were understood with certainty, so many are looked at all the same
MOST = 3_000  # at a time
LONGEST = 500  # characters: a longer message is no sentence to learn from
NOT_UNDERSTOOD = frozenset({None, "", "nlu_fallback", "out_of_scope"})
# Intents by which a person is asked for: that a person comes right after is no surprise.
FOR_A_PERSON = frozenset({"ask_human", "request_callback", "complain", "threaten_legal_steps"})
NO_SAMPLE = frozenset("greet say_goodbye thank affirm deny give_details lack_details".split())


@dataclass(frozen=True)
class Arrival:
    """A sentence that came in. `key` is `alike.key_of` its masked words; nothing else of them is here."""

    turn_id: str
    key: str
    at: datetime
    handed: bool


@dataclass(frozen=True)
class Found:
    """What a look at the log found.

    Attributes:
        arrivals: new sentences, the oldest first.
        groups: the keys of the sentences that wait already, by group.
        settled: the state of those that do not wait any more, by key.
        handed: turns that are there already and after which, as is known now, a person was asked for.
    """

    arrivals: tuple[Arrival, ...]
    groups: Mapping[str, Sequence[str]]
    settled: Mapping[str, str]
    handed: tuple[str, ...]


@dataclass(frozen=True)
class Placed:
    """A new sentence with its group and state."""

    arrival: Arrival
    group_id: str
    state: str


def find(session: Session, personal: Personal, now: datetime) -> Found:
    """Look for what has come since the last time, and at what there is."""
    known = _known(session, now)
    latest = session.execute(select(func.max(InboxSentence.at))).scalar()
    since = max(latest - OVERLAP, now - KEPT) if latest else now - KEPT
    handed = _handed(session, since)
    named = {*handed, *_marked(session, since)}
    candidates = [row for row in _turns(session, since, named) if row.id not in known]
    arrivals = [
        Arrival(row.id, key, row.queued_at, row.id in handed)
        for row in candidates
        if (row.id in named or _is_doubtful(row) or _is_sample(row)) and (key := _key(personal, row.body))
    ]
    groups: dict[str, list[str]] = {}
    settled: dict[str, str] = {}
    for group_id, state, body in known.values():
        key = _key(personal, body) or ""
        if state in (OPEN, SKIPPED):
            groups.setdefault(group_id, []).append(key)
        else:
            settled[key] = state
    return Found(
        tuple(sorted(arrivals, key=lambda one: (one.at, one.turn_id))[-MOST:]),
        groups,
        settled,
        tuple(sorted(handed.intersection(known))),
    )


def place(found: Found, comparing: Comparing) -> list[Placed]:
    """Give each new sentence its group: the one it is like, or one of its own. Words settled before stay settled."""
    groups = Groups(comparing, found.groups)
    placed = []
    for arrival in found.arrivals:
        group_id = groups.nearest(arrival.key) or new_id("gr")
        state = found.settled.get(arrival.key, OPEN)
        if state == OPEN:
            groups.add(group_id, arrival.key)
        else:
            group_id = new_id("gr")
        placed.append(Placed(arrival, group_id, state))
    return placed


def keep(session: Session, placed: Sequence[Placed], handed: Sequence[str], now: datetime) -> None:
    """Write what came in; what another front has written meanwhile stays as it is. Old sentences are forgotten."""
    lock_names(session, "inbox")
    session.execute(delete(InboxSentence).where(InboxSentence.at < now - KEPT))
    ids = [one.arrival.turn_id for one in placed]
    there = set(session.execute(select(InboxSentence.turn_id).where(InboxSentence.turn_id.in_(ids))).scalars())
    session.add_all(
        InboxSentence(
            turn_id=one.arrival.turn_id,
            group_id=one.group_id,
            at=one.arrival.at,
            handed=one.arrival.handed,
            state=one.state,
        )
        for one in placed
        if one.arrival.turn_id not in there
    )
    if handed:
        statement = update(InboxSentence).where(InboxSentence.turn_id.in_(handed), InboxSentence.handed.is_(False))
        session.execute(statement.values(handed=True).execution_options(synchronize_session=False))
    session.flush()


def _known(session: Session, now: datetime) -> dict[str, tuple[str, str, Mapping[str, Any]]]:
    """Group, state and message of the sentences that are there, by turn."""
    query = (
        select(InboxSentence.turn_id, InboxSentence.group_id, InboxSentence.state, MESSAGES.c.body)
        .join(MESSAGES, MESSAGES.c.id == InboxSentence.turn_id)
        .where(InboxSentence.at >= now - KEPT)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in session.execute(query)}


def _turns(session: Session, since: datetime, named: set[str]) -> Sequence[Any]:
    """The turns of this time, typed ones, with their messages; and those `named`, however old."""
    columns = select(TURNS.c.id, TURNS.c.queued_at, TURNS.c.button, TURNS.c.understood, MESSAGES.c.body)
    query = columns.join(MESSAGES, MESSAGES.c.id == TURNS.c.id).where(TURNS.c.state == DONE)
    recent = query.join(Conversation, Conversation.id == TURNS.c.conversation_id).where(
        Conversation.last_at >= since, TURNS.c.queued_at >= since
    )
    rows = {row.id: row for row in session.execute(recent)}
    older = sorted(named.difference(rows))
    rows.update({row.id: row for row in session.execute(query.where(TURNS.c.id.in_(older)))} if older else {})
    return [row for row in rows.values() if not row.button and not row.body.get("wordless")]


def _marked(session: Session, since: datetime) -> set[str]:
    """Turns called wrong, and sentences about which was asked which of two it was."""
    wrong = session.execute(select(WrongAnswer.turn_id).where(WrongAnswer.at >= since)).scalars()
    asked = session.execute(select(Choice.sentence_id).where(Choice.asked_at >= since)).scalars()
    return {*wrong, *asked}


def _handed(session: Session, since: datetime) -> set[str]:
    """The last thing each customer wrote before a person was asked for, where he had not asked for one by himself."""
    query = (
        select(Handoff.id, Handoff.asked_at, TURNS.c.id, TURNS.c.queued_at, TURNS.c.understood)
        .join(TURNS, TURNS.c.conversation_id == Handoff.conversation_id)
        .where(
            Handoff.asked_at >= since,
            TURNS.c.queued_at >= since - RIGHT_AFTER,
            TURNS.c.seq <= Handoff.asked_seq,
            TURNS.c.state == DONE,
        )
        .order_by(Handoff.id, TURNS.c.seq)
    )
    last: dict[str, str] = {}
    for handoff_id, asked_at, turn_id, queued_at, understood in session.execute(query):
        if (understood or {}).get("intent") not in FOR_A_PERSON and asked_at - queued_at <= RIGHT_AFTER:
            last[handoff_id] = turn_id
    return set(last.values())


def _is_doubtful(row: Any) -> bool:
    understood = row.understood
    if not understood:
        return False  # it is not known what it was taken for
    return understood.get("intent") in NOT_UNDERSTOOD or float(understood.get("confidence") or 0.0) < UNSURE


def _is_sample(row: Any) -> bool:
    return (row.understood or {}).get("intent") not in NO_SAMPLE and crc32(row.id.encode()) % ONE_OF == 0


def _key(personal: Personal, body: Mapping[str, Any]) -> Optional[str]:
    """None for what has no words left, or too many."""
    text = body["text"]
    return (key_of(personal.masked(text)) or None) if len(text) <= LONGEST else None
