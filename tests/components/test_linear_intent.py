"""The intent classifier learns from any data set, also from a very small one."""

from pathlib import Path

import numpy as np
import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from components.linear_intent import LinearIntent
from components.on_demand import VectorOnDemand

WORDS = ("ordine", "pacco", "reso", "rendere", "ciao", "salve")


def message(words: str, intent: str = "") -> Message:
    counts = csr_matrix([[words.split().count(word) for word in WORDS]], dtype=np.float32)
    built = Message({TEXT: words, TOKENS_NAMES[TEXT]: [Token(words, 0, lemma=words)]})
    if intent:
        built.set(INTENT, intent)
    if words:
        built.add_features(Features(counts, "sentence", TEXT, "counts"))
    return built


def trained(folder: Path, *sentences: tuple[str, str]) -> LinearIntent:
    classifier = LinearIntent(LinearIntent.get_default_config(), LocalModelStorage(folder), Resource("intent"))
    classifier.train(TrainingData([message(*sentence) for sentence in sentences]))
    return classifier


def ranking(classifier: LinearIntent, words: str) -> list[str]:
    (answered,) = classifier.process([message(words)])
    assert sum(one["confidence"] for one in answered.get("intent_ranking")) == pytest.approx(1.0)
    return [one["name"] for one in answered.get("intent_ranking")]


def test_names_are_known_by_their_vectors_whatever_else_counts_them(tmp_path: Path) -> None:
    examples = [message(*sentence) for sentence in (*ORDER, *RETURN)]
    for example in examples:
        row = np.eye(4, dtype=np.float32)[int(example.get(INTENT) == "order")]
        example.add_features(Features(csr_matrix([[1, 0]]), "sentence", INTENT, "counts"))
        for attribute in (TEXT, INTENT):
            example.add_features(VectorOnDemand(lambda row=row: row, attribute, "vectors"))
    classifier = LinearIntent(LinearIntent.get_default_config(), LocalModelStorage(tmp_path), Resource("intent"))

    classifier.train(TrainingData(examples))

    assert ranking(classifier, "pacco") == ["order", "return"]


ORDER = [("ordine", "order"), ("pacco", "order"), ("ordine pacco", "order")]
RETURN = [("reso", "return"), ("rendere", "return"), ("reso rendere", "return")]


def test_two_intents_are_told_apart(tmp_path: Path) -> None:
    classifier = trained(tmp_path, *ORDER, *RETURN)

    assert ranking(classifier, "pacco") == ["order", "return"]
    assert ranking(classifier, "reso") == ["return", "order"]


def test_an_intent_may_have_a_single_sentence(tmp_path: Path) -> None:
    classifier = trained(tmp_path, *ORDER, *RETURN, ("ciao", "greet"))

    assert [ranking(classifier, words)[0] for words in ("ciao", "ordine", "rendere")] == ["greet", "order", "return"]


def test_every_intent_may_have_a_single_sentence(tmp_path: Path) -> None:
    classifier = trained(tmp_path, ("ordine", "order"), ("reso", "return"), ("ciao", "greet"))

    assert [ranking(classifier, words)[0] for words in ("ordine", "reso", "ciao")] == ["order", "return", "greet"]


def test_of_two_intents_one_may_have_a_single_sentence(tmp_path: Path) -> None:
    assert ranking(trained(tmp_path, *ORDER, ("ciao", "greet")), "pacco") == ["order", "greet"]


def test_a_single_intent_is_always_understood(tmp_path: Path) -> None:
    assert ranking(trained(tmp_path, *ORDER), "salve") == ["order"]


def test_a_sentence_without_a_word_teaches_nothing(tmp_path: Path) -> None:
    assert ranking(trained(tmp_path, ("", "order"), *ORDER, *RETURN), "reso") == ["return", "order"]
