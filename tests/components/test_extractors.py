"""The rule-based extractors, on sentences as customers write them and on any characters at all."""

from typing import Callable

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from base.settings import ROOT
from components.amounts import find_amounts
from components.emails import find_emails
from components.found import Found, apart_from
from components.numerals import number_in_words
from components.phones import find_phones
from components.places import gazetteer
from components.postal_codes import find_postal_codes
from components.record_numbers import find_record_numbers, kinds_of

PIPELINE = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
KINDS = kinds_of(next(c for c in PIPELINE if c["name"].endswith("RecordNumbers"))["kinds"])


def postal_codes(text: str) -> list[Found]:
    return find_postal_codes(text, gazetteer())


FINDERS: tuple[Callable[[str], list[Found]], ...] = (find_emails, find_phones, find_amounts, postal_codes)


def record_numbers(text: str) -> list[Found]:
    """As the pipeline does: the other extractors first."""
    taken: list[Found] = []
    for find in FINDERS:
        taken += apart_from(taken, find(text))
    return find_record_numbers(text, KINDS, taken)


@pytest.mark.parametrize(
    ("text", "entity", "span", "value"),
    [
        ("dov'è il mio ordine 104233?", "order_number", "104233", "104233"),
        ("#104233", "order_number", "#104233", "104233"),
        ("ordine104233grazie", "order_number", "ordine104233", "104233"),
        ("ilmioordine104233 dov'è", "order_number", "ordine104233", "104233"),
        ("reso20871grazie", "return_number", "reso20871", "R-20871"),
        ("RESO20871GRAZIE", "return_number", "RESO20871", "R-20871"),
        ("P-3021grazie", "quote_number", "P-3021", "P-3021"),
        ("104233quando arriva", "order_number", "104233", "104233"),
        ("ordine n. 104.233", "order_number", "104.233", "104233"),
        ("ordine n.104233", "order_number", "104233", "104233"),
        ("il 104233", "order_number", "104233", "104233"),
        ("ordine ORD-104233!", "order_number", "ORD-104233", "104233"),
        ("ord118402 dov'è", "order_number", "ord118402", "118402"),
        ("ORD 118402", "order_number", "118402", "118402"),
        ("ordine 104 233", "order_number", "104 233", "104233"),
        ("ordine:104233,grazie", "order_number", "104233", "104233"),
        ("104233 è il numero dell'ordine", "order_number", "104233", "104233"),
        ("il reso dell'ordine 104233", "order_number", "104233", "104233"),
        ("rimborso 104233", "order_number", "104233", "104233"),
        ("a che punto è il reso 104306?", "order_number", "104306", "104306"),
        ("reso n. 104306", "order_number", "104306", "104306"),
        ("R-104306", "return_number", "R-104306", "R-104306"),
        ("ordine 10423", "order_number", "10423", "10423"),
        ("rimborso 20871", "return_number", "20871", "R-20871"),
        ("R-20871", "return_number", "R-20871", "R-20871"),
        ("il reso20988 è arrivato?", "return_number", "reso20988", "R-20988"),
        ("reso n° 20871", "return_number", "20871", "R-20871"),
        ("codice R 20871", "return_number", "20871", "R-20871"),
        ("20871", "return_number", "20871", "R-20871"),
        ("ho un reso aperto, mi pare fosse il 20871", "return_number", "20871", "R-20871"),
        ("prev. 3021", "quote_number", "3021", "P-3021"),
        ("ci sono novità sul preventivo 3021?", "quote_number", "3021", "P-3021"),
        ("siamo d'accordo sull'offerta 3423", "quote_number", "3423", "P-3423"),
        ("P-3021", "quote_number", "P-3021", "P-3021"),
        ("１０４２３３", "order_number", "１０４２３３", "104233"),
    ],
)
def test_record_numbers_are_found_with_their_kind(text: str, entity: str, span: str, value: str) -> None:
    found = record_numbers(text)

    assert [(f.entity, text[f.start : f.end], f.value) for f in found] == [(entity, span, value)]


def test_two_numbers_of_two_kinds_are_told_apart() -> None:
    found = record_numbers("ordine 104233 e reso 20871, poi ordini 104240 e 104241")

    assert [(f.entity, f.value) for f in found] == [
        ("order_number", "104233"),
        ("return_number", "R-20871"),
        ("order_number", "104240"),
        ("order_number", "104241"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "chiamami al 333 1234567",
        "il mio fisso è 0512345678",
        "cap 40121",
        "40121 Bologna",
        "ho pagato 59,90 euro",
        "1.200 euro di preventivo",
        "il 12/11/2026",
        "il 12.11.2026",
        "nel 2024 ho comprato",
        "il preventivo del 2026",
        "preventivo per 1200 sedie",
        "vorrei 104233 sedie",
        "scrivi a anna104233@example.it",
        "tracking BRT1234567890",
        "1Z999AA10123456784",
        "RR123456789IT",
        "iban IT60X0542811101000000123456",
        "partita iva 01234567890",
        "alle 10:30",
        "taglia 42",
        "il modello P3021XL",
        "codice sconto ESTATE2026",
        "104233abc",
        "prezzo104233",
    ],
)
def test_other_numbers_are_not_taken_for_records(text: str) -> None:
    assert record_numbers(text) == []


