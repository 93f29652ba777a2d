"""What was found out, in the pieces that the report shows: rows of tables, sentences, conversations."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Mapping, Optional, Sequence

from evaluation.compare import Change
from evaluation.figures import Outcome, Score, intent_scores
from evaluation.groups import GROUPS
from evaluation.model_test import Findings
from evaluation.nearest import Nearby
from rehearsal.held import Held, HeldTurn

SMALLER_IS_BETTER = ("false_rejections", "calibration_error", "look_alikes_cut")
SAME = 5e-4  # a share that differs by less is shown as the same


@dataclass(frozen=True)
class Row:
    """A share of this model's beside the one's in service.

    Attributes:
        trend: `up` when it got better, `down` when it got worse, empty when it is the same or not compared.
        limit: what it must not pass, and in which direction (`least`, `most`); None where there is no limit.
    """

    name: str
    count: int
    now: Optional[float]
    before: Optional[float]
    trend: str
    limit: Optional[float] = None
    limit_kind: str = ""
    is_beyond: bool = False
    score: Optional[Score] = None


@dataclass(frozen=True)
class Understood:
    """What a model understood of a labelled sentence.

    Attributes:
        missing, extra: entities as `kind «words»`.
    """

    intent: str
    is_right: bool
    confidence: float
    missing: tuple[str, ...]
    extra: tuple[str, ...]


@dataclass(frozen=True)
class Mistake:
    """A sentence whose intent is wrong, and what lies near it."""

    outcome: Outcome
    nearby: Optional[Nearby]
    is_new: bool


@dataclass(frozen=True)
class Confusion:
    """All sentences of one intent that were taken for another."""

    wanted: str
    understood: str
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True)
class OtherWay:
    """A conversation that goes another way with each model: the first turn in which it does; None where it does not get
    there."""

    name: str
    before: Optional[HeldTurn]
    after: Optional[HeldTurn]
    was_as_written: bool
    is_as_written: bool

    @property
    def said(self) -> HeldTurn:
        """The turn, for what the customer said in it."""
        turn = self.after or self.before
        assert turn
        return turn


def figure_rows(findings: Findings) -> list[Row]:
    """Every figure, in order."""
    limits = {**{name: ("least", share) for name, share in findings.limits.least.items()}}
    limits |= {name: ("most", share) for name, share in findings.limits.most.items()}
    rows = []
    for name, now in findings.figures.items():
        kind, limit = limits.get(name, ("", None))
        before = findings.figures_before[name] if findings.figures_before else None
        is_beyond = now is not None and limit is not None and (now < limit if kind == "least" else now > limit)
        rows.append(Row(name, 0, now, before, _trend(name, before, now), limit, kind, is_beyond))
    return rows


def group_rows(findings: Findings) -> list[Row]:
    """The share of right intents by who wrote the sentences."""
    rows = []
    for group in GROUPS:
        places = [place for place, name in enumerate(findings.groups) if name == group]
        if places:
            now = _right(findings.after.outcomes, places)
            before = _right(findings.before.outcomes, places) if findings.before else None
            rows.append(Row(group, len(places), now, before, _trend(group, before, now)))
    return rows


def score_rows(now: Mapping[str, Score], before: Optional[Mapping[str, Score]]) -> list[Row]:
    """F1 by label, the worst first; only labels that should have been recognised at all."""
    rows = []
    for name, score in now.items():
        if score.support:
            was = before[name].f1 if before and name in before else None
            rows.append(Row(name, score.support, score.f1, was, _trend(name, was, score.f1), score=score))
    return sorted(rows, key=lambda row: (row.now or 0.0, row.name))


def intents_before(findings: Findings) -> Optional[Mapping[str, Score]]:
    """Of the model in service."""
    return intent_scores(findings.before.outcomes) if findings.before else None


def understood(outcome: Outcome) -> Understood:
    """What there is to show of it."""
    wanted, text = outcome.wanted.entities, outcome.wanted.text
    return Understood(
        outcome.intent,
        outcome.intent == outcome.wanted.intent,
        outcome.confidence,
        _named(wanted - outcome.entities, text),
        _named(outcome.entities - wanted, text),
    )


def confusions(findings: Findings) -> list[Confusion]:
    """The most frequent first."""
    worse = {id(one.after) for one in findings.comparison.worse}
    by_pair: dict[tuple[str, str], list[Mistake]] = defaultdict(list)
    for place, outcome in enumerate(findings.mistakes):
        near = findings.near[place] if findings.near is not None else None
        by_pair[outcome.wanted.intent, outcome.intent].append(Mistake(outcome, near, id(outcome) in worse))
    pairs = [Confusion(*pair, tuple(mistakes)) for pair, mistakes in by_pair.items()]
    return sorted(pairs, key=lambda one: (-len(one.mistakes), one.wanted, one.understood))


def other_ways(findings: Findings) -> list[OtherWay]:
    """Conversations that differ, those that went as written before and do not any more first."""
    found = [_other_way(before, after) for before, after in findings.held_otherwise]
    return sorted(found, key=lambda one: (one.is_as_written, not one.was_as_written))


def surest_first(changes: Sequence[Change]) -> list[Change]:
    """Changes by how sure the model is of what it says now."""
    return sorted(changes, key=lambda one: -one.after.confidence)


def _other_way(before: Held, after: Held) -> OtherWay:
    turns: Any = zip(before.turns, after.turns)
    same = 0
    for one, other in turns:
        if _way(one) != _way(other):
            break
        same += 1
    first = [held.turns[same] if same < len(held.turns) else None for held in (before, after)]
    return OtherWay(after.name, first[0], first[1], before.as_written, after.as_written)


def _way(turn: HeldTurn) -> tuple[Any, ...]:
    return turn.understood, turn.responses, turn.effects, bool(turn.mismatches)


def _right(outcomes: Sequence[Outcome], places: Sequence[int]) -> float:
    return sum(outcomes[place].intent == outcomes[place].wanted.intent for place in places) / len(places)


def _trend(name: str, before: Optional[float], now: Optional[float]) -> str:
    if before is None or now is None or abs(now - before) < SAME:
        return ""
    return "up" if (now > before) != (name in SMALLER_IS_BETTER) else "down"


def _named(spans: Any, text: str) -> tuple[str, ...]:
    ordered = sorted(spans, key=lambda span: (span.start, span.end, span.entity))
    return tuple(f"{span.entity} «{text[span.start : span.end]}»" for span in ordered)
