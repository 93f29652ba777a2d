"""Trains the tagger's conditional random field: no Rasa, so that a process of its own can do it."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable, Optional, Sequence

from components.found import Found
from components.remembered import Remembered, key_of
from components.tag_features import Features, features_of
from components.words import Token, Word

OUTSIDE = "O"
BETWEEN_TOKENS, BETWEEN_FEATURES = "\x1e", "\x1f"  # never in a feature: folding leaves out what is no sign


@dataclass(frozen=True)
class Sentence:
    """A training sentence: what features are made of (see `features_of`), and a tag for each word, one at least."""

    text: str
    words: tuple[Word, ...]
    taken: tuple[Found, ...]
    telling: bool
    tags: list[str]

    def key(self) -> bytes:
        """Of everything that features are made of."""
        return key_of((self.text, self.words, self.taken, self.telling))

    def features(self) -> bytes:
        """Packed."""
        return packed(features_of(self.words, self.text, self.taken, self.telling))


def tags_of(tokens: Sequence[Token], entities: Sequence[dict[str, Any]], wanted: Sequence[str]) -> list[str]:
    """One tag per token: B- begins an entity, I- goes on with it, O is none. Only entities in `wanted` count."""
    tags = [OUTSIDE] * len(tokens)
    for entity in entities:
        if entity["entity"] not in wanted:
            continue
        inside = [i for i, t in enumerate(tokens) if entity["start"] <= t.start and t.end <= entity["end"]]
        for position, i in enumerate(inside):
            tags[i] = f"{'I' if position else 'B'}-{entity['entity']}"
    return tags


def learn_tags(sentences: Sequence[Sentence], settings: dict[str, Any], file: Optional[Path] = None) -> bytes:
    """The model that the sentences teach.

    Args:
        settings: of CRFsuite's L-BFGS.
        file: where the features of sentences are remembered, if they are.
    """
    import pycrfsuite

    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params(settings)
    for sentence, features in zip(sentences, _features(sentences, file)):
        trainer.append(unpacked(features), sentence.tags)
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model"
        trainer.train(str(model))
        return model.read_bytes()


def packed(features: Iterable[Features]) -> bytes:
    """The features of a sentence's words, as they are remembered."""
    return BETWEEN_TOKENS.join(map(BETWEEN_FEATURES.join, features)).encode("utf-8")


def unpacked(kept: bytes) -> list[Features]:
    """The contrary of `packed`."""
    return [of_word.split(BETWEEN_FEATURES) for of_word in kept.decode("utf-8").split(BETWEEN_TOKENS)]


def _features(sentences: Sequence[Sentence], file: Optional[Path]) -> list[bytes]:
    memory = Remembered(file)
    keys = [sentence.key() for sentence in sentences]
    found = memory.all_of(keys, lambda new: [sentences[place].features() for place in new])
    memory.keep()
    return found
