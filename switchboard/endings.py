"""How an episode ended: resolved by the assistant alone and not asked again, or how else.

What counts is told to managers in docs/andamento.md; whoever changes it here changes it there.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Iterable, Mapping, Optional, Sequence

from base.clock import ROME
from switchboard.episodes import MISSED, Call, Episode, Past
from switchboard.handoffs import OUTCOMES

RESOLVED, AGAIN, UNSOLVED, LEFT, PERSON, OPEN, NOTHING = ENDINGS = (
    "resolved",  # by the assistant alone, and not asked again
    "again",  # it looked so, but the customer came back
    "unsolved",  # the customer says so
    "left",  # he went while something was not understood, or asked
    "person",
    "open",  # it looks resolved, and he may still come back
    "nothing",  # he asked for nothing
)
DAYS_TO_COME_BACK = 7
SAYS_UNSOLVED = OUTCOMES["tell_unsolved"]


@dataclass(frozen=True)
class Ended:
    """An episode with its ending. `settled`: the days in which he may come back are over, whatever the ending is."""

    episode: Episode
    ending: str
    settled: bool


def endings(past: Past, now: datetime, questions: frozenset[str]) -> list[Ended]:
    """How each episode ended, in their order.

    Args:
        past: with everything until `now`, so that whoever came back is found.
        questions: the responses that wait for the customer to say something (`asking.py`).
    """
    of_person: dict[str, list[Episode]] = defaultdict(list)
    for episode in past.episodes:
        of_person[episode.person].append(episode)
    return [_ended(one, of_person[one.person], past.apart, now, questions) for one in past.episodes]


def back_until(moment: datetime) -> datetime:
    """Until when somebody who left at `moment` comes back in time: the same hour in Italy, seven days later."""
    return (moment.astimezone(ROME) + timedelta(days=DAYS_TO_COME_BACK)).astimezone(timezone.utc)


def first_call(episode: Episode) -> Optional[Call]:
    """Why a person came in."""
    return episode.calls[0] if episode.calls else None


def _ended(
    episode: Episode,
    of_person: Sequence[Episode],
    apart: Mapping[str, Sequence[datetime]],
    now: datetime,
    questions: frozenset[str],
) -> Ended:
    until = back_until(episode.ended)
    settled = now > until
    ending = _at_once(episode, questions)
    if ending is None:
        later = (one for one in of_person if episode.ended < one.begun <= until)
        if _same_again(episode, later) or any(episode.ended < at <= until for at in apart.get(episode.person, ())):
            ending = AGAIN
        else:
            ending = RESOLVED if settled else OPEN
    return Ended(episode, ending, settled)


def _at_once(episode: Episode, questions: frozenset[str]) -> Optional[str]:
    """What is known without waiting; None where it looks resolved."""
    if episode.calls:
        return PERSON
    if episode.says == SAYS_UNSOLVED:
        return UNSOLVED
    if not episode.wishes and not episode.details:
        return LEFT if episode.missed else NOTHING
    cut_short = episode.path[-1:] == (MISSED,) or not episode.answered or episode.last in questions
    return LEFT if cut_short else None


def _same_again(episode: Episode, later: Iterable[Episode]) -> bool:
    """Whether one of the episodes is about the same, or wants a person."""
    return any(one.calls or set(one.wishes) & set(episode.wishes) for one in later)
