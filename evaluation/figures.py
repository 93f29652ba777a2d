"""From single sentences to the figures that are shown. Shares from 0 to 1; None where there is nothing to divide by."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Iterable, Mapping, Optional, Sequence

from base.percentile import percentile
from engine.closeness import Closeness
from evaluation.labelled import OUT_OF_SCOPE, Labelled, Span

BINS = 10

Share = Optional[float]


@dataclass(frozen=True)
class Outcome:
    """A labelled sentence, and what was understood of it.

    Attributes:
        wanted: what should have been understood.
        intent: what was; `out_of_scope` when it was rejected.
        entities: what was found.
        best: the likeliest intent, before any rejection; None for a text without a word.
        confidence: of `best`, from 0 to 1.
        ms: milliseconds of the parse.
        ranking: `{name, confidence}`, the likeliest first.
    """

    wanted: Labelled
    intent: str
    entities: frozenset[Span]
    best: Optional[str]
    confidence: float
    ms: float
    ranking: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Score:
    """How well one label is recognised; `support` is how often it should have been."""

    precision: Share
    recall: Share
    f1: Share
    support: int


@dataclass(frozen=True)
class Bin:
    """The sentences whose confidence lies between `low` and `high` (included only in the last bin).

    Attributes:
        confidence: their mean confidence.
        accuracy: the share of them whose likeliest intent was the right one.
    """

    low: float
    high: float
    count: int
    confidence: Share
    accuracy: Share


def headline(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The figures that `sportello evaluate` prints, by name and in this order; `outcomes` are not empty."""
    entities = overall_entities(outcomes)
    outside = [one.intent == OUT_OF_SCOPE for one in outcomes if one.wanted.intent == OUT_OF_SCOPE]
    rejected = [one.intent == OUT_OF_SCOPE for one in outcomes if one.wanted.intent != OUT_OF_SCOPE]
    times = [one.ms for one in outcomes]
    return {
        "intent_accuracy": _share(sum(one.intent == one.wanted.intent for one in outcomes), len(outcomes)),
        "macro_f1": macro_f1(intent_scores(outcomes)),
        "entity_precision": entities.precision,
        "entity_recall": entities.recall,
        "entity_f1": entities.f1,
        "oos_recall": _share(sum(outside), len(outside)),
        "false_rejections": _share(sum(rejected), len(rejected)),
        "ms_p50": round(percentile(times, 50), 3),
        "ms_p95": round(percentile(times, 95), 3),
    }


def intent_scores(outcomes: Iterable[Outcome]) -> dict[str, Score]:
    """By intent, of all that occur and all that were understood."""
    pairs = [(one.wanted.intent, one.intent) for one in outcomes]
    right = (wanted for wanted, given in pairs if wanted == given)
    return _scores(right, (wanted for wanted, _ in pairs), (given for _, given in pairs))


def macro_f1(scores: dict[str, Score]) -> Share:
    """The mean F1 of the labels that occur in the test set."""
    occurring = [score.f1 or 0.0 for score in scores.values() if score.support]
    return _share(sum(occurring), len(occurring))


def entity_scores(outcomes: Sequence[Outcome]) -> dict[str, Score]:
    """By kind of entity; right is an entity with exactly the right characters."""
    right = (span.entity for one in outcomes for span in one.entities & one.wanted.entities)
    wanted = (span.entity for one in outcomes for span in one.wanted.entities)
    return _scores(right, wanted, (span.entity for one in outcomes for span in one.entities))


def overall_entities(outcomes: Sequence[Outcome]) -> Score:
    """Of all entities together, whatever their kind."""
    right = sum(len(one.entities & one.wanted.entities) for one in outcomes)
    return _score(right, sum(len(one.wanted.entities) for one in outcomes), sum(len(one.entities) for one in outcomes))


def confusions(outcomes: Iterable[Outcome]) -> list[tuple[str, str, int]]:
    """`(intent, what was understood, how often)` of what was understood wrongly; the most frequent first."""
    counts = Counter((one.wanted.intent, one.intent) for one in outcomes if one.wanted.intent != one.intent)
    return [(*pair, count) for pair, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def calibration(outcomes: Iterable[Outcome]) -> list[Bin]:
    """Ten bins of equal width. A text without a word has no confidence, and is in none."""
    members: list[list[Outcome]] = [[] for _ in range(BINS)]
    for one in outcomes:
        if one.best is not None:
            members[min(int(one.confidence * BINS), BINS - 1)].append(one)
    return [
        Bin(
            low=number / BINS,
            high=(number + 1) / BINS,
            count=len(inside),
            confidence=_share(sum(one.confidence for one in inside), len(inside)),
            accuracy=_share(sum(one.best == one.wanted.intent for one in inside), len(inside)),
        )
        for number, inside in enumerate(members)
    ]


def expected_calibration_error(bins: Iterable[Bin]) -> Share:
    """The mean distance of accuracy and confidence, each bin weighing as many sentences as it has."""
    full = [one for one in bins if one.confidence is not None and one.accuracy is not None]
    distance = sum(one.count * abs(one.accuracy - one.confidence) for one in full)
    return _share(distance, sum(one.count for one in full))


@dataclass(frozen=True)
class Questions:
    """How often a customer would be asked which of two or three requests was meant.

    Attributes:
        asked: share of the sentences that are not labelled `out_of_scope`.
        clear_asked: share of those whose likeliest intent was right anyway.
        right_first, right_offered: of the asked, how often the likeliest intent is right, and how often the right one
            is among those offered.
    """

    asked: Share
    clear_asked: Share
    right_first: Share
    right_offered: Share


def questions(outcomes: Iterable[Outcome], closeness: Closeness) -> Questions:
    """What `closeness` makes of what was understood, as in a turn outside any task."""
    inside = [one for one in outcomes if one.wanted.intent != OUT_OF_SCOPE]
    offered = [closeness.among(one.wanted.text, one.ranking) if one.intent == one.best else () for one in inside]
    asked = [(one, offer) for one, offer in zip(inside, offered) if offer]
    right_first = sum(one.best == one.wanted.intent for one, _ in asked)
    right_offered = sum(closeness.offers(offer, one.wanted.intent) for one, offer in asked)
    return Questions(
        _share(len(asked), len(inside)),
        _share(right_first, sum(one.intent == one.wanted.intent for one in inside)),
        _share(right_first, len(asked)),
        _share(right_offered, len(asked)),
    )


def _scores(right: Iterable[str], wanted: Iterable[str], given: Iterable[str]) -> dict[str, Score]:
    rights, wanteds, givens = (Counter(labels) for labels in (right, wanted, given))
    return {label: _score(rights[label], wanteds[label], givens[label]) for label in sorted({*wanteds, *givens})}


def _score(right: int, wanted: int, given: int) -> Score:
    return Score(_share(right, given), _share(right, wanted), _share(2 * right, wanted + given), wanted)


def _share(part: float, whole: float) -> Share:
    return part / whole if whole else None
