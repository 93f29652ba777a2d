"""Normalisation: one form for the ways people type, offsets that always point to the customer's own characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.normalise import fold, italian_words, readable, word_form, written_out

ANY_TEXT = st.text(st.characters(blacklist_categories=()), max_size=60)  # lone surrogates too


@pytest.mark.parametrize(
    "spelling", ["perche", "perche'", "perché", "perchè", "Perche’", "PERCHÉ", "xke", "perche\u0301"]
)
def test_every_spelling_of_perche_is_one_word(spelling: str) -> None:
    form = word_form(spelling, italian_words())

    assert form == "perche"


@pytest.mark.parametrize("spelling", ["è", "é", "e'", "E'", "È", "e’", "e\u0300"])
def test_the_verb_is_told_from_the_conjunction_however_it_is_written(spelling: str) -> None:
    assert word_form(spelling, italian_words()) == "è"
    assert word_form("e", italian_words()) == "e"


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("ciaoooo", "ciao"),
        ("siiii", "si"),
        ("grazieee", "grazie"),
        ("belllo", "bello"),
        ("nn", "non"),
        ("cmq", "comunque"),
        ("qnd", "quando"),
        ("grz", "grazie"),
        ("x", "per"),
        ("dov'", "dove"),
        ("po'", "po"),
        ("ahahahah", "ahah"),
        ("👎", "no"),
        ("104233", "__digits6__"),
        ("104.233", "__digits6__"),
        ("R-20871", "r-__digits5__"),
        ("anna.rossi@example.it", "__email__"),
        ("idee", "idee"),
    ],
)
def test_chat_spellings_become_the_plain_word(written: str, form: str) -> None:
    assert word_form(written, italian_words()) == form


@given(ANY_TEXT)
def test_folded_characters_point_into_the_original_in_order(text: str) -> None:
    folded = fold(text)

    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends))
    assert list(folded.starts) == sorted(folded.starts)


@given(ANY_TEXT)
def test_a_readable_text_has_the_same_length_and_can_be_encoded(text: str) -> None:
    plain = readable(text)

    assert len(plain) == len(text)
    assert plain.encode("utf-8") or plain == ""


@given(ANY_TEXT)
def test_a_word_form_is_a_text_and_never_empty(text: str) -> None:
    form = word_form(text, italian_words())

    assert isinstance(form, str)
    assert form


def test_every_entry_of_the_lists_is_text() -> None:
    words = italian_words()

    for table in (words.spellings, words.elisions, words.emoji):
        assert all(isinstance(key, str) and isinstance(value, str) for key, value in table.items())


def test_an_accent_written_apart_belongs_to_its_letter() -> None:
    folded = fold("perche\u0301 no")

    assert folded.text == "perche no"
    assert folded.original_span(0, 6) == (0, 7)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("DOV'E' IL MIO ORDINE?", "dov'è il mio ordine?"),
        ("xke nn arriva il 104233", "perche non arriva il 104233"),
        ("perche’ un po' di ritardo", "perchè un po' di ritardo"),
        ("l'ordine e' in citta'", "l'ordine è in città"),
        ("quandoooo arrivaaaa", "quando arriva"),
        ("", ""),
    ],
)
def test_the_encoder_reads_what_a_careful_writer_writes(written: str, read: str) -> None:
    assert written_out(written, italian_words()) == read


@given(st.text())
def test_anything_can_be_written_out(text: str) -> None:
    assert isinstance(written_out(text, italian_words()), str)
