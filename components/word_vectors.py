"""Gives a message the mean of its words' vectors: what its words mean, not what the sentence says with them.

They are the first layer of the sentence encoder and cost a fiftieth of it, so that the first stage of the classifier
knows something of words that no training sentence has, and needs the encoder for fewer messages.
"""

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.encoded import Encoded, read_by_encoder


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class WordVectors(Encoded):
    """One dense feature of the sentence, `(1, 384)` float32."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Give every sentence its feature."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Give each message its feature."""
        for message in messages:
            if self._encoder is not None and message.get(TEXT):
                mean: np.ndarray = self._encoder.mean_of_words(read_by_encoder(message))
                self.add_features_to_message(None, mean[np.newaxis], TEXT, message)
        return messages
