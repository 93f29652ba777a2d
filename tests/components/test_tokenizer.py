"""The tokenizer: elisions split, numbers and addresses whole, exact offsets."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.engine.graph import ExecutionContext, GraphSchema, SchemaNode
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from base.settings import ROOT
from components import tokenizer
from components.at_once import MANY
from components.tokenizer import ItalianTokenizer
from components.words import Splitter

TOKENIZER = ItalianTokenizer(ItalianTokenizer.get_default_config())


def tokens_of(text: str) -> list[Token]:
    return TOKENIZER.tokenize(Message({"text": text}), "text")


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("dov'è l'ordine", ["dov'", "è", "l'", "ordine"]),
        ("dov’è l’ordine", ["dov’", "è", "l’", "ordine"]),
        ("perche' e' tardi", ["perche'", "e'", "tardi"]),
        ("ordine n. 104.233", ["ordine", "n.", "104.233"]),
        ("#104233?", ["#104233", "?"]),
        ("reso R-20871.", ["reso", "R-20871", "."]),
        ("scrivi a anna.rossi@example.it, grazie", ["scrivi", "a", "anna.rossi@example.it", ",", "grazie"]),
        ("ciao,vorrei", ["ciao", ",", "vorrei"]),
        ("ordine:104233", ["ordine", ":", "104233"]),
        ("59,90€", ["59,90", "€"]),
        ("il 12/11/2026", ["il", "12/11/2026"]),
        ("40pz, 75ml, 2,35m, 3gg", ["40", "pz", ",", "75", "ml", ",", "2,35", "m", ",", "3", "gg"]),
        ("da 160x190cm", ["da", "160x190", "cm"]),
        ("sedie x40", ["sedie", "x", "40"]),
    ],
)
def test_text_is_split_as_people_read_it(text: str, tokens: list[str]) -> None:
    assert [token.text for token in tokens_of(text)] == tokens


@given(st.text(st.characters(blacklist_categories=()), max_size=80))
def test_tokens_are_the_customers_characters_in_order(text: str) -> None:
    tokens = tokens_of(text)

    assert all(text[token.start : token.end] == token.text for token in tokens)
    assert all(first.end <= second.start for first, second in zip(tokens, tokens[1:]))
    assert all(token.text.strip() and token.lemma for token in tokens)


def test_what_spacy_learns_from_strange_words_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.words.MAX_KNOWN_WORDS", 0)

    assert [token.text for token in tokens_of("zqwx kjhg")] == ["zqwx", "kjhg"]


@pytest.mark.parametrize("many", [1, MANY])
def test_a_training_splits_as_a_conversation_does(many: int) -> None:
    texts = [f"dov'è l'ordine n. {number}?" for number in range(many)]

    assert trained(texts, remembers=False) == [tokens_of(text) for text in texts]


def test_what_a_training_split_is_remembered_for_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPORTELLO_VAR", str(tmp_path))
    before = trained(["dov'è?", "un reso"], remembers=True)

    def only_new(texts: list[str]) -> list[list[tuple[str, int, int, str]]]:
        assert texts == ["ciao"]
        return [[("ciao", 0, 4, "ciao")]]

    monkeypatch.setattr(tokenizer, "words_of_all", only_new)

    assert trained(["un reso", "ciao", "dov'è?"], remembers=True) == [before[1], tokens_of("ciao"), before[0]]


def test_words_of_sentences_that_are_nobodys_are_not_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPORTELLO_VAR", str(tmp_path))

    trained(["dov'è?"], remembers=False)

    assert list(tmp_path.iterdir()) == []


def test_spacy_is_imported_without_tensorflow_and_without_a_word() -> None:
    program = "import sys, components.light_spacy; print([name for name in sys.modules if name[:10] == 'tensorflow'])"

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )

    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.parametrize(("fn", "is_imported"), [("process", True), ("train", False)])
def test_spacy_is_there_before_the_first_customer_and_not_in_a_training(
    fn: str, is_imported: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported: list[Splitter] = []
    monkeypatch.setattr(Splitter, "get_ready", lambda splitter: imported.append(splitter))
    node = SchemaNode({}, ItalianTokenizer, "load", fn, {})
    context = ExecutionContext(GraphSchema({"words": node}))

    config = ItalianTokenizer.get_default_config()
    ItalianTokenizer.load(config, LocalModelStorage(tmp_path), Resource("words"), context)

    assert bool(imported) is is_imported


def trained(texts: list[str], remembers: bool) -> list[list[Token]]:
    component = ItalianTokenizer({**ItalianTokenizer.get_default_config(), "remembers": remembers})
    data = TrainingData([Message({"text": text, "intent": "greet"}) for text in texts])
    return [message.get("text_tokens") for message in component.process_training_data(data).training_examples]
