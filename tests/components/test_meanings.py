"""Each of the 13 entities has its normalised form, and what cannot be told has none."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.meanings import with_meanings

WEDNESDAY = date(2026, 11, 25)
KINDS = (
    "order_number return_number quote_number email phone postal_code place product size color quantity date amount"
).split()


def meaning(entity: str, written: str, value: str = "") -> Any:
    given_entity = {"entity": entity, "start": 0, "end": len(written), "value": value or written}
    [found] = with_meanings(written, [given_entity], WEDNESDAY)
    assert found["value"] == (value or written)
    return found["normalized"]


@pytest.mark.parametrize(
    ("entity", "written", "value", "normalized"),
    [
        ("order_number", "104.233", "104233", "104233"),
        ("return_number", "reso20871", "R-20871", "R-20871"),
        ("quote_number", "3021", "P-3021", "P-3021"),
        ("email", "Anna@Example,it", "anna@example.it", "anna@example.it"),
        ("phone", "333 1234567", "+393331234567", "+393331234567"),
        ("amount", "59,90 €", "59.90", "59.90"),
        ("quantity", "una ventina", "20", "20"),
        ("postal_code", "40121", "40121", "40121"),
        ("postal_code", "99999", "99999", None),
        ("place", "bologna", "", {"municipality": "Bologna", "province": "BO", "region": "Emilia-Romagna"}),
        ("place", "Parigi", "", None),
        ("product", "Sedia  Alba", "", {"name": "sedia alba", "sku": None, "candidates": []}),
        ("size", "2,35m", "", "2.35 m"),
        ("color", "blu notte", "", "blu"),
        ("date", "venerdì prossimo", "", "2026-11-27"),
        ("date", "qualche giorno", "", None),
    ],
)
def test_an_entity_has_its_normalised_form(entity: str, written: str, value: str, normalized: Any) -> None:
    assert meaning(entity, written, value) == normalized


def test_dates_mean_nothing_where_the_day_of_the_message_is_not_known() -> None:
    [found] = with_meanings("domani", [{"entity": "date", "start": 0, "end": 6, "value": "domani"}], None)

    assert found["normalized"] is None


def test_what_a_button_brings_stays_as_it_is() -> None:
    brought = {"entity": "product", "value": "SED-ALBA", "extractor": "button"}

    assert with_meanings("Sedia Alba", [brought], WEDNESDAY) == [brought]


@given(st.text(st.characters(blacklist_categories=()), min_size=1, max_size=60), st.sampled_from(KINDS))
def test_any_characters_mean_something_or_nothing(text: str, entity: str) -> None:
    meaning(entity, text)
