"""What only sentences left out of training tell: how sure to be, what is foreign to the shop, which stage decides."""

from dataclasses import dataclass
from typing import Optional, Sequence

import numpy as np

from components.intent.calibration import best_temperature, softmax
from components.intent.folds import Fold
from components.intent.material import Labels, Material, learnt
from components.intent.scope import Scope, evidence_of, learn_scope
from components.intent.stage import decided, margins, with_outside

NEVER_SURE = float("inf")
LEAST_OUTSIDE = 10  # sentences, below which nothing can be learnt about those that do not concern the shop


@dataclass(frozen=True)
class LeftOut:
    """What a stage made of training sentences that it had not learnt from.

    Attributes:
        which: `(n,)`, numbers of these sentences; not all when they were too few for cross-validation.
        scores: `(n, n_intents)`.
        known: `(n, n_blocks)`, see `Rows`.
        near: `(n, …)`, from `Neighbours.evidence`, or None.
    """

    which: np.ndarray
    scores: np.ndarray
    known: np.ndarray
    near: Optional[np.ndarray]


@dataclass(frozen=True)
class StageFindings:
    """Of one stage: see `Stage`."""

    temperature: float
    scope: Optional[Scope]


@dataclass(frozen=True)
class Findings:
    """Of both stages.

    Attributes:
        second: None when there were no vectors to learn from.
        sure_from: see `TwoStages`.
    """

    first: StageFindings
    second: Optional[StageFindings]
    sure_from: float


def tried(material: Material, labels: Labels, fold: Fold) -> LeftOut:
    """What a stage that learnt from a part of the sentences makes of the others."""
    train, left_out = fold
    known = learnt(material.of(train), labels.of(train))
    unseen = material.of(left_out).rows(known.blocks)
    near = known.neighbours.evidence(unseen.vectors) if known.neighbours and labels.outside >= 0 else None
    return LeftOut(left_out, known.scores_of(unseen), unseen.known, near)


def together(parts: Sequence[LeftOut], labels: Labels) -> LeftOut:
    """All folds."""
    if not parts:
        return LeftOut(np.zeros(0, int), np.zeros((0, labels.count)), np.zeros((0, 0)), None)
    near = [part.near for part in parts if part.near is not None]
    return LeftOut(
        np.concatenate([part.which for part in parts]),
        np.vstack([part.scores for part in parts]),
        np.vstack([part.known for part in parts]),
        np.vstack(near) if near else None,
    )


def found(
    before: LeftOut, after: Optional[LeftOut], labels: Labels, most_refused: float, agreement: float, harder: float
) -> Findings:
    """What the sentences left out say.

    Args:
        before, after: what the first and the second stage made of them; no `after` without a second stage.
        most_refused, agreement, harder: see `components.intent.learning.Settings`.
    """
    first = _of_stage(before, labels, most_refused, harder)
    if after is None:
        return Findings(first, None, NEVER_SURE)
    second = _of_stage(after, labels, most_refused, harder)
    decisions = _decisions(first, before, labels)
    agree = decisions == _decisions(second, after, labels)
    return Findings(first, second, _sure_from(margins(before.scores, decisions), agree, agreement))


def _of_stage(left_out: LeftOut, labels: Labels, most_refused: float, harder: float) -> StageFindings:
    temperature = best_temperature(left_out.scores, labels.numbers[left_out.which]) * harder
    return StageFindings(temperature, _scope(left_out, labels, temperature, most_refused))


def _scope(left_out: LeftOut, labels: Labels, temperature: float, most_refused: float) -> Optional[Scope]:
    is_outside = labels.numbers[left_out.which] == labels.outside
    if (
        labels.outside < 0
        or labels.count < 2
        or not LEAST_OUTSIDE <= is_outside.sum() <= len(is_outside) - LEAST_OUTSIDE
    ):
        return None
    evidence = evidence_of(left_out.scores, temperature, labels.outside, left_out.known, left_out.near)
    return learn_scope(evidence, is_outside, most_refused)


def _decisions(stage: StageFindings, left_out: LeftOut, labels: Labels) -> np.ndarray:
    """`(n,)`, the intent that the stage decides for in each of these sentences."""
    confidences = softmax(left_out.scores, stage.temperature)
    if stage.scope is None:
        return confidences.argmax(axis=1)
    evidence = evidence_of(left_out.scores, stage.temperature, labels.outside, left_out.known, left_out.near)
    probability = stage.scope.probability(evidence)
    confidences = with_outside(confidences, labels.outside, probability)
    return decided(confidences, labels.outside, probability, stage.scope.refuses_at)


def _sure_from(margin: np.ndarray, agree: np.ndarray, agreement: float) -> float:
    """The smallest margin above which the stages agree often enough; infinite when there is none."""
    order = np.argsort(-margin, kind="stable")
    share = np.cumsum(agree[order]) / np.arange(1, len(agree) + 1)
    enough = np.flatnonzero(share >= agreement)
    return float(margin[order[enough[-1]]]) if len(enough) else NEVER_SURE
