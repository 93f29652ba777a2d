"""Sizes, colours and numbers of pieces: what was written, and how we write it."""

import re
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.colors import color_value
from components.how_large import find_sizes, size_value
from components.how_many import find_quantities, quantity_value
from components.no_measures import is_elided, is_of_house_or_time


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("75ml", "75 ml"),
        ("75 ML", "75 ml"),
        ("2,35 m", "2.35 m"),
        ("2 metri", "2 m"),
        ("2,50 mt", "2.5 m"),
        ("cm 30", "30 cm"),
        ("160x190", "160x190"),
        ("160 per 190 cm", "160x190 cm"),
        ("160 cm x 2,30 m", "160 cm x 2.3 m"),
        ("42", "42"),
        ("42 e mezzo", "42.5"),
        ("tg 44", "44"),
        ("xl", "XL"),
        ("s/m", "S/M"),
        ("media", "M"),
        ("3 posti", "3 posti"),
        ("boh", None),
    ],
)
def test_sizes_have_one_form(written: str, value: Optional[str]) -> None:
    assert size_value(written) == value


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("un tappeto 160x230 e uno da 2,5 m", ["160x230", "2,5 m"]),
        ("vorrei la taglia 42 e mezzo, non la tg M", ["42 e mezzo", "M"]),
        ("le magliette XL e 2xl", ["XL", "2xl"]),
        ("CI SONO 30 M?", ["30 M"]),
        ("ci sono 30 M?", []),
        ("ordine 104233, 40 sedie, 12/3, 59,90 euro", []),
        ("mi serve entro 10 minuti", []),
        ("la taglia 100% cotone", []),
    ],
)
def test_sizes_that_are_one_whatever_the_sentence_says_are_found(text: str, sizes: list[str]) -> None:
    assert [text[found.start : found.end] for found in find_sizes(text)] == sizes


@pytest.mark.parametrize(
    ("written", "value"),
    [("rosse", "rosso"), ("blu notte", "blu"), ("verde salvia", "verde"), ("Bordò", "bordeaux"), ("boh", None)],
)
def test_colours_have_a_base(written: str, value: Optional[str]) -> None:
    assert color_value(written) == value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("40", "40"),
        ("x40", "40"),
        ("40 pz", "40"),
        ("1.200", "1200"),
        ("quaranta", "40"),
        ("una ventina", "20"),
        ("ventina", "20"),
        ("due dozzine", "24"),
        ("2 dozzine", "24"),
        ("mezza dozzina", "6"),
        ("un paio", "2"),
        ("un centinaio", "100"),
        ("mille e due", "1002"),
        ("cento venti", "120"),
        ("alcuni", None),
    ],
)
def test_pieces_are_counted(written: str, value: Optional[str]) -> None:
    assert quantity_value(written) == value


@given(st.text(st.characters(blacklist_categories=()), max_size=60))
def test_any_characters_have_a_value_or_none(text: str) -> None:
    for value in (size_value(text), color_value(text), quantity_value(text)):
        assert value is None or value.strip()


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("vorrei una ventina di sgabelli", [("una ventina", "20")]),
        ("due dozzine di bicchieri", [("due dozzine", "24")]),
        ("un paio di sedie e mezza dozzina di piatti", [("un paio", "2"), ("mezza dozzina", "6")]),
        ("40 pz", [("40", "40")]),
        ("40pezzi", [("40", "40")]),
        ("sedie x40", [("40", "40")]),
        ("una decina di giorni fa", []),
        ("un paio di mesi", []),
        ("una sedia", []),
        ("160x190", []),
        ("mi servono tre paia di scarpe", [("tre", "3")]),
        ("un paio di jeans", []),
        ("manca un pezzo", []),
        ("è arrivato in mille pezzi", []),
    ],
)
def test_what_is_surely_a_number_of_pieces_is_found(text: str, spans: list[tuple[str, str]]) -> None:
    assert [(text[f.start : f.end], f.value) for f in find_quantities(text)] == spans


@pytest.mark.parametrize(
    ("text", "number", "is_one"),
    [
        ("abito in via Verdi 5", "5", True),
        ("viale dei Tigli 5, Lodi", "5", True),
        ("il citofono è il 12", "12", True),
        ("al civico n. 36/B", "36", True),
        ("consegnato alle 11:40", "40", True),
        ("mandatemi via mail 3 preventivi", "3", False),
        ("vorrei 12 sedie", "12", False),
        ("la 38 c'è?", "38", False),
        ("porto il 42", "42", False),
    ],
)
def test_numbers_of_houses_and_times_measure_nothing(text: str, number: str, is_one: bool) -> None:
    start = text.index(number)

    assert is_of_house_or_time(text, start, start + len(number)) is is_one


@given(st.text(max_size=80), st.integers(0, 80), st.integers(1, 5))
def test_any_span_of_any_text_is_judged(text: str, start: int, length: int) -> None:
    if start + length <= len(text):
        assert is_of_house_or_time(text, start, start + length) in (True, False)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("l ordine dov'è", True), ("ho perso l etichetta", True), ("la l avete?", False), ("taglia l esaurita", False)],
)
def test_a_letter_whose_apostrophe_is_missing_is_no_size(text: str, is_one: bool) -> None:
    start = next(match.start() for match in re.finditer(r"\bl\b", text))

    assert is_elided(text, start, start + 1) is is_one
