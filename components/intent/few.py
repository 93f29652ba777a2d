"""Softmax regression: better than support vectors where an intent has a handful of sentences only.

There the sentence vector says more than words do, and neighbours are too far away to be asked.

All intents are learnt together, so that what one of them lacks the others supply: most of all its kin. What tells
"alarm set" from all the rest is mostly what tells "alarm remove" too, and ten sentences for each are twenty about
alarms. Solved over the sentences instead of the features (there are fewer), it takes a second for a thousand sentences
and minutes for ten thousand.
"""

from typing import Optional

import numpy as np
import scipy.linalg
from scipy.optimize import minimize

from components.intent.calibration import softmax

FEW = 20  # sentences for an intent: below, softmax regression was better, above not (docs/nlu-figures.md)
MOST_AT_ONCE = 3000  # sentences that softmax regression takes on
MOST_STEPS = 60
JITTER = 1e-4  # keeps the products of sentences that are alike solvable


def are_few(n: int, n_intents: int) -> bool:
    """Whether `n` sentences are a handful for each of `n_intents`."""
    return n < min(FEW * n_intents, MOST_AT_ONCE)


def fit_few(
    products: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    simplicity: float,
    kinship: Optional[np.ndarray] = None,
) -> tuple[np.ndarray, np.ndarray]:
    """How much each sentence counts for each intent.

    Args:
        products: `(n, n)`, of each two sentences' features.
        labels: `(n,)`, from 0 on, none left out.
        weights: `(n,)`, how much is lost when a sentence is got wrong.
        simplicity: how much simple answers are preferred (the quadratic penalty).
        kinship: `(n_intents, n_intents)`, positive semidefinite, how much of what is learnt for one intent is expected
            of another; None where they have nothing in common.

    Returns:
        `(n, n_intents)`, and the bias `(n_intents,)`.
    """
    n, n_intents = len(labels), int(labels.max()) + 1
    truth = np.eye(n_intents)[labels]
    root = scipy.linalg.cholesky(products + JITTER * np.eye(n), lower=True)
    handed_on = scipy.linalg.cholesky(np.eye(n_intents) + (0 if kinship is None else kinship))

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        inner, bias = np.split(flat.reshape(n + 1, n_intents), [n])
        probable = softmax(root @ inner @ handed_on + bias, 1.0)
        surprise = -(weights * np.log(probable[np.arange(n), labels] + 1e-12)).sum()
        wrong = weights[:, np.newaxis] * (probable - truth)
        slope = np.vstack([root.T @ wrong @ handed_on.T + simplicity * inner, wrong.sum(axis=0)])
        return surprise + simplicity / 2 * np.square(inner).sum(), slope.ravel()

    start = np.zeros((n + 1) * n_intents)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": MOST_STEPS}).x
    inner, bias = np.split(found.reshape(n + 1, n_intents), [n])
    return scipy.linalg.solve_triangular(root.T, inner) @ handed_on, bias[0]
