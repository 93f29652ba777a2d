"""One linear support vector machine for each intent: the scores from which confidences are made."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from sklearn.svm import LinearSVC

from components.intent.blocks import Rows, Sentence

TOLERANCE = 1e-2  # of the solver; a hundred times finer gives the same answers in twice the time
NEVER = -1.0  # the score of an intent without a sentence


@dataclass(frozen=True)
class LinearScores:
    """A score per intent, linear in the features.

    Attributes:
        counts: `(counted columns, n_intents)` float32.
        vectors: `(columns of vectors, n_intents)` float32.
        bias: `(n_intents,)` float32.
    """

    counts: np.ndarray
    vectors: np.ndarray
    bias: np.ndarray

    def of(self, sentence: Sentence) -> np.ndarray:
        """`(n_intents,)`."""
        counted = np.add.reduce(self.counts[sentence.columns] * sentence.values[:, np.newaxis], axis=0)
        return counted + sentence.vector @ self.vectors + self.bias

    def of_all(self, rows: Rows) -> np.ndarray:
        """`(n, n_intents)`."""
        return rows.counts @ self.counts + rows.vectors @ self.vectors + self.bias


def fit(rows: Rows, labels: np.ndarray, n_intents: int, closeness: float, seed: int) -> LinearScores:
    """Learn from sentences.

    Args:
        labels: `(n,)`, numbers of intents; not each of the `n_intents` needs a sentence.
        closeness: how closely the sentences are followed (`C`).
    """
    n_counted = rows.counts.shape[1]
    weights = np.zeros((n_counted + rows.vectors.shape[1], n_intents), np.float32)
    bias = np.full(n_intents, NEVER, np.float32)
    present = np.unique(labels)
    if len(present) == 1:
        bias[present] = 1.0
    else:
        features = sparse.hstack([rows.counts, sparse.csr_matrix(rows.vectors)], format="csr")
        machine = LinearSVC(C=closeness, tol=TOLERANCE, random_state=seed).fit(features, labels)
        coefficients, intercepts = machine.coef_, machine.intercept_
        if len(present) == 2:  # of two, scikit-learn keeps the second only
            coefficients, intercepts = np.vstack([-coefficients, coefficients]), np.r_[-intercepts, intercepts]
        weights[:, present], bias[present] = coefficients.T, intercepts
    return LinearScores(weights[:n_counted], weights[n_counted:], bias)
