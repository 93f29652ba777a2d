from datetime import date, datetime, time
from typing import Optional

import pytest

from base.clock import ROME
from shop.records import Opening, Store
from shop.stores import (
    Standing,
    is_region,
    only_a_place,
    openings_on,
    places_written,
    provinces,
    standing,
    stores_at,
    usual_week,
)

MORNING, AFTERNOON = Opening(time(9, 30), time(13)), Opening(time(15, 30), time(19, 30))
SHUT: tuple[Opening, ...] = ()
WEEK = ((AFTERNOON,), *[(MORNING, AFTERNOON)] * 4, (MORNING,), SHUT)
BOLOGNA = Store("BO-01", "Bologna", "via Po 1", "40121", "Bologna", "BO", WEEK)
MILANO = Store("MI-01", "Milano", "via Po 2", "20124", "Milano", "MI", ((MORNING,),) * 7)
STORES = (BOLOGNA, MILANO)


@pytest.mark.parametrize("place", ["Bologna", "bologna", "Bolonga", "BO", "40121", "40137", "Emilia-Romagna", "emilia"])
def test_a_store_is_found_by_town_province_region_and_postal_code(place: str) -> None:
    meant = stores_at(place, STORES)

    assert meant.stores == (BOLOGNA,) and not meant.near


@pytest.mark.parametrize("place", ["Modena", "Forlì", "Cesena"])
def test_a_town_without_a_store_leads_to_those_of_its_region(place: str) -> None:
    meant = stores_at(place, STORES)

    assert meant.stores == (BOLOGNA,) and meant.near


@pytest.mark.parametrize("place", ["Puglia", "Bari", "Atlantide", "90100", ""])
def test_elsewhere_there_is_none(place: str) -> None:
    assert stores_at(place, STORES).stores == ()


def test_towns_provinces_and_regions_are_found_in_a_text() -> None:
    assert places_written("quello di milano o BOLOGNA?", STORES) == ["Bologna", "Milano"]
    assert places_written("e in provincia di lecce, in puglia?", STORES) == ["Puglia", "Lecce"]


@pytest.mark.parametrize(
    ("text", "alone"), [("a Milano?", True), ("e Roma", True), ("piove a Milano?", False), ("?", False)]
)
def test_a_place_alone_is_an_answer(text: str, alone: bool) -> None:
    assert only_a_place(text, STORES) is alone


def test_there_are_twenty_regions_and_every_province_has_two_letters() -> None:
    codes = [code for region in provinces().values() for code in region]

    assert len(provinces()) == 20 and len(codes) == len(set(codes)) == 107
    assert all(isinstance(code, str) and len(code) == 2 and code.isupper() for code in codes)
    assert is_region("puglia") and not is_region("Bari")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 11, 24, 10, 0), Standing(open_until=time(13))),
        (datetime(2026, 11, 24, 13, 0), Standing(opens_on=date(2026, 11, 24), opens_at=time(15, 30))),
        (datetime(2026, 11, 23, 8, 0), Standing(opens_on=date(2026, 11, 23), opens_at=time(15, 30))),
        (datetime(2026, 11, 28, 14, 0), Standing(opens_on=date(2026, 11, 30), opens_at=time(15, 30))),
        (datetime(2026, 12, 24, 20, 0), Standing(opens_on=date(2026, 12, 28), opens_at=time(15, 30))),
    ],
)
def test_a_store_is_open_until_or_opens_next(moment: datetime, expected: Standing) -> None:
    assert standing(BOLOGNA, moment.replace(tzinfo=ROME)) == expected


def test_a_store_that_never_opens_opens_never() -> None:
    shut = Store("X", "X", "via Po 3", "10121", "Torino", "TO", (SHUT,) * 7)

    assert standing(shut, datetime(2026, 11, 23, 10, 0, tzinfo=ROME)) == Standing()


@pytest.mark.parametrize(
    ("store", "day", "hours"),
    [
        (BOLOGNA, date(2026, 11, 28), (MORNING,)),
        (BOLOGNA, date(2026, 11, 29), SHUT),
        (MILANO, date(2026, 12, 8), None),
        (MILANO, date(2027, 3, 28), None),
        (BOLOGNA, date(2027, 8, 15), SHUT),
    ],
)
def test_hours_of_a_holiday_are_not_known(store: Store, day: date, hours: Optional[tuple[Opening, ...]]) -> None:
    assert openings_on(store, day) == hours


def test_days_with_the_same_hours_are_told_together() -> None:
    assert [(first, last) for first, last, _ in usual_week(BOLOGNA)] == [(0, 0), (1, 4), (5, 5), (6, 6)]
