"""Finds past conversations: by words, e-mail, phone or number, day, channel and how they ended; a page at a time.

Each word must be found somewhere in the conversation: in what was said, in a note, in an e-mail or a number that was
proved, in what a request or a handoff was about. Accents and capitals do not matter; in numbers neither do spaces.
Nobody finds what he may not read.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, Optional, Sequence

from sqlalchemy import String, and_, cast, func, intersect, or_, select, tuple_, union
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from base.clock import ROME
from base.plain import plain
from desk.seen import PAGE, Entry, as_entries, entries_query
from switchboard.agents import AtDesk
from switchboard.log import MESSAGES
from switchboard.models import (
    Conversation,
    Handoff,
    Identity,
    IdentityEmail,
    Note,
    Proof,
    ProvedEmail,
    StaffRequest,
)
from switchboard.staff_notes import EMAIL

LONGEST, MOST_WORDS = 120, 6
SAYS = "says_"  # how the key of an ending begins that the customer chose

BETWEEN_DIGITS = " -./"
NO_BETWEEN = str.maketrans("", "", BETWEEN_DIGITS)
AROUND = 90  # signs of a message shown before and after what was found
NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Search:
    """What is looked for. `first` and `last` are Italian days, both included; `ending` is an outcome of the shop's, or
    `says_solved`, `says_unsolved`."""

    words: tuple[str, ...] = ()
    first: Optional[date] = None
    last: Optional[date] = None
    channel: str = ""
    ending: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was asked for."""
        return self == Search()


@dataclass(frozen=True)
class Found:
    """A conversation, and the last message with one of the words: what is before it, the word, what is after."""

    entry: Entry
    said: Optional[tuple[str, str, str]]


Place = tuple[datetime, str]  # where a page ends: when that conversation was last alive, and its id


def words_of(typed: str) -> tuple[str, ...]:
    """The words of what was typed, as they are compared."""
    return tuple(dict.fromkeys(plain(typed[:LONGEST]).split()))[:MOST_WORDS]


def find(session: Session, agent: AtDesk, search: Search, after: Optional[Place] = None) -> list[Found]:
    """A page of the conversations that this person may read and that fit, those last alive first."""
    query = select(Conversation.id).where(readable(agent), *_conditions(search))
    if after:
        query = query.where(tuple_(Conversation.last_at, Conversation.id) < tuple_(*after))
    latest_first = (Conversation.last_at.desc(), Conversation.id.desc())
    ids = session.execute(query.order_by(*latest_first).limit(PAGE)).scalars().all()
    whole = entries_query(of_open_handoffs=False).where(Conversation.id.in_(ids)).order_by(*latest_first)
    entries = as_entries(session, session.execute(whole).all())
    said = _said(session, [entry.id for entry in entries], search.words)
    return [Found(entry, said.get(entry.id)) for entry in entries]


def place_after(session: Session, found: Sequence[Found]) -> Optional[Place]:
    """Where the next page begins; None where this one is the last."""
    if len(found) < PAGE:
        return None
    last_id = found[-1].entry.id
    return session.execute(select(Conversation.last_at).where(Conversation.id == last_id)).scalar_one(), last_id


def readable(agent: AtDesk) -> "ColumnElement[bool]":
    """As a condition on `Conversation`, what `seen.may_read` says of one."""
    if agent.leads:
        return Conversation.id.is_not(None)
    people = select(Conversation.person_id)
    handed = people.join(Handoff, Handoff.conversation_id == Conversation.id)
    asked = people.join(StaffRequest, StaffRequest.conversation_id == Conversation.id)
    return Conversation.person_id.in_(union(handed, asked))


