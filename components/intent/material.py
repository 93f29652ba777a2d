"""What a stage learns from, the featurizers' blocks and what sentences mean, and what it knows afterwards."""

from dataclasses import dataclass, replace
from typing import Optional, Sequence

import numpy as np
import scipy.sparse as sparse

from components.intent.blocks import Block, Raw, Rows, block_of, weighted
from components.intent.linear import LinearScores, fit
from components.intent.neighbours import Neighbours

CHEAP_DIRECTIONS, VECTOR_DIRECTIONS = 128, 384  # of blocks of vectors; docs/nlu-figures.md


@dataclass(frozen=True)
class Labels:
    """What the training sentences mean.

    Attributes:
        numbers: `(n,)`, the intent of each.
        count: how many intents there are.
        outside: number of the intent of sentences that do not concern the shop, or -1.
    """

    numbers: np.ndarray
    count: int
    outside: int

    def of(self, which: np.ndarray) -> "Labels":
        """Those of some sentences."""
        return replace(self, numbers=self.numbers[which])


@dataclass(frozen=True)
class Material:
    """What one stage learns from.

    Attributes:
        raw: a block per featurizer.
        shares: of each block.
        characters: `(n,)`, of each sentence.
        closeness: how closely sentences are followed (`C`).
        seed: of the solver.
        has_meaning: whether the last block is the sentence vector, in which neighbours are looked for.
        names: sentence vectors of the intents' names, `(n_intents, width)`, or None.
    """

    raw: Sequence[Raw]
    shares: Sequence[float]
    characters: np.ndarray
    closeness: float
    seed: int
    has_meaning: bool = False
    names: Optional[np.ndarray] = None

    def of(self, which: np.ndarray) -> "Material":
        """The same of some sentences."""
        return replace(self, raw=[block[which] for block in self.raw], characters=self.characters[which])

    def blocks(self) -> tuple[Block, ...]:
        """The weights that these sentences give."""
        last = len(self.raw) - 1 if self.has_meaning else -1
        return tuple(
            block_of(raw, share, VECTOR_DIRECTIONS if number == last else CHEAP_DIRECTIONS)
            for number, (raw, share) in enumerate(zip(self.raw, self.shares))
        )

    def rows(self, blocks: Sequence[Block]) -> Rows:
        """The sentences, weighted."""
        return weighted(self.raw, blocks, self.characters)


@dataclass(frozen=True)
class Learnt:
    """What a stage knows of its sentences without having been tried on others.

    Attributes:
        neighbours: None where there are no sentence vectors.
    """

    blocks: tuple[Block, ...]
    scores: LinearScores
    neighbours: Optional[Neighbours]

    def scores_of(self, rows: Rows) -> np.ndarray:
        """`(n, n_intents)`, the neighbours' votes among them."""
        scores = self.scores.of_all(rows)
        return scores + self.neighbours.votes(rows) if self.neighbours else scores


def learnt(material: Material, labels: Labels) -> Learnt:
    """Learn from all sentences of `material`."""
    blocks = material.blocks()
    rows = material.rows(blocks)
    names = _names(material.names, blocks)
    scores = fit(rows, labels.numbers, labels.count, material.closeness, material.seed, names)
    neighbours = None
    if material.has_meaning:
        width = blocks[-1].directions.shape[1]
        numbers, counts = labels.numbers, rows.counts.tocsc()
        neighbours = Neighbours(counts, rows.vectors, width, numbers, labels.count, labels.outside)
    return Learnt(blocks, scores, neighbours)


def _names(names: Optional[np.ndarray], blocks: Sequence[Block]) -> Optional[Rows]:
    """The intents' names as sentences of which only the sentence vectors are looked at, from their own mean."""
    if names is None:
        return None
    n, last = len(names), replace(blocks[-1], mean=names.mean(axis=0))
    counted = sum(len(block.idf) for block in blocks if block.idf is not None)
    others = sum(block.directions.shape[1] for block in blocks[:-1] if block.directions is not None)
    meant = weighted([names], [last], np.zeros(n)).vectors
    vectors = np.hstack([np.zeros((n, others), np.float32), meant])
    return Rows(sparse.csr_matrix((n, counted), dtype=np.float32), vectors, np.zeros((n, 0)))
