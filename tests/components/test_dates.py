"""What written dates mean, seen from Wednesday 25 November 2026."""

from datetime import date
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.dates import date_spans, date_value
from components.normalise import fold

WEDNESDAY = date(2026, 11, 25)


def meaning(marked: str, today: date = WEDNESDAY) -> Optional[str]:
    """What the date between square brackets means."""
    before, _, rest = marked.partition("[")
    written, _, after = rest.partition("]")
    return date_value(before + written + after, len(before), len(before + written), today)


@pytest.mark.parametrize(
    ("marked", "value"),
    [
        ("[venerdì prossimo]", "2026-11-27"),
        ("il [12/3]", "2027-03-12"),
        ("ho ordinato il [12/3]", "2026-03-12"),
        ("[12 marzo 2026]", "2026-03-12"),
        ("fra [due settimane]", "2026-12-09"),
        ("tra [3 gg]", "2026-11-28"),
        ("[fra due settimane]", "2026-12-09"),
        ("[lun]", "2026-11-30"),
        ("[domani mattina]", "2026-11-26"),
        ("[ieri]", "2026-11-24"),
        ("[l'altro ieri]", "2026-11-23"),
        ("[dopodomani]", "2026-11-27"),
        ("la [settimana scorsa]", "2026-11-16/2026-11-22"),
        ("[due settimane fa]", "2026-11-11"),
        ("entro [fine mese]", "2026-11-30"),
        ("a [Natale]", "2026-12-25"),
        ("aspetto da [lunedì]", "2026-11-23"),
        ("dopo [3 mesi]", "P3M"),
        ("da [4 gg]", "P4D"),
        ("da [giorni]", None),
        ("da [qualche mese]", None),
        ("ordinato [lunedì scorso]", "2026-11-23"),
        ("potete consegnare [lunedì]?", "2026-11-30"),
        ("doveva arrivare [lunedì]", "2026-11-23"),
        ("comprato il [primo maggio]", "2026-05-01"),
        ("siete aperti il [primo maggio]?", "2027-05-01"),
        ("l'ho preso a [marzo]", "2026-03"),
        ("[ottobre]", "2026-10"),
        ("a [gennaio]", "2027-01"),
        ("[questa settimana]", "2026-11-23/2026-11-29"),
        ("nel [weekend]", "2026-11-28/2026-11-29"),
        ("lo scorso [weekend]", "2026-11-28/2026-11-29"),
        ("[weekend scorso]", "2026-11-21/2026-11-22"),
        ("l'[anno scorso]", "2025"),
        ("il [mese prossimo]", "2026-12"),
        ("[mese scorso]", "2026-10"),
        ("entro [3 giorni]", "2026-11-28"),
        ("[31 febbraio]", None),
        ("[12.11.2026]", "2026-11-12"),
        ("[3-1-27]", "2027-01-03"),
        ("[2026-12-01]", "2026-12-01"),
        ("[stasera]", "2026-11-25"),
        ("nel [pomeriggio]", "2026-11-25"),
        ("l'ordine del [12]", "2026-11-12"),
        ("entro il [12]", "2026-12-12"),
        ("per il [12]", "2026-12-12"),
        ("[un mese]", "P1M"),
        ("[un anno fa]", "2025-11-25"),
        ("[sabato 28]", "2026-11-28"),
        ("[martedì della settimana prossima]", "2026-12-01"),
        ("[metà dicembre]", "2026-12-15"),
        ("[fine marzo]", "2027-03-31"),
        ("[ultimi 30 giorni]", "2026-10-26/2026-11-25"),
        ("[una decina di giorni fa]", "2026-11-15"),
        ("[Pasqua]", "2027-03-28"),
        ("[2 settimane]", "P2W"),
        ("[venti giorni fa]", "2026-11-05"),
        ("[dieci giorni]", "P10D"),
        ("[sabato mattina]", "2026-11-28"),
        ("[mar]", "2026-12-01"),
        ("[black friday]", "2026-11-27"),
        ("[dom]", "2026-11-29"),
        ("[dmn]", "2026-11-26"),
        ("[5 nov.]", "2026-11-05"),
        ("[29 febbraio]", "2028-02-29"),
        ("[2-3 giorni]", "P3D"),
        ("[mercoledì]", "2026-11-25"),
        ("[mercoledì prossimo]", "2026-12-02"),
        ("[lunedì prox]", "2026-11-30"),
        ("[la prossima settimana]", "2026-11-30/2026-12-06"),
        ("[2024]", "2024"),
        ("l'[estate scorsa]", "2026-06-01/2026-08-31"),
        ("[estate 2025]", "2025-06-01/2025-08-31"),
        ("comprato in [primavera]", "2026-03-01/2026-05-31"),
        ("per la [prossima primavera]", "2027-03-01/2027-05-31"),
    ],
)
def test_a_written_date_becomes_iso(marked: str, value: Optional[str]) -> None:
    assert meaning(marked) == value


@pytest.mark.parametrize(
    ("marked", "day"),
    [
        ("ho ordinato [lunedì] e non è arrivato", "2026-11-23"),
        ("doveva arrivare [lunedì]", "2026-11-23"),
        ("il pacco risulta consegnato [lunedì]", "2026-11-23"),
        ("potete consegnare [lunedì]?", "2026-11-30"),
        ("arriva entro [lunedì]?", "2026-11-30"),
        ("[lunedì]", "2026-11-30"),
        ("l'ordine del [3/12]", "2025-12-03"),
        ("mi serve per il [3/12]", "2026-12-03"),
        ("[3/12]", "2026-12-03"),
    ],
)
def test_what_was_ordered_is_past_and_what_is_wished_is_to_come(marked: str, day: str) -> None:
    assert meaning(marked) == day


def test_the_last_day_of_a_shorter_month_is_taken() -> None:
    assert meaning("[un mese fa]", date(2026, 3, 31)) == "2026-02-28"


@given(st.text(st.characters(blacklist_categories=()), max_size=60), st.dates(date(1990, 1, 1), date(2200, 1, 1)))
def test_any_characters_at_all_give_a_meaning_or_none(text: str, today: date) -> None:
    spans = list(date_spans(fold(text).text))

    assert all(0 <= start < end for start, end in spans)
    assert date_value(text, 0, len(text), today) is None or text


@given(
    st.sampled_from(["{} giorni fa", "fra {} settimane", "il {}/2", "{} marzo", "da {} mesi", "{} {} {}"]),
    st.integers(0, 10**12),
)
def test_any_number_gives_a_meaning_or_none(frame: str, number: int) -> None:
    text = frame.format(number, number, number)

    value = date_value(text, 0, len(text), WEDNESDAY)

    assert value is None or value.lstrip("P")[:1].isdigit()
