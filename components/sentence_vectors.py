"""Gives a message its sentence vector: in conversation one that is made when it is first looked at, and only then.

A vector costs more than everything else in a parse, and most messages are understood without (`components/intent/`).
"""

import logging
from functools import partial
from typing import Callable

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components import telling
from components.encoded import Encoded, read_by_encoder
from components.encoder.vector_cache import cached_vectors
from components.on_demand import VectorOnDemand

logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceVectors(Encoded):
    """One dense feature of the sentence, `(1, 384)` float32 of length 1."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Give every sentence, and the name of its intent, a vector; those of earlier trainings come from the disk."""
        if self._encoder is None:
            return training_data
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        names = {example.get(INTENT): _as_words(example.get(INTENT)) for example in examples if example.get(INTENT)}
        texts = [*map(read_by_encoder, examples), *names.values()]
        vectors = cached_vectors(self._encoder, texts, partial(_tell_progress, len(set(texts))))
        for example in examples:
            self._add(example, TEXT, partial(vectors.__getitem__, read_by_encoder(example)))
            if example.get(INTENT):
                self._add(example, INTENT, partial(vectors.__getitem__, names[example.get(INTENT)]))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Give each message a vector that waits to be asked for; it is not remembered."""
        for message in messages:
            if self._encoder is not None and message.get(TEXT):
                self._add(message, TEXT, partial(self._vector, message))
        return messages

    def _vector(self, message: Message) -> np.ndarray:
        return self._encoder.vector(read_by_encoder(message))

    def _add(self, message: Message, attribute: str, make: Callable[[], np.ndarray]) -> None:
        message.add_features(VectorOnDemand(make, attribute, self._identifier))


def _as_words(name: str) -> str:
    return name.replace("_", " ").strip()


def _tell_progress(count: int, done: int, new: int) -> None:
    telling.counted(telling.VECTORS, done, new, count)
    if done:
        logger.info("sentence vectors: %d of %d new sentences", done, new)
