"""What reviewers see of conversations: a list of them by how they ended, and one with everything personal masked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Iterable, Mapping, Optional, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import as_test
from desk.card import NUMBERS
from desk.seen import NotThere
from desk.training import MaskIn
from desk.trend import begins
from shop.customer_names import customer_names
from switchboard import episodes, review
from switchboard.endings import AGAIN, DAYS_TO_COME_BACK, ENDINGS, LEFT, UNSOLVED, Ended, endings, first_call
from switchboard.log import MESSAGES, Row, rows_since
from switchboard.masking import DOT
from switchboard.models import DONE, FAILED, Choice, CodeChallenge, Conversation, Promise, StaffRequest, Turn
from switchboard.personal import Mask
from switchboard.review import Comment
from switchboard.staff_requests import WISH

PAGE = 50
MOST_ROWS = 2_000
OF_TURN = "turn:"  # how the key of a request begins that a turn led to
NOT_RESOLVED = "not_resolved"
OUTCOMES = (ENDINGS[0], NOT_RESOLVED, *ENDINGS[1:])


@dataclass(frozen=True)
class Wanted:
    """What the list is asked for; "" for anything. `first` and `last` are Italian days, both included."""

    first: date
    last: date
    outcome: str = ""
    intent: str = ""
    reason: str = ""
    channel: str = ""
    tag: str = ""
    missed: bool = False


@dataclass(frozen=True)
class Said:
    """A row of the log, masked; with what the assistant understood where it is a customer's.

    `entities` are kinds, never values. `by_button`: he used a button. `files`: how many came with it.
    """

    seq: int
    author: str  # customer | bot | agent | system
    text: str
    at: datetime
    channel: str
    files: int
    buttons: Sequence[str]
    state: Optional[str] = None  # of the turn; None where it is none
    intent: Optional[str] = None
    confidence: float = 0.0
    entities: Sequence[str] = ()
    responses: Sequence[str] = ()
    actions: Sequence[str] = ()
    by_button: bool = False

    @property
    def missed(self) -> bool:
        return self.intent in episodes.NOT_UNDERSTOOD or self.state == FAILED


@dataclass(frozen=True)
class Reviewed:
    """A conversation as it is reviewed. `how`: its episodes."""

    id: str
    rows: Sequence[Said]
    tags: Sequence[str]
    every_tag: Sequence[str]
    comments: Sequence[Comment]
    how: Sequence[Ended]


def ended_between(session: Session, first: date, last: date, questions: frozenset[str], now: datetime) -> list[Ended]:
    """The episodes that began on these days, the latest first, with how each ended."""
    until = begins(last + timedelta(days=1))
    known = min(now + timedelta(microseconds=1), until + timedelta(days=2 * DAYS_TO_COME_BACK))
    found = endings(episodes.past(session, begins(first), known), now, questions)
    return [one for one in reversed(found) if one.episode.begun < until]


def fits(one: Ended, wanted: Wanted, tagged: Optional[frozenset[str]]) -> bool:
    """Whether an episode is one of those that are asked for; `tagged` are the conversations with the tag."""
    episode = one.episode
    return (
        _is(one.ending, wanted.outcome)
        and (not wanted.intent or wanted.intent in episode.wishes)
        and (not wanted.reason or wanted.reason == reason_of(one))
        and (not wanted.channel or wanted.channel in episode.channels)
        and (not wanted.missed or episode.missed > 0)
        and (tagged is None or episode.conversation_id in tagged)
    )


def reason_of(one: Ended) -> str:
    """Why a person came in, without what was asked for; "" where none did."""
    call = first_call(one.episode)
    return "" if call is None else WISH.rstrip(":") if call.reason.startswith(WISH) else call.reason


def conversation(session: Session, id_: str, mask_in: MaskIn, questions: frozenset[str], now: datetime) -> Reviewed:
    """One conversation.

    Raises:
        NotThere: there is none.
    """
    found = session.get(Conversation, id_)
    if found is None:
        raise NotThere(id_)
    return Reviewed(
        id_,
        rows(session, id_, mask_in),
        review.tags_of(session, [id_]).get(id_, []),
        review.every_tag(session),
        review.comments_of(session, id_),
        _how(session, found, questions, now),
    )


def to_try(
    session: Session, id_: str, mask_in: MaskIn, questions: frozenset[str], now: datetime
) -> tuple[list[as_test.Turn], Mask, Sequence[Ended]]:
    """The assistant's turns as they were said, for a test, what hides the customer in them, and the episodes.

    Raises:
        NotThere: there is no such conversation.
    """
    found = session.get(Conversation, id_)
    if found is None:
        raise NotThere(id_)
    turns, of_it = turns_of(session, id_), session.execute(select(Turn).where(Turn.conversation_id == id_)).scalars()
    mask = mask_in([turn.text for turn in turns], _customers(session, of_it))
    return turns, mask, _how(session, found, questions, now)


def _customers(session: Session, turns: Iterable[Turn]) -> list[str]:
    """The names that the shop's records have for what the turns are about."""
    told = [turn.understood or {} for turn in turns]
    numbers = {str(number) for one in told for _, number in one.get("read") or ()}
    entities = [(name, str(value)) for one in told for name, value in (one.get("entities") or {}).items()]
    numbers.update(value for name, value in entities if name in NUMBERS)
    return customer_names(session, numbers, {value for name, value in entities if name == "email"})


