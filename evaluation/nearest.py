"""Why a sentence was taken for something else: the training sentences of that intent that are nearest to it."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Optional, Sequence

import numpy as np

from components.encoder.sentence_encoder import SentenceEncoder, encoder_folder, load_encoder
from components.encoder.vector_cache import cached_vectors
from components.encoder.weights import EncoderUnavailable
from components.normalise import italian_words, written_out
from evaluation.figures import Outcome
from evaluation.labelled import Labelled

SHOWN_TAKEN, SHOWN_WANTED = 2, 1


@dataclass(frozen=True)
class Near:
    """A training sentence; `likeness` is the cosine of its vector and the other sentence's."""

    text: str
    likeness: float


@dataclass(frozen=True)
class Nearby:
    """Training sentences near one that was misunderstood, the nearest first.

    Attributes:
        taken: of the intent that it was taken for.
        wanted: of the right one.
    """

    taken: tuple[Near, ...]
    wanted: tuple[Near, ...]


def available_encoder() -> Optional[SentenceEncoder]:
    """The encoder of this computer; None where it cannot be used, as in understanding itself."""
    try:
        return load_encoder(encoder_folder())
    except EncoderUnavailable:
        return None


def nearby(mistakes: Sequence[Outcome], training: Sequence[Labelled], encoder: SentenceEncoder) -> list[Nearby]:
    """What lies near each of `mistakes`; what was understood of them is not what was wanted.

    Only training sentences of the intents that are in question get a vector, most of them from the disk.
    """
    intents = {name for one in mistakes for name in (one.intent, one.wanted.intent)}
    texts: dict[str, list[str]] = defaultdict(list)
    for sentence in training:
        if sentence.intent in intents:
            texts[sentence.intent].append(sentence.text)
    vectors = _Vectors(encoder, [text for some in texts.values() for text in some])
    return [
        Nearby(
            vectors.nearest(one.wanted.text, texts[one.intent], SHOWN_TAKEN),
            vectors.nearest(one.wanted.text, texts[one.wanted.intent], SHOWN_WANTED),
        )
        for one in mistakes
    ]


class _Vectors:
    """Vectors of training sentences, remembered on disk, and of others, made now."""

    def __init__(self, encoder: SentenceEncoder, training: Sequence[str]) -> None:
        self._encoder = encoder
        self._read = {text: written_out(text, italian_words()) for text in training}
        self._known = cached_vectors(encoder, list(self._read.values()))

    def nearest(self, text: str, among: Sequence[str], count: int) -> tuple[Near, ...]:
        if not among:
            return ()
        own = self._encoder.vector(written_out(text, italian_words()))
        likeness = np.stack([self._known[self._read[one]] for one in among]) @ own
        order = np.argsort(-likeness, kind="stable")[:count]
        return tuple(Near(among[place], float(likeness[place])) for place in order)
