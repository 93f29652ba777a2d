"""A one-time code is told apart from every other number a customer writes."""

from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.settings import ROOT
from switchboard.code_words import CodeWords

WORDS = CodeWords.load(ROOT / "data" / "dialogue.yml")


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("123456", "123456"),
        (" 123 456. ", "123456"),
        ("123-456", "123456"),
        ("1 2 3 4 5 6", "123456"),
        ("il codice è 123 456", "123456"),
        ("Il codice è:123456", "123456"),
        ("eccolo: 004512 grazie", "004512"),
        ("codice 123456 per l'ordine 104206", "123456"),
        ("per l'ordine 104206 il codice è 123456", "123456"),
        ("il codice è 123456?", "123456"),
        ("123456 è il codice", "123456"),
        ("il pin è 12345", "12345"),
        ("１２３４５６", "123456"),
        ("١٢٣٤٥٦", "123456"),
        ("104206", "104206"),
    ],
)
def test_a_code_is_found_as_people_write_it(text: str, digits: str) -> None:
    found = WORDS.code_in(text)

    assert found and found.digits == digits
    assert not any(sign.isdigit() for sign in (text[: found.start] + text[found.end :]).replace("104206", ""))


@pytest.mark.parametrize(
    "text",
    [
        "ordine 104206",
        "dov'è il 104206?",
        "#104206",
        "ord104206",
        "R-20871",
        "P-3021",
        "il reso 20871",
        "il codice sconto 123456 non va",
        "codice fiscale 123456",
        "codice ordine: 104206",
        "il mio numero è 333 1234567",
        "+39 333123456",
        "anna123456@example.it",
        "123456 euro",
        "1234,56",
        "123456€",
        "sono 3",
        "ho scritto 104206 poi 104207",
        "vorrei sapere come mai dopo tutto questo tempo 104206 non si sa niente",
        "codice",
        "",
    ],
)
def test_other_numbers_are_no_code(text: str) -> None:
    assert WORDS.code_in(text) is None


@given(st.text(max_size=200))
def test_whatever_is_written_what_is_found_is_digits_of_the_text(text: str) -> None:
    found = WORDS.code_in(text)

    assert found is None or (
        found.digits.isascii() and found.digits.isdigit() and 0 <= found.start < found.end <= len(text)
    )


@given(
    st.integers(0, 999_999).map("{:06d}".format),
    st.sampled_from(["{}", "{} grazie", "il codice è {}", "codice: {}", "è {}", "mi è arrivato {}!", "{}."]),
    st.sampled_from(["", " ", "-", ". "]),
)
def test_every_code_is_found_in_every_way_of_writing_it(code: str, sentence: str, between: str) -> None:
    found = WORDS.code_in(sentence.format(code[:3] + between + code[3:]))

    assert found and found.digits == code


@pytest.mark.parametrize(
    ("text", "ends"),
    [("esci", True), ("Esci!", True), ("  LOGOUT ", True), ("esci dal mio account", True), ("esci pure", False)],
)
def test_the_wish_to_be_nobody_is_a_whole_message(text: str, ends: bool) -> None:
    assert WORDS.ends_proof(text) is ends


def test_a_card_number_is_no_code() -> None:
    found: Optional[object] = WORDS.code_in("4111 1111 1111 1111")

    assert found is None
