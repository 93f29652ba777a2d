"""Everything that is found out about a model before it may go into service, and the verdict on it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Iterator, Mapping, Optional, Sequence

from base.words import WordsOf
from engine.models import ModelInfo
from evaluation.compare import Comparison, compare
from evaluation.curve import Point
from evaluation.figures import Outcome, calibration, expected_calibration_error, headline
from evaluation.limits import Limits
from evaluation.nearest import Nearby
from evaluation.numbers import percent
from evaluation.several import SeveralRequests, several_figures
from evaluation.verdict import Differing, Verdict
from rehearsal.held import Held
from rehearsal.written import Written

WORDS = Path(__file__).with_name("it.yml")
TIMES = ("ms_p50", "ms_p95")  # of another moment, on another model: not compared
CALIBRATION = "calibration_error"


@dataclass(frozen=True)
class Heard:
    """What one model made of everything it was asked, in the order in which it was.

    Attributes:
        outcomes: of the held-out sentences.
        several: intents that were read in each message with several requests, and in each look-alike.
        held: the conversations.
        real: what was understood of real customers' sentences, as `engine.parsing.understood` gives it.
    """

    outcomes: Sequence[Outcome]
    several: Sequence[tuple[str, ...]]
    held: Sequence[Held]
    real: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Findings:
    """Of one model, beside the one in service where there is another.

    Attributes:
        made_at: UTC.
        groups: who wrote each held-out sentence (`evaluation.groups.GROUPS`).
        messages: with several requests, and look-alikes.
        written: the conversations.
        after, before: what this model and the one in service made of all that; `before` is None without one.
        in_service: the model that `before` is of, or that could not be loaded; None where nothing was published.
        not_compared: why there is no `before`: `none`, `same`, `broken`, `unloadable`; empty where there is one.
        differing: real customers' sentences on which both differ.
        real_read: how many real sentences both have read; None where there is no log.
        near: training sentences near each of `mistakes`; None without an encoder.
        points: of the curve of accuracy against data; empty where it was not drawn.
    """

    model: ModelInfo
    made_at: datetime
    groups: Sequence[str]
    messages: Sequence[SeveralRequests]
    written: Sequence[Written]
    after: Heard
    before: Optional[Heard]
    in_service: Optional[ModelInfo]
    not_compared: str
    limits: Limits
    differing: tuple[Differing, ...] = ()
    real_read: Optional[int] = None
    near: Optional[Sequence[Nearby]] = None
    points: Sequence[Point] = field(default_factory=tuple)

    @cached_property
    def figures(self) -> Mapping[str, Any]:
        """Of the model."""
        return figures_of(self.after, self.messages)

    @cached_property
    def figures_before(self) -> Optional[Mapping[str, Any]]:
        """Of the one in service."""
        return figures_of(self.before, self.messages) if self.before else None

    @property
    def mistakes(self) -> list[Outcome]:
        """Held-out sentences whose intent the model gets wrong, in order."""
        return mistakes_of(self.after.outcomes)

    @cached_property
    def comparison(self) -> Comparison:
        """Sentence by sentence; empty where nothing was compared."""
        return compare(self.before.outcomes, self.after.outcomes) if self.before else Comparison((), (), ())

    @cached_property
    def failed(self) -> tuple[Held, ...]:
        """Conversations that did not go as written, those apart of which that is known."""
        return tuple(held for one, held in self._conversations if not held.as_written and not one.known_failure)

    @cached_property
    def recovered(self) -> tuple[Held, ...]:
        """Conversations that go as written although they are marked as known not to."""
        return tuple(held for one, held in self._conversations if held.as_written and one.known_failure)

    @cached_property
    def held_otherwise(self) -> tuple[tuple[Held, Held], ...]:
        """Conversations that go another way with each model: in service, and now."""
        pairs = zip(self.before.held, self.after.held) if self.before else ()
        return tuple((before, after) for before, after in pairs if before.outcome != after.outcome)

    @property
    def _conversations(self) -> Iterator[tuple[Written, Held]]:
        return zip(self.written, self.after.held)


def mistakes_of(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Those whose intent is wrong."""
    return [one for one in outcomes if one.intent != one.wanted.intent]


