"""What the components that read a message with the sentence encoder share."""

import logging
from typing import Any, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from components.encoder.sentence_encoder import SentenceEncoder, encoder_folder, load_encoder
from components.encoder.weights import EncoderUnavailable
from components.normalise import italian_words, written_out
from components.spelling import WRITTEN_OUT

logger = logging.getLogger(__name__)


class Encoded(DenseFeaturizer, GraphComponent):
    """A featurizer with the process's encoder.

    Where the encoder cannot be used a warning is logged, and messages stay without the feature: what comes after must
    do with the others.
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
    ) -> "Encoded":
        """The component with the encoder, or without one."""
        return cls(execution_context.node_name, config, cls._available())

    @classmethod
    def _available(cls) -> Optional[SentenceEncoder]:
        try:
            return load_encoder(encoder_folder())
        except EncoderUnavailable as error:
            logger.warning("no %s, customers are understood less well: %s", cls.__name__, error)
            return None

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to configure."""


def read_by_encoder(message: Message) -> str:
    """The message's text as the encoder reads it."""
    return message.get(WRITTEN_OUT) or written_out(message.get(TEXT), italian_words())
