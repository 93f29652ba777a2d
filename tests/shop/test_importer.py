from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from base.database import Base, Database
from shop.file_errors import ShopFileInvalid
from shop.importer import ImportReport, Updated, import_shop
from tests.shop.samples import NOW, shop_file
from tests.shop.test_shop_file import JSON_VALUES, PLACES


def load(database: Database, data: Any, now=NOW) -> ImportReport:
    with database.writing() as session:
        return import_shop(session, data, now)


def counts(database: Database) -> dict[str, int]:
    """Rows of every shop table."""
    tables = [table for table in Base.metadata.sorted_tables if table.name.startswith("shop_")]
    with database.reading() as session:
        return {table.name: session.scalar(select(func.count()).select_from(table)) for table in tables}


def test_a_first_import_adds_everything(database: Database) -> None:
    report = load(database, shop_file())

    assert [(kind.kind, len(kind.added)) for kind in report.kinds] == [
        (name, 1) for name in ("customers", "sellers", "stores", "products", "orders", "returns", "refunds", "quotes")
    ]
    assert counts(database)["shop_parcel_events"] == 2


def test_importing_again_on_the_same_day_changes_nothing(database: Database) -> None:
    load(database, shop_file())

    report = load(database, shop_file(), NOW + timedelta(hours=5))

    assert not report.changed
    assert sum(kind.unchanged for kind in report.kinds) == 8


def test_relative_dates_move_on_the_next_day(database: Database) -> None:
    load(database, shop_file())

    report = load(database, shop_file(), NOW + timedelta(days=1))

    orders = next(kind for kind in report.kinds if kind.kind == "orders")
    assert orders.updated == (Updated("104233", ("placed_at", "paid_at", "promised_on", "delay", "parcels")),)


def test_a_changed_field_is_named_and_nothing_else(database: Database) -> None:
    load(database, shop_file())
    data = shop_file()
    data["customers"][0]["city"] = "Milano"
    del data["orders"][0]["delay"]
    data["orders"][0]["lines"][0]["description"] = "sedia Alba, nera"

    report = load(database, data)

    assert [(kind.kind, kind.updated) for kind in report.kinds if kind.updated] == [
        ("customers", (Updated("anna.rossi@example.it", ("city",)),)),
        ("orders", (Updated("104233", ("delay", "lines")),)),
    ]
    assert not load(database, data).changed


def test_parts_are_added_changed_and_taken_away_in_place(database: Database) -> None:
    data = shop_file()
    load(database, data)
    data["orders"][0]["lines"].append({**data["orders"][0]["lines"][0], "quantity": 1})
    data["orders"][0]["parcels"].insert(0, {"courier": "gls", "tracking_code": "M1000001", "state": "handed_over"})

    load(database, data)
    two = counts(database)
    load(database, shop_file())

    assert (two["shop_order_lines"], two["shop_parcels"], two["shop_parcel_events"]) == (2, 2, 2)
    assert (counts(database)["shop_order_lines"], counts(database)["shop_parcels"]) == (1, 1)
    assert not load(database, shop_file()).changed


def test_records_that_a_later_file_leaves_out_stay(database: Database) -> None:
    load(database, shop_file())
    before = counts(database)

    report = load(database, {"version": 1, "customers": [shop_file()["customers"][0]]})

    assert not report.changed
    assert counts(database) == before


def test_a_later_file_may_refer_to_earlier_records(database: Database) -> None:
    load(database, shop_file())
    order = {**shop_file()["orders"][0], "number": "104299"}
    del order["parcels"]
    order["state"] = "paid"

    report = load(database, {"version": 1, "orders": [order]})

    assert report.kinds[0].added == ("104299",)


def test_rules_look_at_the_database_as_well(database: Database) -> None:
    load(database, shop_file())
    refund = {**shop_file()["refunds"][0], "number": "RF-50002", "amount": "100.00"}

    with pytest.raises(ShopFileInvalid) as caught:
        load(database, {"version": 1, "refunds": [refund]})

    assert {fault.code for fault in caught.value.faults} == {"refunded_twice", "over_total"}


def test_refunds_may_swap_their_returns(database: Database) -> None:
    data = shop_file()
    data["returns"].append({**data["returns"][0], "number": "R-20872"})
    data["refunds"].append({**data["refunds"][0], "number": "RF-50002", "return_number": "R-20872"})
    load(database, data)
    data["refunds"][0]["return_number"], data["refunds"][1]["return_number"] = "R-20872", "R-20871"

    report = load(database, data)

    assert len(report.kinds[-2].updated) == 2


def test_one_fault_keeps_everything_out(database: Database) -> None:
    data = shop_file()
    data["quotes"][0]["state"] = "boh"

    with pytest.raises(ShopFileInvalid):
        load(database, data)

    assert not any(counts(database).values())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.sampled_from(PLACES), value=JSON_VALUES)
def test_whatever_is_changed_the_import_is_whole_or_leaves_the_database_as_it_was(
    database: Database, place: tuple, value: Any
) -> None:
    load(database, shop_file())
    before = counts(database)
    data = shop_file()
    holder: Any = data
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = value

    try:
        load(database, data)
    except ShopFileInvalid:
        assert counts(database) == before
        assert not load(database, shop_file()).changed
