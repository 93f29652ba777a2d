"""Which sentences are left out together in cross-validation.

Sentences of an intent are dealt out evenly. Those that do not concern the shop are left out kind by kind instead, where
vectors tell the kinds apart: what customers will ask beside the shop's matters is of kinds that nobody wrote down.
"""

from typing import Iterator

import numpy as np
from sklearn.cluster import KMeans
from sklearn.model_selection import StratifiedKFold

KINDS_PER_FOLD = 3

Fold = tuple[np.ndarray, np.ndarray]


def folds(labels: np.ndarray, n_folds: int, seed: int) -> Iterator[Fold]:
    """`(train, left out)`, numbers of sentences; nothing when no intent has two sentences."""
    n_folds = min(n_folds, int(np.bincount(labels).max()))
    if n_folds < 2:
        return
    yield from StratifiedKFold(n_folds, shuffle=True, random_state=seed).split(np.zeros(len(labels)), labels)


def folds_by_kind(labels: np.ndarray, outside: int, vectors: np.ndarray, n_folds: int, seed: int) -> Iterator[Fold]:
    """As `folds`, with the sentences of the intent `outside` left out by kind.

    Args:
        outside: number of the intent; -1 when there is none.
        vectors: `(n, width)`, weighted; `(n, 0)` when kinds are not told apart.
    """
    of = np.full(len(labels), -1)
    for number, (_, left_out) in enumerate(folds(labels, n_folds, seed)):
        of[left_out] = number
    members = np.flatnonzero(labels == outside)
    if vectors.shape[1] and len(members) >= 2 * KINDS_PER_FOLD * n_folds:
        kinds = KMeans(KINDS_PER_FOLD * n_folds, n_init=1, random_state=seed).fit_predict(vectors[members])
        of[members] = _dealt(kinds, n_folds)
    for number in range(of.max() + 1):
        yield np.flatnonzero(of != number), np.flatnonzero(of == number)


def _dealt(kinds: np.ndarray, n_folds: int) -> np.ndarray:
    """The fold of each sentence: kinds whole, the largest first, each to the fold that has fewest sentences."""
    sizes, dealt = np.zeros(n_folds, int), np.zeros(len(kinds), int)
    found, counts = np.unique(kinds, return_counts=True)
    for kind in found[np.argsort(-counts, kind="stable")]:
        least = int(np.argmin(sizes))
        dealt[kinds == kind] = least
        sizes[least] += int((kinds == kind).sum())
    return dealt
