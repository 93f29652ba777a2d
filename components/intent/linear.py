"""Scores from which confidences are made, linear in the features: one support vector machine for each intent.

Where an intent has few sentences, softmax regression is better (`few.py`), and an intent's name is worth an example:
"alarm set" says something of a sentence about alarms that ten examples do not. Names also tell which intents are kin
(`few.py`).
"""

from dataclasses import dataclass
from typing import Optional

import numpy as np
import scipy.sparse as sparse
from sklearn.svm import LinearSVC

from components.intent.blocks import Rows, Sentence, of_length
from components.intent.few import are_few, fit_few

TOLERANCE = 1e-2  # of the solver; a hundred times finer gives the same answers in twice the time
NEVER = -1.0  # the score of an intent without a sentence
SIMPLICITY = 0.5
NAME_WEIGHT = 2.0  # of an intent's name, in sentences
KINSHIP = 2.0  # of two intents with the same name, beside 1.0 that an intent has for itself; docs/nlu-figures.md


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


def fit(
    rows: Rows, labels: np.ndarray, n_intents: int, closeness: float, seed: int, names: Optional[Rows] = None
) -> LinearScores:
    """Learn from sentences.

    Args:
        labels: `(n,)`, numbers of intents; not each of the `n_intents` needs a sentence.
        closeness: how closely the sentences are followed (`C`) where there are many.
        names: the names of the `n_intents`, in order, as if they were sentences; None where they have no vectors.
    """
    if are_few(len(labels), n_intents):
        return _softmax_regression(rows, labels, n_intents, names)
    return _support_vectors(rows, labels, n_intents, closeness, seed)


def _support_vectors(rows: Rows, labels: np.ndarray, n_intents: int, closeness: float, seed: int) -> LinearScores:
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


def _softmax_regression(rows: Rows, labels: np.ndarray, n_intents: int, names: Optional[Rows]) -> LinearScores:
    counts, vectors, importance, kinship = rows.counts, rows.vectors, np.ones(len(labels)), None
    if names:
        directions = of_length(names.vectors, 1.0)
        kinship = KINSHIP * directions @ directions.T
        counts = sparse.vstack([counts, names.counts], format="csr")
        vectors = np.vstack([vectors, names.vectors])
        importance = np.r_[importance, np.full(n_intents, NAME_WEIGHT)]
        labels = np.r_[labels, np.arange(n_intents)]
    present, numbers = np.unique(labels, return_inverse=True)
    products = (counts @ counts.T).toarray() + vectors @ vectors.T
    shares, present_bias = fit_few(products, numbers, importance, SIMPLICITY, kinship)
    counted = np.zeros((counts.shape[1], n_intents), np.float32)
    dense = np.zeros((vectors.shape[1], n_intents), np.float32)
    bias = np.full(n_intents, present_bias.min() + NEVER / SIMPLICITY, np.float32)
    counted[:, present], dense[:, present], bias[present] = counts.T @ shares, vectors.T @ shares, present_bias
    return LinearScores(counted, dense, bias)
