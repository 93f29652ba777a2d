"""Features as numbers a linear model can add: each featurizer's columns weighted, and brought to one length.

A block is one featurizer's part of a sentence. Counts are weighted by how rare a piece is (tf-idf); vectors are taken
from their mean, because all vectors of the encoder point nearly the same way. Then a block's row has the length that
the block's share gives it, so that no featurizer drowns the others. Pieces never seen in training count for nothing,
not even in the length of the row.
"""

from dataclasses import dataclass
from typing import Optional, Sequence, Union

import numpy as np
import scipy.sparse as sparse

Raw = Union[sparse.csr_matrix, np.ndarray]


@dataclass(frozen=True)
class Block:
    """How one featurizer's columns are weighted.

    Attributes:
        idf: `(width,)` float32 of a block of counts, 0 where the piece was not seen in training; or `None`.
        mean: `(width,)` float32 of a block of vectors; or `None`.
        directions: `(width, n)` float32, orthogonal, those in which the training sentences' vectors differ most: a
            block of vectors has only these as its columns.
        share: of the block in the product of two sentences that are alike.
    """

    idf: Optional[np.ndarray] = None
    mean: Optional[np.ndarray] = None
    directions: Optional[np.ndarray] = None
    share: float = 1.0

    @property
    def length(self) -> float:
        """Of every row that holds anything."""
        return self.share**0.5


@dataclass(frozen=True)
class Sentence:
    """What is known of one sentence.

    Attributes:
        columns, values: of the blocks of counts side by side, weighted.
        vector: `(n,)` of the blocks of vectors side by side, weighted; empty where there is none.
        known: for each block of counts, how many pieces were seen in training, per character.
    """

    columns: np.ndarray
    values: np.ndarray
    vector: np.ndarray
    known: tuple[float, ...]


@dataclass(frozen=True)
class Rows:
    """Many sentences.

    Attributes:
        counts: `(n, counted columns)` csr float32, weighted.
        vectors: `(n, columns of vectors)` float32, weighted; `(n, 0)` without a block of vectors.
        known: `(n, n_blocks of counts)`, pieces seen in training per character.
    """

    counts: sparse.csr_matrix
    vectors: np.ndarray
    known: np.ndarray


def block_of(raw: Raw, share: float = 1.0, most_directions: int = 0) -> Block:
    """The weights that `raw`, a block of the training sentences, gives.

    Args:
        most_directions: of a block of vectors; 0 for all there are.
    """
    if not sparse.issparse(raw):
        vectors = np.asarray(raw, np.float32)
        mean = vectors.mean(axis=0)
        return Block(mean=mean, directions=_directions(vectors - mean, most_directions), share=share)
    seen = np.bincount(raw.indices, minlength=raw.shape[1])
    idf = np.log((1 + raw.shape[0]) / (1 + seen)) + 1
    return Block(idf=np.where(seen > 0, idf, 0.0).astype(np.float32), share=share)


def _directions(centred: np.ndarray, most: int) -> np.ndarray:
    """Eigenvectors of the scatter of rows of length 1, `(width, at most most)`."""
    rows = of_length(centred, 1.0)
    _, found = np.linalg.eigh(rows.T @ rows)
    return np.ascontiguousarray(found[:, -most:] if most else found, np.float32)


def weighted(raw: Sequence[Raw], blocks: Sequence[Block], characters: np.ndarray) -> Rows:
    """All blocks of many sentences, weighted; `characters` `(n,)` is how many each sentence has."""
    n = len(characters)
    counts, vectors = [sparse.csr_matrix((n, 0), dtype=np.float32)], [np.zeros((n, 0), np.float32)]
    known = [np.zeros((n, 0))]
    for block, given in zip(blocks, raw):
        if block.mean is not None:
            vectors.append(_scaled_vectors(np.asarray(given, np.float32), block))
            continue
        rows = given.astype(np.float32)
        row_of = np.repeat(np.arange(n), np.diff(rows.indptr))
        known.append((_known(rows.data, rows.indices, row_of, n, block) / np.maximum(characters, 1))[:, np.newaxis])
        rows.data = _weighted_counts(rows.data, rows.indices, row_of, n, block)
        counts.append(rows)
    return Rows(sparse.hstack(counts, format="csr"), np.hstack(vectors), np.hstack(known))


def weighted_sentence(raw: Sequence[Raw], blocks: Sequence[Block], characters: int) -> Sentence:
    """What `weighted` makes of one sentence; without matrices it takes a tenth of the time."""
    columns, values, vectors, known, before = [], [], [np.zeros(0, np.float32)], [], 0
    for block, row in zip(blocks, raw):
        if block.mean is not None:
            vectors.append(_scaled_vectors(np.asarray(row, np.float32).reshape(1, -1), block)[0])
            continue
        found, counted = row.indices, row.data.astype(np.float32)
        row_of = np.zeros_like(found)
        columns.append(found + before)
        values.append(_weighted_counts(counted, found, row_of, 1, block))
        known.append(float(_known(counted, found, row_of, 1, block)[0]) / max(characters, 1))
        before += len(block.idf)
    return Sentence(np.concatenate(columns), np.concatenate(values), np.concatenate(vectors), tuple(known))


def _scaled_vectors(vectors: np.ndarray, block: Block) -> np.ndarray:
    return of_length((vectors - block.mean) @ block.directions, block.length)


def of_length(rows: np.ndarray, length: float) -> np.ndarray:
    """Rows brought to this length; one of zeros stays so."""
    return rows * (length / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)).astype(np.float32)


def _weighted_counts(
    counts: np.ndarray, columns: np.ndarray, row_of: np.ndarray, n_rows: int, block: Block
) -> np.ndarray:
    """The values of one block, `(n_values,)` float32, in rows of the block's length (or 0 when nothing is known)."""
    values = (1 + np.log(counts)) * block.idf[columns]
    lengths = np.sqrt(np.bincount(row_of, weights=values**2, minlength=n_rows))
    return (values * (block.length / np.maximum(lengths, 1e-12))[row_of]).astype(np.float32)


def _known(counts: np.ndarray, columns: np.ndarray, row_of: np.ndarray, n_rows: int, block: Block) -> np.ndarray:
    return np.bincount(row_of, weights=counts * (block.idf[columns] > 0), minlength=n_rows)
