import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.numbers import order_number, quote_number, return_number

DIGITS = st.from_regex(r"[0-9]{3,10}", fullmatch=True)
ORDER_FORMS = (
    "{}", "#{}", "n. {}", "N.{}", "n° {}", "nº{}", "n {}", "nr. {}", "№ {}", "num {}", "numero {}", "ORD-{}", "ord{}",
    "Ord. {}", "ordine {}", "ordine n. {}", "l'ordine {}", "il {}", "  {} ", "{}.", "({})", "numero d'ordine: {}",
    "il mio ordine {}", "#{}!",
)  # fmt: skip


@pytest.mark.parametrize("form", ORDER_FORMS)
def test_an_order_number_is_found_in_every_decoration(form: str) -> None:
    assert order_number(form.format("104233")) == "104233"


@pytest.mark.parametrize(
    "written",
    [
        "104.233",
        "104 233",
        "104-233",
        "104,233",
        "104'233",
        "10 42 33",
        "１０４２３３",
        "104\u200b233",
        "104\u00a0233",
        "104‑233",
    ],
)
def test_digits_may_be_grouped_or_wide(written: str) -> None:
    assert order_number(written) == "104233"


@pytest.mark.parametrize(
    "text",
    ["R-20871", "r20871", "reso20871", "RMA 20871", "20871", "reso n. 20871", "R. 20.871", "R–20871", "il reso 20871"],
)
def test_a_return_number_is_found_in_every_decoration(text: str) -> None:
    assert return_number(text) == "R-20871"


@pytest.mark.parametrize("text", ["P-3021", "p3021", "prev. 3021", "prev3021", "3021", "preventivo n. 3021", "3.021"])
def test_a_quote_number_is_found_in_every_decoration(text: str) -> None:
    assert quote_number(text) == "P-3021"


@pytest.mark.parametrize(
    "text",
    ["", "ordine", "12", "12345678901", "10a4233", "104233b", "12.11.2026", "12/11/2026", "59,90", "R-20871", "P-3021",
     "104233 e 104234", "dov'è 104233", "-", "+393331234567"],
)  # fmt: skip
def test_what_is_no_order_number_gives_none(text: str) -> None:
    assert order_number(text) is None


def test_a_number_of_another_kind_gives_none() -> None:
    assert return_number("ORD-104233") is None
    assert return_number("P-3021") is None
    assert quote_number("R-20871") is None


@given(DIGITS, st.sampled_from(ORDER_FORMS))
def test_three_to_ten_digits_are_a_number_in_any_decoration(digits: str, form: str) -> None:
    assert order_number(form.format(digits)) == digits


@given(st.text(st.characters()))
def test_no_text_raises_and_what_comes_out_is_canonical(text: str) -> None:
    order, ret, quote = order_number(text), return_number(text), quote_number(text)

    assert order is None or re.fullmatch("[0-9]{3,10}", order) and order_number(order) == order
    assert ret is None or re.fullmatch("R-[0-9]{3,10}", ret) and return_number(ret) == ret
    assert quote is None or re.fullmatch("P-[0-9]{3,10}", quote) and quote_number(quote) == quote


@given(st.text("nrpo.°# -'12‐ ", max_size=60))
def test_a_text_made_of_decoration_only_is_read_at_once(text: str) -> None:
    for number in (order_number(text), return_number(text), quote_number(text)):
        assert number is None or number[-1].isdigit()


@pytest.mark.parametrize("text", ["nr" * 30 + "!", "r " * 30 + "x", "1 " * 30 + "x", "9" * 1_000_000, "\ud800104233"])
def test_hostile_texts_are_refused_at_once(text: str) -> None:
    assert order_number(text) is None
    assert return_number(text) is None
