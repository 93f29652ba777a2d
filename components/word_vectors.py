"""Gives a message the mean of its words' vectors: what its words mean, not what the sentence says with them.

They are the first layer of the sentence encoder and cost a fiftieth of it, so that the first stage of the classifier
knows that "scarpe" and "stivali" are alike and needs the encoder for fewer messages.
"""

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
from components.encoder.weights import EncoderUnavailable
from components.normalise import italian_words, written_out
from components.remembered import OWN_CODE, Remembered, file_of, key_of

KIND = "means_of_words"  # of what is remembered


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class WordVectors(DenseFeaturizer, GraphComponent):
    """One dense feature of the sentence, `(1, 384)` float32; none where the encoder cannot be used.

    The warning is left to `SentenceVectors`.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`remembers`: whether the vectors of training sentences are kept on disk for later trainings."""
        return {**DenseFeaturizer.get_default_config(), "remembers": False}

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
    ) -> "WordVectors":
        """The component with the process's encoder, or without one."""
        try:
            encoder = load_encoder(encoder_folder())
        except EncoderUnavailable:
            encoder = None
        return cls(execution_context.node_name, config, encoder)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to configure."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Give every sentence its feature."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        if self._encoder is None:
            return training_data
        texts = [written_out(example.get(TEXT), italian_words()) for example in examples]
        memory = Remembered(file_of(KIND, *OWN_CODE) if self._config["remembers"] else None)
        means = memory.all_of(
            [key_of((self._encoder.folder.name, text)) for text in texts],
            lambda new: [self._encoder.mean_of_words(texts[place]).astype("<f4").tobytes() for place in new],
        )
        memory.keep()
        for example, mean in zip(examples, means):
            self._add(np.frombuffer(mean, "<f4"), example)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Give each message its feature."""
        for message in messages:
            if self._encoder is not None and message.get(TEXT):
                self._add(self._encoder.mean_of_words(written_out(message.get(TEXT), italian_words())), message)
        return messages

    def _add(self, mean: np.ndarray, message: Message) -> None:
        self.add_features_to_message(None, mean[np.newaxis], TEXT, message)
