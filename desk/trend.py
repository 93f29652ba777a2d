"""How the assistant does as a whole: figures of episodes, by time, intent, channel, ending and path.

Nothing here names a customer, a person of the shop or a sentence. What each figure says exactly is in
docs/andamento.md; whoever changes it here changes it there.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from typing import Callable, Iterable, Optional, Sequence

from sqlalchemy.orm import Session

from base.clock import ROME
from base.percentile import percentile
from desk.replied import Replied, replied
from desk.tables import LEAST, Cell, Key, Share, Table, Took, part, told
from shop.desk_rules import DeskRules
from switchboard import episodes
from switchboard.endings import ENDINGS, LEFT, NOTHING, OPEN, PERSON, RESOLVED, Ended, endings, first_call
from switchboard.episodes import AskedQuestion
from switchboard.staff_requests import WISH

DAY, WEEK = SIZES = ("day", "week")
NO_WISH, OTHERS = "no_wish", "others"
EARLIEST = date(2000, 1, 1)  # nothing is older, and years before the calendar's have no Italian midnight
LONGEST_PATH, MOST_PATHS, MOST_QUESTIONS = 4, 20, 20
SAID = ("solved", "unsolved")


@dataclass(frozen=True)
class Look:
    """What there is to say of a time: its episodes, how long people took to answer, the shop's questions.

    `first` and `last` are Italian days, both included.
    """

    first: date
    last: date
    ended: Sequence[Ended]
    replies: Sequence[Replied]
    asked: Sequence[AskedQuestion]

    def only(self, channel: str, intent: str) -> "Look":
        """What of it is about one channel or intent; "" for all."""
        if not channel and not intent:
            return self
        fits = [one for one in self.ended if _fits(one, channel, intent)]
        times = defaultdict(list)
        for one in fits:
            times[one.episode.conversation_id].append((one.episode.begun, one.episode.ended + episodes.PAUSE))
        of_it = [one for one in self.replies if _within(one.since, times.get(one.conversation_id, ()))]
        asked = [one for one in self.asked if _within(one.at, times.get(one.conversation_id, ()))]
        return replace(self, ended=fits, replies=of_it, asked=asked)


@dataclass(frozen=True)
class Sums:
    """The figures of some episodes."""

    episodes: int
    messages: int
    missed: Share  # messages that were not understood
    resolved: Share  # of those of which it is known, that asked for something
    recognised: Share  # the same, of customers who would be recognised on another device
    alone: Share  # without a person, whatever came of it: the naive figure
    open: int  # it looks resolved, and is not known yet


def look(
    session: Session,
    rules: DeskRules,
    questions: frozenset[str],
    days: int,
    now: datetime,
    before: Optional[Look] = None,
) -> tuple[Look, Look]:
    """The last `days` days, the present one included, and as many before them.

    Args:
        questions: the responses that wait for an answer (`switchboard/asking.py`).
        before: what has been read of the time before already; None: it is read too.
    """
    last = now.astimezone(ROME).date()
    first = last - timedelta(days=days - 1)
    middle, until = begins(first), now + timedelta(microseconds=1)
    since = middle if before else begins(first - timedelta(days=days))
    ended = endings(episodes.past(session, since, until), now, questions)
    replies = replied(session, rules, since, until)
    asked = episodes.questions(session, since, until)
    present = Look(
        first,
        last,
        [one for one in ended if one.episode.begun >= middle],
        [one for one in replies if one.since >= middle],
        [one for one in asked if one.at >= middle],
    )
    return present, before or Look(
        first - timedelta(days=days),
        first - timedelta(days=1),
        [one for one in ended if one.episode.begun < middle],
        [one for one in replies if one.since < middle],
        [one for one in asked if one.at < middle],
    )


def sums(ended: Sequence[Ended]) -> Sums:
    """The figures of these episodes."""
    messages = sum(one.episode.messages for one in ended)
    missed = sum(one.episode.missed for one in ended)
    known = [one for one in ended if one.settled and one.ending != NOTHING]
    recognised = [one for one in known if one.episode.known]
    return Sums(
        len(ended),
        messages,
        Share(missed, messages if len(ended) >= LEAST else 0),
        _resolved(known),
        _resolved(recognised),
        Share(sum(one.ending != PERSON for one in ended), len(ended)),
        sum(one.ending == OPEN for one in ended),
    )


def tables(now: Look, before: Look, by: str) -> list[Table]:
    """Every table of the page, in its order."""
    return [
        over_time(now, by),
        _compared("endings", now, before, lambda one: [one.ending], ENDINGS),
        _grouped("intents", now, lambda one: one.episode.wishes or (NO_WISH,)),
        _grouped("channels", now, lambda one: sorted(one.episode.channels)),
        _compared("reasons", now, before, _reason),
        _times(now, before),
        _compared("answers", now, before, _answers),
        paths(now),
        _asked(now, before),
    ]


def over_time(of: Look, by: str) -> Table:
    """The figures of each day, or of each seven days, those without an episode too."""
    size = 7 if by == WEEK else 1
    groups: dict[int, list[Ended]] = defaultdict(list)
    for one in of.ended:
        groups[(day_of(one) - of.first).days // size].append(one)
    places = range(((of.last - of.first).days // size) + 1)
    rows: list[tuple[Key, tuple[Cell, ...]]] = [
        (of.first + timedelta(days=place * size), _cells(groups[place])) for place in places
    ]
    return Table("time", (by, *COLUMNS), rows)


def paths(of: Look) -> Table:
    """The most frequent ways through requests, and how many ended there in which way."""
    groups: dict[tuple[str, ...], list[Ended]] = defaultdict(list)
    for one in of.ended:
        if one.episode.path:
            groups[one.episode.path[:LONGEST_PATH]].append(one)
    known = sorted((item for item in groups.items() if len(item[1]) >= LEAST), key=lambda one: (-len(one[1]), one[0]))
    rows: list[tuple[Key, tuple[Cell, ...]]] = []
    for path, some in known[:MOST_PATHS]:
        endings_ = Counter(one.ending for one in some)
        rows.append((path, (len(some), *(part(endings_[ending], len(some)) for ending in PATH_ENDINGS))))
    return Table("paths", ("path", "episodes", *(f"ending_{ending}" for ending in PATH_ENDINGS)), rows)


def day_of(one: Ended) -> date:
    """The Italian day on which an episode began."""
    return one.episode.begun.astimezone(ROME).date()


def begins(day: date) -> datetime:
    """The moment at which an Italian day begins."""
    return datetime.combine(day, time.min, ROME).astimezone(timezone.utc)


def answer_time(of: Look) -> Took:
    """How long half of the assistant's answers took at most."""
    return _took(_assistant(of), 50)


