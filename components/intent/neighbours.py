"""The training sentences nearest to a sentence: what they mean is a vote, how near they are says whether it is foreign.

A support vector machine draws one straight border around each intent. What is said in one way here and in quite
another there, a few sentences that are very much alike tell better.
"""

from dataclasses import dataclass
from typing import Iterator

import numpy as np
import scipy.sparse as sparse

from components.intent.blocks import Rows, Sentence
from components.intent.calibration import softmax
from components.intent.few import are_few

FARTHEST = -1.0  # cosine of the neighbour that does not exist
NEAR = 3  # of whose nearness a mean is taken
VOTERS = 8  # cross-validation, docs/nlu-figures.md, as `VOTE`
VOTE = 0.5  # of all voters together, in scores
AT_ONCE = 500  # sentences compared with all others


@dataclass(frozen=True)
class Neighbours:
    """The training sentences, weighted.

    Attributes:
        counts: `(n, counted columns)` csc float32.
        vectors: `(n, columns of vectors)` float32; the last `width` columns, of one length, are the sentence vectors.
        width: see there.
        intents: `(n,)`, what each means.
        count: how many intents there are.
        outside: number of the intent of those that do not concern the shop, or -1.
    """

    counts: sparse.csc_matrix
    vectors: np.ndarray
    width: int
    intents: np.ndarray
    count: int
    outside: int

    def evidence(self, vectors: np.ndarray) -> np.ndarray:
        """`(n, 4)`: cosine to the nearest sentence inside and outside, then the mean of the nearest three of each.

        Args:
            vectors: `(n, columns of vectors)`.
        """
        own, is_outside = self.vectors[:, -self.width :], self.intents == self.outside
        cosines = vectors[:, -self.width :] @ own.T / float(np.square(own[0]).sum())
        nearest = [_nearest(cosines[:, side]) for side in (~is_outside, is_outside)]
        return np.stack([*(n[:, 0] for n in nearest), *(n.mean(axis=1) for n in nearest)], axis=1)

    def votes(self, rows: Rows) -> np.ndarray:
        """`(n, n_intents)`, what the nearest sentences add to the scores; nothing where there are few of them."""
        if self._are_few:
            return np.zeros((len(rows.vectors), self.count), np.float32)
        return np.vstack([np.zeros((0, self.count), np.float32), *self._votes(rows)])

    def votes_on(self, sentence: Sentence) -> np.ndarray:
        """`(n_intents,)`, the same of one sentence."""
        if self._are_few:
            return np.zeros(self.count, np.float32)
        starts, ends = self.counts.indptr[sentence.columns], self.counts.indptr[sentence.columns + 1]
        lengths = ends - starts
        places = np.arange(lengths.sum()) + np.repeat(starts - np.r_[0, np.cumsum(lengths)[:-1]], lengths)
        weights = self.counts.data[places] * np.repeat(sentence.values, lengths)
        counted = np.bincount(self.counts.indices[places], weights, minlength=len(self.intents))
        return self._of_products((counted + self.vectors @ sentence.vector)[np.newaxis])[0]

    @property
    def _are_few(self) -> bool:
        return are_few(len(self.intents), self.count)

    def _votes(self, rows: Rows) -> Iterator[np.ndarray]:
        for first in range(0, len(rows.vectors), AT_ONCE):
            some = slice(first, first + AT_ONCE)
            counted = (rows.counts[some] @ self.counts.T).toarray()
            yield self._of_products(counted + rows.vectors[some] @ self.vectors.T)

    def _of_products(self, products: np.ndarray) -> np.ndarray:
        """Of `(n, n_training)` products, `(n, n_intents)`."""
        voters = min(VOTERS, products.shape[1])
        which = np.argpartition(-products, voters - 1, axis=1)[:, :voters]
        weights = VOTE * softmax(np.take_along_axis(products, which, axis=1), 1.0)
        votes = np.zeros((len(products), self.count), np.float32)
        np.add.at(votes, (np.arange(len(products))[:, np.newaxis], self.intents[which]), weights)
        return votes


def _nearest(cosines: np.ndarray) -> np.ndarray:
    """`(n, at most NEAR)`, the largest first."""
    if not cosines.shape[1]:
        return np.full((len(cosines), 1), FARTHEST, np.float32)
    count = min(NEAR, cosines.shape[1])
    return -np.sort(-np.partition(cosines, -count, axis=1)[:, -count:], axis=1)
