from datetime import date
from typing import Optional

import pytest

from shop.days import day_named
from tests.shop.samples import TODAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("a che ora chiudete oggi?", date(2026, 11, 23)),
        ("e domani?", date(2026, 11, 24)),
        ("dopodomani", date(2026, 11, 25)),
        ("siete aperti la domenica?", date(2026, 11, 29)),
        ("lunedì", date(2026, 11, 23)),
        ("il 24 dicembre", date(2026, 12, 24)),
        ("l'8/12", date(2026, 12, 8)),
        ("il 3-1-27", date(2027, 1, 3)),
        ("il primo maggio", date(2027, 5, 1)),
        ("a Ferragosto", date(2027, 8, 15)),
        ("a Santo Stefano", date(2026, 12, 26)),
        ("a Pasqua", date(2027, 3, 28)),
        ("a Pasquetta", date(2027, 3, 29)),
        ("il 31 febbraio", None),
        ("siete aperti?", None),
    ],
)
def test_a_day_is_the_next_one_of_that_name(text: str, day: Optional[date]) -> None:
    assert day_named(text, TODAY) == day
