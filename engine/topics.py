"""What people ask of shops, as topics: texts about the same topic are alike, whatever words they use.

Learnt by `python -m evaluation.topics` from thousands of ways to ask (`evaluation/ways_to_ask`): a softmax regression
over the vectors of the sentence encoder.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from components.shipped import read_shipped, write_shipped

FILE = Path(__file__).with_name("topics.npz")
ARRAYS = ("middle", "weights", "bias")


class TopicsUnreadable(Exception):
    """What was learnt is not there or is no such file."""


@dataclass(frozen=True)
class Topics:
    """What was learnt.

    Attributes:
        middle: `(384,)`, the mean vector of all ways to ask.
        weights: `(384, n_topics)`, of the centred vector.
        bias: `(n_topics,)`.
        source: SHA-256 of what it was learnt from.
    """

    middle: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    source: str

    @classmethod
    def load(cls, file: Path = FILE) -> "Topics":
        """Read what was learnt.

        Raises:
            TopicsUnreadable: the file is not there, or no such file.
        """
        arrays, source = read_shipped(file, TopicsUnreadable, ARRAYS)
        return cls(*(arrays[name] for name in ARRAYS), source)

    def write(self, file: Path) -> None:
        """Keep it, in half precision."""
        write_shipped(file, {name: getattr(self, name) for name in ARRAYS}, self.source)

    def centred(self, vectors: np.ndarray) -> np.ndarray:
        """`(n, 384)`: all vectors of the encoder point nearly the same way, what matters is where they differ."""
        return unit(vectors - self.middle)

    def likely(self, rows: np.ndarray) -> np.ndarray:
        """`(n, n_topics)`: how likely each text, as `centred` gives it, is about each topic; 1 in all."""
        scores = rows @ self.weights + self.bias
        likely = np.exp(scores - scores.max(axis=1, keepdims=True))
        return likely / likely.sum(axis=1, keepdims=True)


def unit(rows: np.ndarray) -> np.ndarray:
    """The same, of length 1."""
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)