def figures_of(heard: Heard, messages: Sequence[SeveralRequests]) -> dict[str, Any]:
    """The figures by name; shares from 0 to 1, None where there is nothing to divide by."""
    told = {name: figure for name, figure in headline(heard.outcomes).items() if name not in TIMES}
    error = expected_calibration_error(calibration(heard.outcomes))
    return {**told, CALIBRATION: error, **several_figures(messages, heard.several)}


def differing(
    asked: Sequence[tuple[str, int]], before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> tuple[Differing, ...]:
    """Of real sentences, those that both models understand differently: the most frequent first.

    Args:
        asked: each with how often it was written, personal data masked.
        before, after: what was understood of them.
    """
    pairs = [
        Differing(text, times, *_told(one), *_told(other))
        for (text, times), one, other in zip(asked, before, after)
        if _meant(one) != _meant(other)
    ]
    return tuple(sorted(pairs, key=lambda one: -one.times))


def verdict_on(findings: Findings, words: WordsOf) -> Verdict:
    """Whether the model may go into service, and why not."""
    reasons = tuple(_reasons(findings, words))
    return Verdict(
        model_sha256=findings.model.sha256,
        compared_sha256=findings.in_service.sha256 if findings.in_service and findings.before else None,
        made_at=findings.made_at,
        passed=not reasons,
        reasons=reasons,
        figures=findings.figures,
        compared_figures=findings.figures_before,
        better=len(findings.comparison.better),
        worse=len(findings.comparison.worse),
        conversations=len(findings.after.held),
        conversations_failed=tuple(held.name for held in findings.failed),
        differing=findings.differing,
    )


def _reasons(findings: Findings, words: WordsOf) -> Iterator[str]:
    if findings.failed:
        names = ", ".join(f"«{held.name}»" for held in findings.failed[:3])
        more = len(findings.failed) - 3
        listed = words.count("reason_and_more", more, listed=names) if more > 0 else names
        yield words.count("reason_conversations", len(findings.failed), listed=listed)
    for name in findings.recovered:
        yield words.say("reason_recovered", name=name.name)
    yield from _beyond_limits(findings, words)
    if findings.before:
        yield from _worse_than_before(findings, words)


def _beyond_limits(findings: Findings, words: WordsOf) -> Iterator[str]:
    limits = findings.limits
    for kind, shares in (("least", limits.least), ("most", limits.most)):
        for figure, limit in shares.items():
            value = findings.figures.get(figure)
            if value is not None and (value < limit if kind == "least" else value > limit):
                name = words.say(f"figure_{figure}")
                yield words.say(f"reason_{kind}", name=name, value=percent(value, 2), limit=percent(limit, 2))


def _worse_than_before(findings: Findings, words: WordsOf) -> Iterator[str]:
    count, comparison, limits = len(findings.after.outcomes), findings.comparison, findings.limits
    worse, better = len(comparison.worse), len(comparison.better)
    if worse > limits.most_worse * count:
        yield words.count("reason_worse", worse, all=count, limit=percent(limits.most_worse))
    if worse - better > limits.most_lost * count:
        gained = words.count("reason_gained", better) if better else words.say("reason_gained_none")
        yield words.count("reason_lost", worse, gained=gained, limit=percent(limits.most_lost))


def _meant(parsed: Mapping[str, Any]) -> tuple[str, tuple[tuple[Any, ...], ...]]:
    entities = sorted((one["entity"], one["start"], one["end"]) for one in parsed["entities"])
    return parsed["intent"]["name"], tuple(entities)


def _told(parsed: Mapping[str, Any]) -> tuple[str, float, tuple[str, ...]]:
    kinds = Counter(one["entity"] for one in parsed["entities"])
    return parsed["intent"]["name"], float(parsed["intent"]["confidence"]), tuple(sorted(kinds.elements()))
