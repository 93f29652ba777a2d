"""Masking what must never be stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.masking import mask_personal, mask_text

CARD = "4111111111111111"
AROUND = ("", " ", "  ", "\n", "\u00a0", "-", " - ", "–", "/", ".", ", ")


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("4111111111111111", "••••••••••••1111"),
        ("4111 1111 1111 1111", "•••• •••• •••• 1111"),
        ("4111 1111 1111 1111", "•••• •••• •••• 1111"),
        ("4111  1111  1111  1111", "••••  ••••  ••••  1111"),
        ("5500-0000-0000-0004", "••••-••••-••••-0004"),
        ("5500–0000–0000–0004", "••••–••••–••••–0004"),
        ("4111\n1111\n1111\n1111", "••••\n••••\n••••\n1111"),
        ("4111/1111/1111/1111", "••••/••••/••••/1111"),
        ("340000000000009", "•••••••••••0009"),
        ("3400 000000 00009", "•••• •••••• •0009"),
        ("４１１１１１１１１１１１１１１１", "••••••••••••１１１１"),
        ("4111111111111111 12/27 cvv 123", "••••••••••••1111 12/27 cvv 123"),
        ("4111 1111 1111 1111 12/27", "•••• •••• •••• 1111 12/27"),
        ("5555555555554444 123", "••••••••••••4444 123"),
        ("1 4111111111111111", "1 ••••••••••••1111"),
        ("4111111111111111-", "••••••••••••1111-"),
        ("4111111111111111 5555555555554444", "••••••••••••1111 ••••••••••••4444"),
    ],
)
def test_a_payment_card_keeps_only_its_last_four_digits(written: str, stored: str) -> None:
    assert mask_text(f"pago con {written}.") == f"pago con {stored}."


@pytest.mark.parametrize(
    "text",
    [
        "ordine 104233",
        "il 104.233 e il reso R-20871",
        "tel 333 1234567",
        "tel. +39 051 123456, oppure 333 1234567",
        "4111111111111112",
        "tracking 1Z999AA10123456784",
        "IT60X0542811101000000123456",
        "520000012000000007218803",
        "dal 12/11/2026 al 23/11/2026, 3.480,00 €",
    ],
)
def test_other_numbers_stay_as_they_are(text: str) -> None:
    assert mask_text(text) == text


@given(
    st.sampled_from([CARD, "5555555555554444", "378282246310005", "6011111111111117"]),
    st.sampled_from(AROUND),
    st.sampled_from(AROUND),
    st.text(alphabet="0123456789", max_size=4),
    st.text(alphabet="0123456789", max_size=4),
)
def test_a_card_is_found_whatever_numbers_stand_around_it(
    card: str, left: str, right: str, before: str, after: str
) -> None:
    left, right = left or " ", right or " "

    assert card not in mask_text(f"{before}{left}{card}{right}{after}")


@given(st.text(max_size=300))
def test_masking_never_fails_is_stable_and_keeps_the_length(text: str) -> None:
    once = mask_text(text)

    assert mask_text(once) == once
    assert len(once) == len(text)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("ordine 104206, mail Anna.Rossi+x@example.co.it!", "ordine ••••••, mail •••••••••••••••••••••••••••"),
        ("chiamatemi al 333 123 4567", "chiamatemi al ••• ••• ••••"),
        ("IBAN IT60X0542811101000000123456", "IBAN •••••••••••••••••••••••••••"),
        ("codice fiscale RSSNNA80A41H501X", "codice fiscale ••••••••••••••••"),
        ("reso R-20804", "reso R-•••••"),
        ("taglia 42 e 60 pezzi a 59 euro il 12/3", "taglia 42 e 60 pezzi a 59 euro il 12/3"),
        ("dov'è il mio ordine?", "dov'è il mio ordine?"),
    ],
)
def test_what_trainers_read_tells_nothing_of_the_person(written: str, shown: str) -> None:
    assert mask_personal(written) == shown


@given(st.text(max_size=200))
def test_masking_for_trainers_keeps_length_and_everything_that_is_no_number_or_address(text: str) -> None:
    masked = mask_personal(text)

    assert len(masked) == len(text)
    assert all(after in (before, "•") for before, after in zip(text, masked))
