"""Gives a message the mean of its words' vectors: what its words mean, not what the sentence says with them.

They are the first layer of the sentence encoder and cost a fiftieth of it, so that the first stage of the classifier
knows something of words that no training sentence has, and needs the encoder for fewer messages.
"""

from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.encoded import Encoded, read_by_encoder
from components.remembered import OWN_CODE, Remembered, file_of, key_of

KIND = "means_of_words"  # of what is remembered


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class WordVectors(Encoded):
    """One dense feature of the sentence, `(1, 384)` float32."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`remembers`: whether the vectors of training sentences are kept on disk for later trainings."""
        return {**Encoded.get_default_config(), "remembers": False}

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Give every sentence its feature."""
        encoder, examples = self._encoder, [one for one in training_data.training_examples if one.get(TEXT)]
        if encoder is None:
            return training_data
        texts = [read_by_encoder(example) for example in examples]
        memory = Remembered(file_of(KIND, *OWN_CODE) if self._config["remembers"] else None)
        means = memory.all_of(
            [key_of((encoder.folder.name, text)) for text in texts],
            lambda new: [encoder.mean_of_words(texts[place]).astype("<f4").tobytes() for place in new],
        )
        memory.keep()
        for example, mean in zip(examples, means):
            self._add(np.frombuffer(mean, "<f4"), example)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Give each message its feature."""
        for message in messages:
            if self._encoder is not None and message.get(TEXT):
                self._add(self._encoder.mean_of_words(read_by_encoder(message)), message)
        return messages

    def _add(self, mean: np.ndarray, message: Message) -> None:
        self.add_features_to_message(None, mean[np.newaxis], TEXT, message)
