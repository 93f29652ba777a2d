"""Vectors of texts that are asked for again and again: the shop's questions after one of them has changed."""

from typing import Callable, Sequence

import numpy as np

Encode = Callable[[Sequence[str]], np.ndarray]
"""Texts to `(n, 384)` float32, rows of length 1."""

MOST = 20_000  # texts; more than any shop's questions have


class RememberedVectors:
    """The same as `encode`, which is asked only for texts that are new."""

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        self._known: dict[str, np.ndarray] = {}

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """`(n, 384)` float32, for at least one text."""
        known = self._known if len(self._known) < MOST else {}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known = {**known, **dict(zip(new, self._encode(new)))}
            self._known = known  # whole at once: several threads may ask
        return np.stack([known[text] for text in texts])
