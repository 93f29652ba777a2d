"""The tagger learns the same in its own process, or from features it remembers."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import tag_learning
from components.found import Found
from components.tag_features import features_of
from components.tag_learning import Sentence, learn_tags, packed, tags_of, unpacked
from components.words import Splitter

SPLITTER = Splitter()
SETTINGS: dict[str, Any] = {"c1": 0.01, "c2": 0.01, "max_iterations": 20}
SENTENCES = {"vorrei delle scarpe blu": "blu", "avete una sedia a Roma?": "sedia", "grazie mille, ciao": ""}


def sentence(text: str, product: str = "", taken: tuple[Found, ...] = (), telling: bool = False) -> Sentence:
    words = tuple(SPLITTER.words(text))
    start = text.find(product) if product else -1
    entities = [{"entity": "product", "start": start, "end": start + len(product)}] if product else []
    return Sentence(text, words, taken, telling, tags_of(words, entities, ["product"]))


def learnt(file: Path = None) -> bytes:
    return learn_tags([sentence(text, product) for text, product in SENTENCES.items()], SETTINGS, file)


@given(st.text(st.characters(blacklist_categories=()), min_size=1, max_size=60).filter(SPLITTER.words))
def test_features_come_back_as_they_were(text: str) -> None:
    features = features_of(SPLITTER.words(text), text)

    assert unpacked(packed(features)) == features


def test_the_model_is_the_same_with_features_that_are_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "one.kept"
    models = {learnt(), learnt(file)}

    def never(*_args: object) -> None:
        raise AssertionError("features were worked out")

    monkeypatch.setattr(tag_learning, "features_of", never)
    models.add(learnt(file))

    assert len(models) == 1


def test_a_sentence_is_another_whatever_features_are_made_of(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "le scarpe 104233 di Roma"
    same, tagged = sentence(text), sentence(text, "scarpe")
    others = [sentence(f"{text}!"), sentence(text, taken=(Found("order_number", 10, 16, ""),))]
    others.append(sentence(text, telling=True))
    monkeypatch.setattr("components.words.word_form", lambda word, _words: word.upper())
    others.append(sentence(text))

    assert same.key() == tagged.key()
    assert len({same.key(), *(one.key() for one in others)}) == 5