def counted(ended: Sequence[Ended], names: Sequence[str], keys: Callable[[Ended], Iterable[str]]) -> list[Cell]:
    """How many episodes there are of each of these."""
    counts = Counter(key for one in ended for key in set(keys(one)))
    return [told(counts[name]) for name in names]


def intents_of(ended: Iterable[Ended]) -> list[str]:
    """The intents that one may ask for: those of enough episodes, by name."""
    counts = Counter(wish for one in ended for wish in one.episode.wishes)
    return sorted(intent for intent, count in counts.items() if count >= LEAST)


COLUMNS = ("episodes", "messages", "missed", "resolved", "alone", "with_person", "open")
PATH_ENDINGS = (RESOLVED, PERSON, LEFT)


def _cells(some: Sequence[Ended]) -> tuple[Cell, ...]:
    figures = sums(some)
    whole = figures.alone.whole
    return (
        told(figures.episodes),
        told(figures.messages) if figures.episodes >= LEAST else told(figures.episodes),
        figures.missed,
        figures.resolved,
        figures.alone,
        Share(whole - figures.alone.part, whole),
        told(figures.open),
    )


def _grouped(name: str, of: Look, keys: Callable[[Ended], Iterable[str]]) -> Table:
    """The figures of each group, the largest first; small ones together. An episode may be in several."""
    groups: dict[str, list[Ended]] = defaultdict(list)
    for one in of.ended:
        for key in keys(one):
            groups[key].append(one)
    few = [key for key, some in groups.items() if len(some) < LEAST]
    others = {id(one): one for key in few for one in groups.pop(key)}
    largest_first = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    rows: list[tuple[Key, tuple[Cell, ...]]] = [(key, _cells(some)) for key, some in largest_first]
    if others:
        rows.append((OTHERS, _cells(list(others.values()))))
    return Table(name, (name, *COLUMNS), rows)


