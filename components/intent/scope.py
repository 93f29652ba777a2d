"""Decides whether a message concerns the shop at all: learnt from sentences that do and sentences that do not.

The evidence is what the scores and the neighbours of a sentence say. How much each counts is learnt by a logistic
regression from sentences that were left out of training, those that do not concern the shop kind by kind, so that it
knows what a kind looks like that nobody wrote down. Where a refusal begins follows from the share of the shop's own
sentences that may be refused by mistake.
"""

from dataclasses import dataclass, replace
from typing import Optional

import numpy as np
from sklearn.linear_model import LogisticRegression

from components.intent.calibration import softmax


@dataclass(frozen=True)
class Evidence:
    """What speaks for and against.

    Attributes:
        names: of the columns.
        values: `(n, n_evidence)`, one row per sentence.
    """

    names: tuple[str, ...]
    values: np.ndarray


@dataclass(frozen=True)
class Scope:
    """What was learnt.

    Attributes:
        mean, scale, weights: `(n_evidence,)`.
        bias: of the regression.
        refuses_at: the probability from which on a message is refused.
    """

    mean: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    bias: float
    refuses_at: float

    def pushes(self, evidence: Evidence) -> np.ndarray:
        """`(n, n_evidence)`: how much each piece speaks for being outside (negative: against), in log odds."""
        return (evidence.values - self.mean) / self.scale * self.weights

    def probability(self, evidence: Evidence) -> np.ndarray:
        """`(n,)`: that the message does not concern the shop."""
        return 1 / (1 + np.exp(-(self.pushes(evidence).sum(axis=1) + self.bias)))


SCORES = ("share_outside", "score_outside", "best_inside", "second_inside")
NEARNESS = ("nearest_inside", "nearest_outside", "near_inside", "near_outside")


def evidence_of(
    scores: np.ndarray, temperature: float, outside: int, known: np.ndarray, near: Optional[np.ndarray]
) -> Evidence:
    """Of sentences with these scores.

    Args:
        scores: `(n, n_intents)`.
        outside: which of the intents is the one outside.
        known: `(n, n_blocks)`, pieces seen in training per character.
        near: from `Neighbours.evidence`; None without vectors.
    """
    share = softmax(scores, temperature)[:, outside]
    inside = np.sort(np.delete(scores, outside, axis=1), axis=1)
    second = inside[:, -2] if inside.shape[1] > 1 else inside[:, -1]
    columns = [np.log((share + 1e-4) / (1 - share + 1e-4)), scores[:, outside], inside[:, -1], second]
    names = [*SCORES, *(f"known_{number}" for number in range(known.shape[1]))]
    columns += list(known.T)
    if near is not None:
        names += NEARNESS
        columns += list(near.T)
    return Evidence(tuple(names), np.stack(columns, axis=1))


def learn_scope(evidence: Evidence, is_outside: np.ndarray, most_refused: float) -> Scope:
    """Learn from sentences that were left out of training.

    Args:
        is_outside: `(n,)`, whether the sentence really is; both kinds occur.
        most_refused: share of the sentences inside that may be refused.
    """
    mean, scale = evidence.values.mean(axis=0), evidence.values.std(axis=0)
    scale[scale < 1e-6] = 1.0
    regression = LogisticRegression(C=1.0, max_iter=1000).fit((evidence.values - mean) / scale, is_outside)
    learnt = Scope(mean, scale, regression.coef_[0], float(regression.intercept_[0]), 1.0)
    inside = learnt.probability(evidence)[~is_outside]
    return replace(learnt, refuses_at=min(float(np.quantile(inside, 1 - most_refused)), 0.5))
