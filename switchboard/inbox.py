"""The trainers' inbox as it is read: groups of sentences alike, masked, with what was understood and what came of it.

Nothing that tells who wrote a sentence leaves this file, nor the conversation it is from: only its turn's id.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Iterable, Mapping, Optional, Sequence

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.orm import Session

from switchboard.alike import key_of
from switchboard.inbox_sources import IGNORED, NOT_UNDERSTOOD, OPEN, SKIPPED, UNSURE
from switchboard.log import MESSAGES, TURNS
from switchboard.models import Choice, Handoff, InboxSentence, WrongAnswer
from switchboard.personal import Personal

WRONG, MISSED, DOUBTED, ASKED, HANDED, SAMPLE = WHYS = ("wrong", "missed", "doubted", "asked", "handed", "sample")
STATES = (OPEN, SKIPPED, IGNORED)
MOST = 3_000  # sentences
MOST_FOLLOWED = 20  # sentences of a group whose next step is looked up
MEANT_WEIGHS = 2  # what somebody of the shop says, beside what a customer has chosen
REPEATED = 60  # of 100: the next message says nearly the same again
CHOSEN, NONE_FITTED, PERSON, AGAIN, WENT_ON, STOPPED = "chosen", "none", "person", "again", "went_on", "stopped"


@dataclass(frozen=True)
class Time:
    """One time that a sentence was written.

    Attributes:
        ranking: the likeliest intents with their confidence, from 0 to 1; empty for what was understood before they
            were kept.
        chosen: what the customer chose when he was asked which.
        answer: how he answered that (`switchboard.choices.ANSWERS`); None: he was not asked, or did not answer.
        meant: what somebody of the shop says it was; "" for something else; None: nobody called it wrong.
    """

    turn_id: str
    at: datetime
    intent: Optional[str]
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    why: frozenset[str]
    chosen: Optional[str] = None
    answer: Optional[str] = None
    meant: Optional[str] = None

    @property
    def runner_up(self) -> Optional[tuple[str, float]]:
        """What it was nearly taken for."""
        return next((one for one in self.ranking if one[0] != self.intent), None)


@dataclass(frozen=True)
class Said:
    """A sentence, the same words counted once; `text` is masked, `draft` the same with invented values.

    In a list of groups there are no drafts.
    """

    text: str
    times: tuple[Time, ...]  # the latest first
    draft: str = ""

    @property
    def id(self) -> str:
        """Names it among the sentences of its group."""
        return self.times[-1].turn_id


@dataclass(frozen=True)
class Group:
    """Sentences alike, the most frequent first."""

    id: str
    state: str
    sentences: tuple[Said, ...]
    every: tuple[Time, ...] = field(default=())

    @property
    def count(self) -> int:
        """How often any of them was written."""
        return len(self.every)

    @property
    def last(self) -> datetime:
        return max(time.at for time in self.every)

    @property
    def why(self) -> tuple[str, ...]:
        """Why they are here, in the order of `WHYS`."""
        told = {reason for time in self.every for reason in time.why}
        return tuple(reason for reason in WHYS if reason in told)

    @property
    def likely(self) -> tuple[str, ...]:
        """Intents they may have, the likeliest first: what people of the shop and customers said, then the model."""
        said: dict[str, float] = defaultdict(float)
        ranked: dict[str, float] = defaultdict(float)
        for time in self.every:
            if time.meant:
                said[time.meant] += MEANT_WEIGHS
            if time.chosen:
                said[time.chosen] += 1
            for name, confidence in time.ranking or ([(time.intent, time.confidence)] if time.intent else []):
                ranked[name] += confidence
        return tuple(dict.fromkeys([*_ordered(said), *_ordered(ranked)]))


def groups(session: Session, personal: Personal, state: str = OPEN, why: Optional[str] = None) -> list[Group]:
    """The groups in this state, the most frequent first, then the latest; with `why`, those with a sentence for it."""
    query = _query().where(InboxSentence.state == state).order_by(InboxSentence.at.desc()).limit(MOST)
    by_group: dict[str, list[Any]] = {}
    for row in session.execute(query):
        by_group.setdefault(row.InboxSentence.group_id, []).append(row)
    found = [_group(id_, state, rows, personal) for id_, rows in by_group.items()]
    wanted = [group for group in found if _is_wanted(group, why)]
    return sorted(wanted, key=lambda group: (-group.count, -group.last.timestamp(), group.id))


def group(session: Session, personal: Personal, group_id: str) -> Optional[Group]:
    """One group, whatever its state; None where nothing is left of it."""
    query = _query().where(InboxSentence.group_id == group_id, InboxSentence.state.in_(STATES))
    rows = session.execute(query.order_by(InboxSentence.at.desc())).all()
    return _group(group_id, rows[0].InboxSentence.state, rows, personal, drafts=True) if rows else None


def what_next(session: Session, said: Said, personal: Personal) -> Counter[str]:
    """What the customers did after this sentence, and how many of them."""
    told: Counter[str] = Counter()
    for time in said.times[:MOST_FOLLOWED]:
        told[_next(session, time, key_of(said.text), personal)] += 1
    return told


def _next(session: Session, time: Time, key: str, personal: Personal) -> str:
    if time.answer is not None:
        return CHOSEN if time.chosen else NONE_FITTED
    here = session.execute(
        select(TURNS.c.conversation_id, TURNS.c.seq, TURNS.c.queued_at).where(TURNS.c.id == time.turn_id)
    ).first()
    if here is None:
        return STOPPED
    if HANDED in time.why or _waits(session, here):
        return PERSON
    query = (
        select(MESSAGES.c.body)
        .where(
            MESSAGES.c.conversation_id == here.conversation_id,
            MESSAGES.c.seq > here.seq,
            MESSAGES.c.author_kind == "customer",
        )
        .order_by(MESSAGES.c.seq)
        .limit(1)
    )
    then = session.execute(query).scalar()
    if then is None:
        return STOPPED
    again = fuzz.token_sort_ratio(key, key_of(personal.masked(then["text"]))) >= REPEATED
    return AGAIN if again else WENT_ON


def _waits(session: Session, here: Any) -> bool:
    """Whether the very next thing was a handoff."""
    query = select(Handoff.id).where(
        Handoff.conversation_id == here.conversation_id,
        Handoff.asked_seq >= here.seq,
        Handoff.asked_seq <= here.seq + 2,
    )
    return session.execute(query.limit(1)).first() is not None


def _query() -> Any:
    return (
        select(InboxSentence, MESSAGES.c.body, TURNS.c.understood, Choice, WrongAnswer)
        .join(MESSAGES, MESSAGES.c.id == InboxSentence.turn_id)
        .join(TURNS, TURNS.c.id == InboxSentence.turn_id)
        .outerjoin(Choice, Choice.sentence_id == InboxSentence.turn_id)
        .outerjoin(WrongAnswer, WrongAnswer.turn_id == InboxSentence.turn_id)
    )


def _is_wanted(found: Group, why: Optional[str]) -> bool:
    """Those that are only there to be checked are shown when they are asked for."""
    return why in found.why if why else found.why != (SAMPLE,)


def _group(id_: str, state: str, rows: Iterable[Any], personal: Personal, drafts: bool = False) -> Group:
    by_key: dict[str, list[tuple[Any, str]]] = {}
    for row in rows:
        masked = personal.masked(row.body["text"])
        by_key.setdefault(key_of(masked), []).append((row, masked))
    sentences = [_said(found, personal, drafts) for found in by_key.values()]
    ordered = sorted(sentences, key=lambda said: (-len(said.times), said.times[-1].at, said.id))
    return Group(id_, state, tuple(ordered), tuple(time for said in ordered for time in said.times))


def _said(found: Sequence[tuple[Any, str]], personal: Personal, drafts: bool) -> Said:
    row, masked = found[0]
    draft = personal.invented(" ".join(row.body["text"].split())) if drafts else ""
    return Said(masked, tuple(_time(row) for row, _ in found), draft)


def _time(row: Any) -> Time:
    told: Mapping[str, Any] = row.understood or {}
    sentence, choice, wrong = row.InboxSentence, row.Choice, row.WrongAnswer
    intent, confidence = told.get("intent"), float(told.get("confidence") or 0.0)
    reasons = {
        WRONG: wrong is not None,
        ASKED: choice is not None,
        HANDED: sentence.handed,
        MISSED: choice is None and intent in NOT_UNDERSTOOD,
        DOUBTED: choice is None and intent not in NOT_UNDERSTOOD and confidence < UNSURE,
    }
    why = {reason for reason, holds in reasons.items() if holds} or {SAMPLE}
    return Time(
        sentence.turn_id,
        sentence.at,
        intent if intent not in NOT_UNDERSTOOD else None,
        confidence,
        tuple((str(name), float(share)) for name, share in told.get("ranking") or ()),
        frozenset(why),
        choice.chosen if choice else None,
        choice.answer if choice else None,
        (wrong.meant or "") if wrong else None,
    )


def _ordered(counts: Mapping[str, float]) -> list[str]:
    return [name for name, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]