def _conditions(search: Search) -> list[Any]:
    conditions: list[Any] = []
    if search.words:  # each word is looked for once, whatever the database thinks best
        with_all = intersect(*(select(_with_word(word).subquery().c.conversation_id) for word in search.words))
        conditions.append(Conversation.id.in_(with_all))
    if search.first:
        conditions.append(Conversation.last_at >= _begins(search.first))
    if search.last:
        conditions.append(Conversation.opened_at < _begins(search.last + timedelta(days=1)))
    if search.channel:
        wrote = and_(MESSAGES.c.author_kind == "customer", MESSAGES.c.channel == search.channel)
        conditions.append(Conversation.id.in_(select(MESSAGES.c.conversation_id).where(wrote)))
    if search.ending:
        says = search.ending.startswith(SAYS)
        ended = Handoff.customer_says == search.ending[len(SAYS) :] if says else Handoff.outcome == search.ending
        conditions.append(Conversation.id.in_(select(Handoff.conversation_id).where(ended)))
    return conditions


def _with_word(word: str) -> Any:
    """The ids of the conversations in which this word is."""
    places = [
        select(MESSAGES.c.conversation_id).where(_has(MESSAGES.c.plain, word)),
        select(Note.conversation_id).where(_has(Note.plain, word)),
    ]
    if _is_telling(word):
        bare = word.translate(NO_BETWEEN) or word
        of_person = select(Conversation.id.label("conversation_id")).join(
            Identity, Identity.person_id == Conversation.person_id
        )
        places += [
            select(ProvedEmail.conversation_id).where(ProvedEmail.email.contains(word, autoescape=True)),
            of_person.join(IdentityEmail, IdentityEmail.identity_id == Identity.id).where(
                IdentityEmail.email.contains(word, autoescape=True)
            ),
            of_person.where(Identity.kind == EMAIL, Identity.value.contains(word, autoescape=True)),
            select(Proof.conversation_id).where(_bare(func.lower(Proof.number)).contains(bare, autoescape=True)),
            select(Handoff.conversation_id).where(_has_about(Handoff.about, word)),
            select(StaffRequest.conversation_id).where(
                StaffRequest.conversation_id.is_not(None), _has_about(StaffRequest.about, word)
            ),
        ]
    if NUMBER.fullmatch(word):
        by_number = StaffRequest.number == int(word)
        places.append(select(StaffRequest.conversation_id).where(StaffRequest.conversation_id.is_not(None), by_number))
    return union(*places)


def _is_telling(word: str) -> bool:
    """Whether it may be an e-mail, a phone or a number: what stands in fields of their own."""
    return any(sign.isdigit() or sign == "@" for sign in word)


def _has(column: Any, word: str) -> Any:
    found = column.contains(word, autoescape=True)
    bare = word.translate(NO_BETWEEN)
    if not any(sign.isdigit() for sign in bare):
        return found
    return or_(found, _bare(column).contains(bare, autoescape=True))


def _bare(text: Any) -> Any:
    """Without what stands between digits."""
    for sign in BETWEEN_DIGITS:
        text = func.replace(text, sign, "")
    return text


def _has_about(column: Any, word: str) -> Any:
    """`about` as it is stored: JSON, whose slashes and accents are written with a backslash; this looks for neither."""
    return func.lower(cast(column, String)).contains(word, autoescape=True)


def _said(session: Session, ids: Sequence[str], words: Sequence[str]) -> dict[str, tuple[str, str, str]]:
    """Of each conversation the last message that has one of the words."""
    if not ids or not words:
        return {}
    query = (
        select(MESSAGES.c.conversation_id, MESSAGES.c.body)
        .where(
            MESSAGES.c.conversation_id.in_(ids),
            or_(*(MESSAGES.c.plain.contains(word, autoescape=True) for word in words)),
        )
        .order_by(MESSAGES.c.seq)
    )
    return {id_: _cut(body["text"], words) for id_, body in session.execute(query)}


def _cut(said: str, words: Sequence[str]) -> tuple[str, str, str]:
    compared = plain(said)
    start, length = next(((compared.find(word), len(word)) for word in words if word in compared), (0, 0))
    end = start + length
    before, after = said[max(0, start - AROUND) : start], said[end : end + AROUND]
    return ("…" if start > AROUND else "") + before, said[start:end], after + ("…" if len(said) > end + AROUND else "")


def _begins(day: date) -> datetime:
    return datetime.combine(day, time.min, ROME).astimezone(timezone.utc)