@pytest.mark.parametrize(
    ("text", "span", "value"),
    [
        ("la mail è anna.rossi@example.it, grazie", "anna.rossi@example.it", "anna.rossi@example.it"),
        ("Anna.Rossi@Example.IT", "Anna.Rossi@Example.IT", "anna.rossi@example.it"),
        ("anna.rossi@example.it.", "anna.rossi@example.it", "anna.rossi@example.it"),
        ("anna@example,it", "anna@example,it", "anna@example.it"),
        ("mail anna @ example.it", "anna @ example.it", "anna@example.it"),
        ("anna@gmail. com", "anna@gmail. com", "anna@gmail.com"),
        ("anna chiocciola example punto it", "anna chiocciola example punto it", "anna@example.it"),
        ("anna(at)example.it", "anna(at)example.it", "anna@example.it"),
        ("anna@gmail.con", "anna@gmail.con", "anna@gmail.com"),
        ("anna@gmial.com", "anna@gmial.com", "anna@gmail.com"),
        ("anna.rossi @gmail . com", "anna.rossi @gmail . com", "anna.rossi@gmail.com"),
        (
            "è anna punto rossi chiocciola example punto it",
            "anna punto rossi chiocciola example punto it",
            "anna.rossi@example.it",
        ),
    ],
)
def test_emails_are_found_with_the_usual_slips(text: str, span: str, value: str) -> None:
    found = find_emails(text)

    assert [(text[f.start : f.end], f.value) for f in found] == [(span, value)]


@pytest.mark.parametrize("text", ["anna@", "@anna", "ci vediamo at home", "a @ b", "12@34"])
def test_what_is_no_address_is_left(text: str) -> None:
    assert find_emails(text) == []


@pytest.mark.parametrize(
    ("text", "span", "value"),
    [
        ("59,90 euro", "59,90 euro", "59.90"),
        ("costa 30e", "30e", "30.00"),
        ("€ 1.200,50 in tutto", "€ 1.200,50", "1200.50"),
        ("sessanta euro", "sessanta euro", "60.00"),
        ("mille e due euro", "mille e due euro", "1002.00"),
        ("1.234,50 €", "1.234,50 €", "1234.50"),
        ("20 euri", "20 euri", "20.00"),
        ("€30", "€30", "30.00"),
        ("EUR 1200", "EUR 1200", "1200.00"),
        ("19 euro e 90", "19 euro e 90", "19.90"),
        ("due euro e cinquanta", "due euro e cinquanta", "2.50"),
        ("100 mila euro", "100 mila euro", "100000.00"),
        ("mancano 50 centesimi", "50 centesimi", "0.50"),
        ("ne ho presi due sessanta euro l'uno", "sessanta euro", "60.00"),
        ("59.90€", "59.90€", "59.90"),
    ],
)
def test_amounts_take_their_currency(text: str, span: str, value: str) -> None:
    found = find_amounts(text)

    assert [(text[f.start : f.end], f.value) for f in found] == [(span, value)]


@pytest.mark.parametrize(
    ("text", "span", "value"),
    [
        ("chiamami al 333 1234567", "333 1234567", "+393331234567"),
        ("+39 051 234567", "+39 051 234567", "+39051234567"),
        ("0039 333 123 4567", "0039 333 123 4567", "+393331234567"),
        ("393331234567", "393331234567", "+393331234567"),
        ("3331234567", "3331234567", "+393331234567"),
        ("333.12.34.567", "333.12.34.567", "+393331234567"),
        ("tel. 051/234567", "051/234567", "+39051234567"),
        ("06 12345678", "06 12345678", "+390612345678"),
        ("sono in Svizzera, +41 79 123 45 67", "+41 79 123 45 67", "+41791234567"),
    ],
)
def test_phones_become_international(text: str, span: str, value: str) -> None:
    assert [(text[f.start : f.end], f.value) for f in find_phones(text)] == [(span, value)]


@pytest.mark.parametrize(
    "text",
    ["ordine 104233", "il 03/11/2026", "05-12-2026", "partita iva 01234567890", "00000000", "+39"],
)
def test_other_digits_are_no_phone(text: str) -> None:
    assert find_phones(text) == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("cap 40121", ["40121"]),
        ("40121 bologna", ["40121"]),
        ("Bologna 40121", ["40121"]),
        ("20871 Vimercate", ["20871"]),
        ("Casalecchio di Reno (BO) 40033", ["40033"]),
        ("via Roma 3, 10122 Torino", ["10122"]),
        ("20871", []),
        ("reso 20871 grazie", []),
        ("reso 20871 Vimercate", []),
        ("20871 Bologna", []),
        ("abito a Milano, reso 20871", []),
    ],
)
def test_five_digits_are_a_postal_code_only_where_the_text_says_so(text: str, codes: list[str]) -> None:
    assert [f.value for f in postal_codes(text)] == codes


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("tre", 3),
        ("ventuno", 21),
        ("trentotto", 38),
        ("duecentocinquanta", 250),
        ("milleduecento", 1200),
        ("sedia", None),
    ],
)
def test_italian_number_words_are_read(word: str, number: int) -> None:
    assert number_in_words(word) == number


@given(st.text(st.characters(blacklist_categories=()), max_size=80))
def test_extractors_take_any_characters_and_point_into_them(text: str) -> None:
    for find in (*FINDERS, record_numbers):
        assert all(0 <= found.start < found.end <= len(text) for found in find(text))


@given(
    st.integers(100_000, 999_999), st.sampled_from(["ordine {}", "n. {}", "#{}", "dov'è {}?", "il mio ordine è il {}"])
)
def test_every_order_number_is_found_in_every_frame(number: int, frame: str) -> None:
    assert [f.value for f in record_numbers(frame.format(number))] == [str(number)]