def _compared(
    name: str,
    now: Look,
    before: Look,
    keys: Callable[[Ended], Iterable[str]],
    every: Sequence[str] = (),
) -> Table:
    """How many of each kind there are, and were before."""
    counts, earlier = (Counter(key for one in look.ended for key in keys(one)) for look in (now, before))
    return _counted(name, counts, earlier, every)


def _counted(name: str, counts: "Counter[str]", earlier: "Counter[str]", every: Sequence[str] = ()) -> Table:
    order = every or sorted({*counts, *earlier}, key=lambda key: (-counts[key], -earlier[key], key))
    whole, whole_before = sum(counts.values()), sum(earlier.values())
    rows: list[tuple[Key, tuple[Cell, ...]]] = [
        (
            key,
            (
                told(counts[key]),
                part(counts[key], whole),
                told(earlier[key]),
                part(earlier[key], whole_before),
            ),
        )
        for key in order
    ]
    return Table(name, (name, "count", "share", "count_before", "share_before"), rows)


def _reason(one: Ended) -> list[str]:
    call = first_call(one.episode)
    if call is None:
        return []
    return [WISH.rstrip(":") if call.reason.startswith(WISH) else call.reason]


def _answers(one: Ended) -> list[str]:
    """What the customer says, and of whom."""
    said = [("person", call.says) for call in one.episode.calls] + [("alone", one.episode.says)]
    return [f"{who}_{says}" for who, says in said if says in SAID]


def _times(now: Look, before: Look) -> Table:
    rows: list[tuple[Key, tuple[Cell, ...]]] = []
    for name, times in (
        ("assistant", [_assistant(now), _assistant(before)]),
        ("people", [_people(now), _people(before)]),
    ):
        of, earlier = times
        rows.append(
            (
                name,
                (told(len(of)), *(_took(of, share) for share in (50, 95)), *(_took(earlier, s) for s in (50, 95))),
            )
        )
    return Table("times", ("times", "answers_given", "p50", "p95", "p50_before", "p95_before"), rows)


def _assistant(of: Look) -> list[float]:
    return [seconds for one in of.ended for seconds in one.episode.took]


def _people(of: Look) -> list[float]:
    return [reply.took.total_seconds() for reply in of.replies]


def _took(seconds: Sequence[float], share: int) -> Took:
    return Took(timedelta(seconds=percentile(seconds, share)) if seconds else None, len(seconds))


def _asked(now: Look, before: Look) -> Table:
    counts, earlier = (Counter(one.title for one in look.asked) for look in (now, before))
    often = [title for title, count in counts.most_common(MOST_QUESTIONS) if count >= LEAST]
    return _counted("questions", Counter({title: counts[title] for title in often}), earlier, often)


def _within(at: datetime, times: Iterable[tuple[datetime, datetime]]) -> bool:
    return any(begun <= at < end for begun, end in times)


def _resolved(known: Sequence[Ended]) -> Share:
    return Share(sum(one.ending == RESOLVED for one in known), len(known))


def _fits(one: Ended, channel: str, intent: str) -> bool:
    return (not channel or channel in one.episode.channels) and (not intent or intent in one.episode.wishes)
