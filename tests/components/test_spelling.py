"""Misspelt words are read as what was meant, and letters at random as nothing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.spelling import UNREADABLE, WRITTEN_OUT, KnownWords, Spelling, common_triples, italian_forms
from components.tokenizer import ItalianTokenizer

COUNTS = {"ordine": 30, "ordini": 4, "ordino": 2, "scarpe": 9, "pacco": 12, "mio": 20, "il": 40, "gatto": 1, "gatta": 1}
TOKENIZER = ItalianTokenizer(ItalianTokenizer.get_default_config())
SENTENCES = ["dov'è il mio ordine?"] * 3 + ["vorrei rendere le scarpe", "dov'è il mio pacco?"]


@pytest.fixture(scope="module")
def known() -> KnownWords:
    listed = italian_forms()
    return KnownWords(COUNTS, frozenset(listed), frozenset(common_triples(listed)))


@pytest.fixture(scope="module")
def spelling(tmp_path_factory: pytest.TempPathFactory) -> Spelling:
    """Trained, kept and loaded again."""
    storage, resource = LocalModelStorage(tmp_path_factory.mktemp("spelling")), Resource("spelling")
    context = ExecutionContext(GraphSchema({}), "1", node_name="spelling")
    Spelling.create({}, storage, resource, context).train(TrainingData([message(text) for text in SENTENCES]))
    return Spelling.load({}, storage, resource, context)


def message(text: str) -> Message:
    built = Message({TEXT: text, "intent": "any"})
    built.set(TOKENS_NAMES[TEXT], TOKENIZER.tokenize(built, TEXT))
    return built


@pytest.mark.parametrize("written", ["ordien", "ordne", "orddine", "ordune", "ordinr"])
def test_a_slip_becomes_the_word_that_is_far_commoner(written: str, known: KnownWords) -> None:
    assert known.meant(written) == "ordine"


@pytest.mark.parametrize("word", ["ordine", "ordinato", "roba", "pac", "gattu", "zzzzzz", "pacco7", ""])
def test_known_words_short_ones_and_those_with_no_clear_meaning_stay(word: str, known: KnownWords) -> None:
    assert known.meant(word) == word


def test_glued_words_are_parted_where_both_are_common(known: KnownWords) -> None:
    assert known.meant("mioordine") == "mio ordine"
    assert known.meant("miogatto") == "miogatto"


@pytest.mark.parametrize("text", ["jkdfhjkdf", "sdfsdf sdfsdf", "KJHGFD", "ghghgh!!"])
def test_letters_at_random_cannot_be_read(text: str, spelling: Spelling) -> None:
    (read,) = spelling.process([message(text)])

    assert read.get(UNREADABLE)


@pytest.mark.parametrize(
    "text", ["grazie", "brambilla", "jkdfhjkdf ordine", "ghghgh 104233", "bo", "where is it", "scapre"]
)
def test_what_may_mean_something_can(text: str, spelling: Spelling) -> None:
    (read,) = spelling.process([message(text)])

    assert not read.get(UNREADABLE)


def test_what_was_written_stays_and_what_is_compared_is_what_was_meant(spelling: Spelling) -> None:
    (read,) = spelling.process([message("Dov'è il mioordien?")])

    tokens = read.get(TOKENS_NAMES[TEXT])
    assert [read.get(TEXT)[token.start : token.end] for token in tokens] == [token.text for token in tokens]
    assert read.get(WRITTEN_OUT) == "dov'è il mioordien?"
    (corrected,) = spelling.process([message("Dov'è il mio oridne?")])
    assert [token.lemma for token in corrected.get(TOKENS_NAMES[TEXT])][-2:] == ["ordine", "?"]
    assert corrected.get(WRITTEN_OUT) == "dov'è il mio ordine?"


def test_a_name_is_no_slip(spelling: Spelling) -> None:
    (read,) = spelling.process([message("sono Pacca")])

    assert read.get(TOKENS_NAMES[TEXT])[-1].lemma == "pacca"


@pytest.mark.parametrize("text", SENTENCES)
def test_a_training_sentence_is_read_as_in_training(text: str, spelling: Spelling) -> None:
    before = [token.lemma for token in message(text).get(TOKENS_NAMES[TEXT])]
    (read,) = spelling.process([message(text)])

    assert [token.lemma for token in read.get(TOKENS_NAMES[TEXT])] == before


@given(st.text(st.characters(exclude_categories=()), max_size=30))
def test_any_text_is_read(spelling: Spelling, text: str) -> None:
    (read,) = spelling.process([message(text)])

    assert all(token.lemma for token in read.get(TOKENS_NAMES[TEXT]))


def test_one_that_was_not_trained_says_so(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="before it was trained"):
        Spelling(LocalModelStorage(tmp_path), Resource("spelling")).process([message("ciao")])