def rows(session: Session, id_: str, mask_in: MaskIn) -> list[Said]:
    """What was said, masked, the names of those who answered too."""
    turns = {turn.id: turn for turn in session.execute(select(Turn).where(Turn.conversation_id == id_)).scalars()}
    said = rows_since(session, id_, 0, MOST_ROWS)
    texts = [row.body["text"] for row in said if row.author_kind == "customer"]
    mask = mask_in(texts, _customers(session, turns.values()))
    names = sorted({row.author for row in said if row.author_kind == "agent" and row.author}, key=len, reverse=True)

    def hidden(text: str) -> str:
        for name in names:
            text = text.replace(name, DOT * len(name))
        return mask(text)

    return [_said(row, turns.get(row.id), hidden) for row in said]


def _how(session: Session, found: Conversation, questions: frozenset[str], now: datetime) -> list[Ended]:
    until = min(now + timedelta(microseconds=1), found.last_at + timedelta(days=DAYS_TO_COME_BACK + 1))
    since = found.opened_at - timedelta(seconds=1)  # moments of steps are rounded
    ended = endings(episodes.past(session, since, until), now, questions)
    return [one for one in ended if one.episode.conversation_id == found.id]


def turns_of(session: Session, id_: str) -> list[as_test.Turn]:
    """The assistant's turns as they were said, for a test."""
    query = (
        select(Turn, MESSAGES.c.body)
        .join(MESSAGES, MESSAGES.c.id == Turn.id)
        .where(Turn.conversation_id == id_, Turn.state == DONE)
        .order_by(Turn.seq)
    )
    effects = _effects(session, id_)
    return [_as_turn(turn, body, effects.get(turn.id, ())) for turn, body in session.execute(query)]


def _effects(session: Session, id_: str) -> dict[str, list[str]]:
    """What turns did besides speaking, as far as it is kept, by turn. Where no desk is, as in tests, a wish for a
    person is a numbered request.
    """
    found: dict[str, list[str]] = {}
    for column, of, name in (
        (Choice.sentence_id, Choice, "choice"),
        (Choice.answered_in, Choice, "choice"),
        (CodeChallenge.turn_id, CodeChallenge, "code"),
        (Promise.turn_id, Promise, "promise"),
    ):
        for turn_id in session.execute(select(column).where(of.conversation_id == id_)).scalars():
            found.setdefault(turn_id, []).append(name)
    requests = select(StaffRequest.key, StaffRequest.reason).where(StaffRequest.conversation_id == id_)
    for key, reason in session.execute(requests.order_by(StaffRequest.number)):
        found.setdefault(key[len(OF_TURN) :], []).append(f"staff_request/{reason}")
    return found


def _as_turn(turn: Turn, body: Mapping[str, Any], effects: Sequence[str]) -> as_test.Turn:
    told = turn.understood or {}
    return as_test.Turn(
        "" if body.get("wordless") else body["text"],
        (turn.button or {}).get("title") or None,
        len(body["attachments"]),
        told.get("intent"),
        tuple(told.get("responses") or ()),
        told.get("entities") or {},
        tuple((kind, number) for kind, number in told.get("read") or ()),
        effects,
    )


def _said(row: Row, turn: Optional[Turn], mask: Mask) -> Said:
    told: Mapping[str, Any] = (turn.understood if turn is not None else None) or {}
    return Said(
        row.seq,
        row.author_kind,
        mask(row.body["text"]),
        row.created_at,
        row.channel,
        len(row.body["attachments"]),
        [mask(button["title"]) for button in row.body["buttons"]],
        turn.state if turn is not None else None,
        told.get("intent"),
        float(told.get("confidence") or 0.0),
        sorted(told.get("entities") or {}),
        tuple(told.get("responses") or ()),
        tuple(told.get("actions") or ()),
        bool(turn is not None and turn.button),
    )


def _is(ending: str, outcome: str) -> bool:
    return not outcome or ending == outcome or (outcome == NOT_RESOLVED and ending in (AGAIN, UNSOLVED, LEFT))
