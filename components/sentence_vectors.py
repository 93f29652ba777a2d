"""Gives a message its sentence vector, unless a cheaper component before it was sure already."""

import logging
from typing import Any, Optional

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.encoder.sentence_encoder import SentenceEncoder, encoder_folder, load_encoder
from components.encoder.vector_cache import cached_vectors
from components.encoder.weights import EncoderUnavailable

NO_VECTOR_NEEDED = "no_vector_needed"  # a component before sets it to True in a message
logger = logging.getLogger(__name__)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceVectors(DenseFeaturizer, GraphComponent):
    """One dense feature of the sentence, `(1, 384)` float32 of length 1.

    Where the encoder cannot be used a warning is logged once, and messages stay without this feature: what comes after
    must do with the others.
    """

    def __init__(self, name: str, config: dict[str, Any], encoder: Optional[SentenceEncoder]) -> None:
        super().__init__(name, config)
        self._encoder = encoder

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentenceVectors":
        """The component with the process's encoder, or without one."""
        try:
            encoder = load_encoder(encoder_folder())
        except EncoderUnavailable as error:
            logger.warning("no sentence vectors, customers are understood less well: %s", error)
            encoder = None
        return cls(execution_context.node_name, config, encoder)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to configure."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Give every sentence its vector; those of earlier trainings come from the disk."""
        if self._encoder is None:
            return training_data
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        vectors = cached_vectors(self._encoder, [example.get(TEXT) for example in examples], _log_progress)
        for example in examples:
            self._add(example, vectors[example.get(TEXT)])
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Give each message that needs one its vector; it is not remembered."""
        for message in messages:
            if self._encoder is not None and message.get(TEXT) and not message.get(NO_VECTOR_NEEDED):
                self._add(message, self._encoder.vector(message.get(TEXT)))
        return messages

    def _add(self, message: Message, vector: np.ndarray) -> None:
        self.add_features_to_message(None, vector[np.newaxis], TEXT, message)


def _log_progress(done: int, count: int) -> None:
    logger.info("sentence vectors: %d of %d new sentences", done, count)
