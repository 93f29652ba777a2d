"""One stage of the classifier: from features to confidences, with the decision whether a message concerns the shop."""

from dataclasses import dataclass
from typing import Optional, Sequence

import numpy as np

from components.intent.blocks import Block, Raw, Sentence, weighted_sentence
from components.intent.calibration import softmax
from components.intent.linear import LinearScores
from components.intent.neighbours import Neighbours
from components.intent.scope import Evidence, Scope, evidence_of


@dataclass(frozen=True)
class Verdict:
    """What a stage makes of one message.

    Attributes:
        confidences: `(n_intents,)`, they sum to 1.
        best: number of the intent decided for. It has not always the highest confidence: a refusal may begin below.
        margin: how far the score of the best intent lies above the next; negative when it is not the highest.
        outside: probability that the message does not concern the shop; None when that was not learnt.
        reasons: what speaks for being outside, and how much in log odds, the strongest first.
    """

    confidences: np.ndarray
    best: int
    margin: float
    outside: Optional[float]
    reasons: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Stage:
    """What was learnt from one set of featurizers.

    Attributes:
        blocks: of its featurizers, in the pipeline's order.
        temperature: of the softmax; lower is more certain.
        outside: number of the intent of messages that do not concern the shop, -1 when there is none.
        scope: what decides whether they do; None when there was nothing to learn it from.
        neighbours: None without vectors.
    """

    blocks: tuple[Block, ...]
    scores: LinearScores
    temperature: float
    outside: int
    scope: Optional[Scope]
    neighbours: Optional[Neighbours]

    def verdict(self, raw: Sequence[Raw], characters: int) -> Verdict:
        """Of the message with these features, one row per block."""
        sentence = weighted_sentence(raw, self.blocks, characters)
        scores = self._scores(sentence)[np.newaxis]
        confidences = softmax(scores, self.temperature)
        if self.scope is None:
            best = confidences.argmax(axis=1)
            return Verdict(confidences[0], int(best[0]), float(margins(scores, best)[0]), None, ())
        near = self.neighbours.evidence(sentence.vector[np.newaxis]) if self.neighbours else None
        evidence = evidence_of(scores, self.temperature, self.outside, np.array([sentence.known]), near)
        outside = self.scope.probability(evidence)
        confidences = with_outside(confidences, self.outside, outside)
        best = decided(confidences, self.outside, outside, self.scope.refuses_at)
        margin = float(margins(scores, best)[0])
        return Verdict(confidences[0], int(best[0]), margin, float(outside[0]), self._reasons(evidence))

    def _scores(self, sentence: Sentence) -> np.ndarray:
        """`(n_intents,)`."""
        scores = self.scores.of(sentence)
        return scores + self.neighbours.votes_on(sentence) if self.neighbours else scores

    def _reasons(self, evidence: Evidence) -> tuple[tuple[str, float], ...]:
        pushes = self.scope.pushes(evidence)[0]
        return tuple((evidence.names[i], float(pushes[i])) for i in np.argsort(-np.abs(pushes), kind="stable"))


def with_outside(confidences: np.ndarray, outside: int, probability: np.ndarray) -> np.ndarray:
    """`(n, n_intents)` confidences in which the intent `outside` has this probability `(n,)`."""
    rest = 1 - confidences[:, outside]
    changed = confidences * ((1 - probability) / np.maximum(rest, 1e-12))[:, np.newaxis]
    changed[:, outside] = probability
    return changed / changed.sum(axis=1, keepdims=True)


def decided(confidences: np.ndarray, outside: int, probability: np.ndarray, refuses_at: float) -> np.ndarray:
    """`(n,)`, the number of the intent decided for."""
    inside = confidences.copy()
    inside[:, outside] = -1.0
    return np.where(probability >= refuses_at, outside, inside.argmax(axis=1))


def margins(scores: np.ndarray, decisions: np.ndarray) -> np.ndarray:
    """`(n,)`, how far the score of the intent decided for lies above the highest of the others."""
    rows = np.arange(len(scores))
    others = scores.copy()
    others[rows, decisions] = -np.inf
    return scores[rows, decisions] - others.max(axis=1)
