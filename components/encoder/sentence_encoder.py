"""Makes a sentence's vector: sentences that mean the same, in any words, have vectors that point the same way."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Optional, Sequence

import numpy as np

from base.settings import var_folder
from components.encoder.adapter import Adapter
from components.encoder.weights import EncoderUnavailable, Weights, installed_source

if TYPE_CHECKING:
    from components.encoder.pieces import Pieces

WIDTH = 384
BEFORE_TEXT = 4  # pieces: the start, and the prefix "query: "

Network = Callable[[np.ndarray], np.ndarray]


class SentenceEncoder:
    """Any text to its vector. May be used by several threads at once.

    Attributes:
        folder: what was prepared for it; its name changes whenever vectors would.
    """

    def __init__(self, folder: Path, weights: Weights, pieces: "Pieces", network: Network) -> None:
        self.folder, self._weights, self._pieces, self._network = folder, weights, pieces, network

    def vector(self, text: str) -> np.ndarray:
        """`(384,)` float32 of length 1, for any string; the same text always has the same vector."""
        return self._network(self._weights.embedded(self._pieces.numbers(text)))

    def mean_of_words(self, text: str) -> np.ndarray:
        """`(384,)` float32: the mean of the text's pieces as the network reads them; zeros where there is none."""
        own = self._pieces.numbers(text)[BEFORE_TEXT:-1]
        return self._weights.embedded(own).mean(axis=0) if len(own) else np.zeros(WIDTH, np.float32)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """`(n_texts, 384)` float32, rows of length 1, on all cores; no text gives `(0, 384)`.

        One text at a time, never padded together: activations have one scale per text, and a vector that depended on
        its neighbours would differ between training and conversation. Padding would be a third faster on one core.
        """
        if not texts:
            return np.zeros((0, WIDTH), np.float32)
        with ThreadPoolExecutor(os.cpu_count(), "sentence-encoder") as pool:
            return np.stack(list(pool.map(self.vector, texts)))


def encoder_folder() -> Path:
    """Where everything of the encoder is kept."""
    return var_folder() / "encoder"


@lru_cache(maxsize=2)
def load_encoder(parent: Path) -> SentenceEncoder:
    """The encoder, one for the whole process; made ready in a folder below `parent` the first time on a computer.

    Raises:
        EncoderUnavailable: it cannot be used here; the message says why, in a few words.
    """
    return open_encoder(parent)


@lru_cache(maxsize=1)
def load_question_encoder(parent: Path) -> SentenceEncoder:
    """Likewise the encoder that was adapted to what people ask of shops (`adapter.py`).

    Raises:
        EncoderUnavailable: it cannot be used here.
        AdapterUnreadable: what was learnt is not there.
    """
    return open_encoder(parent, Adapter.load())


def open_encoder(parent: Path, adapter: Optional[Adapter] = None) -> SentenceEncoder:
    """An encoder of its own, changed by `adapter`.

    Raises:
        EncoderUnavailable: it cannot be used here.
    """
    source = installed_source()
    try:
        from components.encoder.pieces import Pieces
        from components.encoder.prepared import GRAPH_FILE, prepared
        from components.encoder.session import open_network
    except ImportError as error:
        raise EncoderUnavailable(f"the package {error.name or error} cannot be loaded") from error
    folder, weights = prepared(source, parent, adapter), Weights(source.path)
    return SentenceEncoder(folder, weights, Pieces(weights, folder), open_network(folder / GRAPH_FILE))
