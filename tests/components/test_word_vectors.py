"""Words' vectors are the same in a training, whether remembered or not, and in a conversation."""

from pathlib import Path

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.encoder.sentence_encoder import SentenceEncoder
from components.word_vectors import WordVectors

TEXTS = ["dov'è il mio pacco?", "vorrei un reso", "..."]


@pytest.fixture
def component(tmp_path: Path) -> WordVectors:
    config = {**WordVectors.get_default_config(), "remembers": True}
    context = ExecutionContext(GraphSchema({}), node_name="words")
    return WordVectors.create(config, LocalModelStorage(tmp_path), Resource("words"), context)


def vectors_of(messages: list[Message]) -> list[list[float]]:
    return [message.features[0].features[0].tolist() for message in messages]


def test_a_training_gives_what_a_conversation_does_and_remembers_it(
    component: WordVectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = vectors_of(component.process([Message({"text": text}) for text in TEXTS]))
    monkeypatch.setenv("SPORTELLO_VAR", str(tmp_path / "var"))

    def trained() -> list[list[float]]:
        data = TrainingData([Message({"text": text, "intent": "greet"}) for text in TEXTS])
        return vectors_of(component.process_training_data(data).training_examples)

    first = trained()
    monkeypatch.setattr(SentenceEncoder, "mean_of_words", lambda *_: np.zeros(1))
    again = trained()

    assert first == again == said
