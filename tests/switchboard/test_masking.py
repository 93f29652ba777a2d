"""Masking what must never be stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.masking import mask_text


@pytest.mark.parametrize(
    "card", ["4111111111111111", "4111 1111 1111 1111", "5500-0000-0000-0004", "340000000000009", "3400 000000 00009"]
)
def test_a_payment_card_keeps_only_its_last_four_digits(card: str) -> None:
    masked = mask_text(f"pago con {card}.")

    assert masked == f"pago con •••• •••• •••• {card[-4:]}."


@pytest.mark.parametrize(
    "text",
    [
        "ordine 104233",
        "il 104.233 e il reso R-20871",
        "tel 333 1234567",
        "4111111111111112",
        "tracking 1Z999AA10123456784",
        "IT60X0542811101000000123456",
    ],
)
def test_other_numbers_stay_as_they_are(text: str) -> None:
    assert mask_text(text) == text


@given(st.text(max_size=300))
def test_masking_never_fails_and_is_stable(text: str) -> None:
    once = mask_text(text)

    assert mask_text(once) == once
