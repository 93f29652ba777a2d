import json
from copy import deepcopy
from pathlib import Path
from typing import Any, Callable, Optional, Union

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shop.file_errors import Fault, ShopFileInvalid, ShopFileUnreadable
from shop.file_kinds import Records
from shop.file_known import Known, KnownOrder, KnownRefund
from shop.shop_file import MAX_BYTES, checked_records, parse_json, read_records, read_shop_file
from tests.shop.samples import NOW, shop_file

Change = Callable[[dict[str, Any]], None]
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def check(data: Any, known: Optional[Known] = None) -> Records:
    return checked_records(read_records(data, NOW), known or Known())


def faults_of(data: Any, known: Optional[Known] = None) -> list[Fault]:
    with pytest.raises(ShopFileInvalid) as caught:
        check(data, known)
    return list(caught.value.faults)


def set_at(*path: Union[str, int], to: Any) -> Change:
    def change(data: dict[str, Any]) -> None:
        holder: Any = data
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = to

    return change


def drop(*path: Union[str, int]) -> Change:
    def change(data: dict[str, Any]) -> None:
        holder: Any = data
        for step in path[:-1]:
            holder = holder[step]
        del holder[path[-1]]

    return change


def repeat(kind: str) -> Change:
    return lambda data: data[kind].append(deepcopy(data[kind][0]))


def test_the_sample_file_has_no_fault() -> None:
    records = check(shop_file())

    assert {kind: len(items) for kind, items in records.items()} == dict.fromkeys(
        ["customers", "sellers", "stores", "products", "orders", "returns", "refunds", "quotes"], 1
    )


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        (set_at("version", to=2), "version", "not_allowed"),
        (drop("version"), "version", "required"),
        (set_at("clients", to=[]), "clients", "unknown_field"),
        (set_at("orders", to={}), "orders", "not_array"),
        (set_at("orders", 0, to=5), "orders[0]", "not_object"),
        (set_at("customers", 0, "first_name", to=5), "customers[0].first_name", "not_string"),
        (set_at("customers", 0, "first_name", to=" "), "customers[0].first_name", "not_text"),
        (set_at("customers", 0, "first_name", to="x" * 81), "customers[0].first_name", "max_length"),
        (set_at("customers", 0, "first_name", to="A\u0000"), "customers[0].first_name", "unusable_text"),
        (set_at("customers", 0, "first_name", to="A\ud800"), "customers[0].first_name", "unusable_text"),
        (drop("customers", 0, "last_name"), "customers[0].last_name", "required"),
        (set_at("customers", 0, "last_name", to=None), "customers[0].last_name", "required"),
        (set_at("customers", 0, "nickname", to="A"), "customers[0].nickname", "unknown_field"),
        (set_at("customers", 0, "postal_code", to="4012"), "customers[0].postal_code", "pattern"),
        (set_at("sellers", 0, "phone", to="chiama"), "sellers[0].phone", "pattern"),
        (set_at("stores", 0, "pickup", to="sì"), "stores[0].pickup", "not_boolean"),
        (set_at("stores", 0, "hours", "mon", to=["13:00-09:30"]), "stores[0].hours.mon[0]", "not_opening_hours"),
        (set_at("stores", 0, "hours", "lun", to=[]), "stores[0].hours.lun", "unknown_field"),
        (set_at("products", 0, "price", to=79), "products[0].price", "not_string"),
        (set_at("products", 0, "price", to="79,00"), "products[0].price", "not_amount"),
        (set_at("products", 0, "price", to="-1.00"), "products[0].price", "not_amount"),
        (set_at("products", 0, "stock", to=-1), "products[0].stock", "minimum"),
        (set_at("products", 0, "stock", to="5"), "products[0].stock", "not_integer"),
        (set_at("products", 0, "variants", 0, to={}), "products[0].variants[0]", "min_properties"),
        (set_at("orders", 0, "number", to="n. 104.233"), "orders[0].number", "not_order_number"),
        (set_at("orders", 0, "email", to="Anna.Rossi@example.it"), "orders[0].email", "not_email_address"),
        (set_at("orders", 0, "placed_at", to="ieri"), "orders[0].placed_at", "not_moment"),
        (set_at("orders", 0, "promised_on", to="2026-02-30"), "orders[0].promised_on", "not_day"),
        (set_at("orders", 0, "lines", to=[]), "orders[0].lines", "min_items"),
        (set_at("orders", 0, "lines", 0, "quantity", to=0), "orders[0].lines[0].quantity", "minimum"),
        (set_at("orders", 0, "lines", 0, "quantity", to=10**9), "orders[0].lines[0].quantity", "maximum"),
        (set_at("orders", 0, "parcels", 0, "courier", to="tnt"), "orders[0].parcels[0].courier", "not_allowed"),
        (drop("orders", 0, "delay", "reason"), "orders[0].delay.reason", "required"),
        (set_at("returns", 0, "number", to="20871"), "returns[0].number", "not_return_number"),
        (set_at("quotes", 0, "number", to="3021"), "quotes[0].number", "not_quote_number"),
    ],
)
def test_a_fault_of_form_is_reported_once_at_its_path(change: Change, path: str, code: str) -> None:
    data = shop_file()
    change(data)

    assert (path, code) in [(fault.path, fault.code) for fault in faults_of(data)]
    assert len([fault for fault in faults_of(data) if fault.path == path]) == 1


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        (repeat("customers"), "customers[1].email", "repeated"),
        (repeat("products"), "products[1].sku", "repeated"),
        (repeat("orders"), "orders[1].number", "repeated"),
        (set_at("orders", 0, "email", to="nessuno@example.it"), "orders[0].email", "unknown_customer"),
        (set_at("quotes", 0, "email", to="nessuno@example.it"), "quotes[0].email", "unknown_customer"),
        (set_at("quotes", 0, "seller_email", to="nessuno@example.it"), "quotes[0].seller_email", "unknown_seller"),
        (set_at("orders", 0, "lines", 0, "sku", to="NIENTE"), "orders[0].lines[0].sku", "unknown_product"),
        (set_at("returns", 0, "order_number", to="999999"), "returns[0].order_number", "unknown_order"),
        (set_at("refunds", 0, "return_number", to="R-999"), "refunds[0].return_number", "unknown_return"),
        (set_at("orders", 0, "state", to="cancelled"), "orders[0].cancelled_at", "needed_by_state"),
        (set_at("orders", 0, "cancelled_at", to="-1d"), "orders[0].cancelled_at", "against_state"),
        (drop("orders", 0, "paid_at"), "orders[0].paid_at", "needed_by_state"),
        (drop("orders", 0, "parcels"), "orders[0].parcels", "needed_by_state"),
        (set_at("orders", 0, "state", to="paid"), "orders[0].parcels", "against_state"),
        (set_at("orders", 0, "paid_at", to="-6d"), "orders[0].paid_at", "too_early"),
        (set_at("orders", 0, "parcels", 0, "hold_until", to="+3d"), "orders[0].parcels[0].hold_until", "against_state"),
        (
            set_at("orders", 0, "parcels", 0, "state", to="at_pickup_point"),
            "orders[0].parcels[0].pickup_point",
            "needed_by_state",
        ),
        (
            set_at("orders", 0, "parcels", 0, "events", 1, "at", to="-4d"),
            "orders[0].parcels[0].events[1].at",
            "too_early",
        ),
        (drop("returns", 0, "received_at"), "returns[0].received_at", "needed_by_state"),
        (set_at("returns", 0, "state", to="refused"), "returns[0].refusal_reason", "needed_by_state"),
        (set_at("returns", 0, "refusal_reason", to="usato"), "returns[0].refusal_reason", "against_state"),
        (set_at("returns", 0, "approved_at", to="-5d"), "returns[0].approved_at", "too_early"),
        (set_at("returns", 0, "lines", 0, "received", to=2), "returns[0].lines[0].received", "over_quantity"),
        (set_at("returns", 0, "lines", 0, "quantity", to=3), "returns[0].lines[0].quantity", "over_ordered"),
        (set_at("returns", 0, "lines", 0, "sku", to="VAS-TERRA"), "returns[0].lines[0].sku", "not_in_order"),
        (set_at("refunds", 0, "amount", to="158.01"), "refunds[0].amount", "over_total"),
        (set_at("refunds", 0, "state", to="credited"), "refunds[0].credited_on", "needed_by_state"),
        (set_at("refunds", 0, "credited_on", to="-1d"), "refunds[0].credited_on", "against_state"),
        (set_at("refunds", 0, "deduction", to="1.00"), "refunds[0].deduction_reason", "needed_by_field"),
        (drop("quotes", 0, "amount"), "quotes[0].amount", "needed_by_state"),
        (set_at("quotes", 0, "answered_at", to="-1d"), "quotes[0].answered_at", "against_state"),
        (set_at("quotes", 0, "valid_until", to="-4d"), "quotes[0].valid_until", "too_early"),
    ],
)
def test_a_broken_rule_is_the_only_fault(change: Change, path: str, code: str) -> None:
    data = shop_file()
    change(data)

    assert (path, code) in [(fault.path, fault.code) for fault in faults_of(data)]


def test_the_same_parcel_in_two_orders_is_a_fault() -> None:
    data = shop_file()
    data["orders"].append({**deepcopy(data["orders"][0]), "number": "104234"})

    fault = faults_of(data)[0]

    assert (fault.path, fault.code) == ("orders[1].parcels[0].tracking_code", "repeated")
    assert fault.values["first"] == "orders[0].parcels[0]"


def test_refunds_of_one_order_are_added_up_without_the_failed_ones() -> None:
    data = shop_file()
    second = {**data["refunds"][0], "number": "RF-50002", "amount": "100.00"}
    del second["return_number"]
    data["refunds"].append(second)

    faults = faults_of(data)
    second.update(state="failed")

    assert [(fault.path, fault.code) for fault in faults] == [
        ("refunds[0].amount", "over_total"),
        ("refunds[1].amount", "over_total"),
    ]
    assert check(data)


def test_a_return_is_refunded_once_and_for_its_own_order() -> None:
    data = shop_file()
    data["refunds"][0]["amount"] = "10.00"
    data["refunds"].append({**data["refunds"][0], "number": "RF-50002"})

    assert [fault.code for fault in faults_of(data)] == ["refunded_twice", "refunded_twice"]


def test_every_fault_comes_in_one_pass_also_two_in_one_record() -> None:
    data = shop_file()
    data["orders"][0]["lines"][0]["quantity"] = 0
    data["orders"][0]["email"] = "nessuno@example.it"
    data["orders"][0]["promised_on"] = "presto"
    data["customers"][0]["city"] = 7
    data["quotes"][0]["amount"] = None

    assert [(fault.path, fault.code) for fault in faults_of(data)] == [
        ("customers[0].city", "not_string"),
        ("orders[0].email", "unknown_customer"),
        ("orders[0].lines[0].quantity", "minimum"),
        ("orders[0].promised_on", "not_day"),
        ("quotes[0].amount", "needed_by_state"),
    ]


def test_an_unreadable_value_is_not_called_missing_too() -> None:
    data = shop_file()
    data["returns"][0]["received_at"] = "quando capita"

    assert [(fault.path, fault.code) for fault in faults_of(data)] == [("returns[0].received_at", "not_moment")]


def test_an_unreadable_list_does_not_make_every_reference_to_it_wrong() -> None:
    data = shop_file()
    data["customers"] = "si vedrà"

    assert [(fault.path, fault.code) for fault in faults_of(data)] == [("customers", "not_array")]


def test_a_file_may_refer_to_what_the_database_has() -> None:
    data = shop_file()
    for kind in ("customers", "sellers", "products", "orders", "returns"):
        del data[kind]
    del data["quotes"]

    known = Known(orders={"104233": KnownOrder(None, {})}, returns={"R-20871": "104233"})

    assert check(data, known)["refunds"]


def test_a_return_of_another_order_is_found_in_the_database_too() -> None:
    data = {"version": 1, "refunds": shop_file()["refunds"]}
    known = Known(
        orders={"104233": KnownOrder(None, {})},
        returns={"R-20871": "104234"},
        refunds={"RF-40000": KnownRefund("104234", "R-20871", None, False)},
    )

    assert {fault.code for fault in faults_of(data, known)} == {"other_order", "refunded_twice"}


def test_a_key_written_twice_is_a_fault_at_its_place() -> None:
    text = json.dumps(shop_file()).replace('"last_name"', '"first_name": "Anna", "last_name"')

    faults = faults_of(parse_json(text.encode()))

    assert [(fault.path, fault.code) for fault in faults] == [("customers[0].first_name", "repeated_key")]


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999999999999", "9" * 5_000, "1.0"])
def test_strange_numbers_are_faults_like_any_other(number: str) -> None:
    text = json.dumps(shop_file()).replace('"stock": 5}', f'"stock": {number}}}', 1)

    assert [fault.code for fault in faults_of(parse_json(text.encode()))] == ["not_integer"]


def test_a_file_nested_without_end_is_refused() -> None:
    deep = json.loads("[" * 500 + "]" * 500)

    assert [fault.code for fault in faults_of(deep)] == ["too_deep"]
    with pytest.raises(ShopFileUnreadable) as caught:
        parse_json(b"[" * 200_000)
    assert caught.value.code == "nested_json"


@pytest.mark.parametrize(
    ("raw", "code"),
    [(b"", "not_json"), (b"{", "not_json"), (b"\xff\xfe{}", "not_utf8"), (b'{"version": 1}\n\xe8', "not_utf8")],
)
def test_what_is_no_json_says_so(raw: bytes, code: str, tmp_path: Path) -> None:
    file = tmp_path / "shop.json"
    file.write_bytes(raw)

    with pytest.raises(ShopFileUnreadable) as caught:
        read_shop_file(file)

    assert caught.value.code == code


def test_a_byte_order_mark_is_no_fault() -> None:
    assert parse_json(b'\xef\xbb\xbf{"version": 1}') == {"version": 1}


def test_a_file_that_is_too_big_says_so(tmp_path: Path) -> None:
    file = tmp_path / "shop.json"
    with file.open("wb") as sparse:
        sparse.truncate(MAX_BYTES + 1)

    with pytest.raises(ShopFileUnreadable, match="too_big"):
        read_shop_file(file)


def test_a_missing_file_and_a_folder_say_so(tmp_path: Path) -> None:
    with pytest.raises(ShopFileUnreadable, match="missing"):
        read_shop_file(tmp_path / "none.json")
    with pytest.raises(ShopFileUnreadable, match="unreadable"):
        read_shop_file(tmp_path)


def every_place(data: Any, at: tuple = ()) -> list[tuple]:
    """The paths of everything in `data` but its top."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [place for key, value in items for place in [(*at, key), *every_place(value, (*at, key))]]


PLACES = every_place(shop_file())


@example([(("products", 0), []), (("products", 0, "sku"), None)])
@given(st.lists(st.tuples(st.sampled_from(PLACES), JSON_VALUES), min_size=1, max_size=3))
def test_a_file_changed_anywhere_to_anything_is_checked_without_surprise(changes: list[tuple[tuple, Any]]) -> None:
    data = shop_file()
    for place, value in changes:
        holder = data
        for step in place[:-1]:
            exists = isinstance(holder, dict) and step in holder or isinstance(holder, list) and isinstance(step, int)
            holder = holder[step] if exists and (isinstance(holder, dict) or step < len(holder)) else None
        last = place[-1]
        if isinstance(holder, dict) or isinstance(holder, list) and isinstance(last, int) and last < len(holder):
            holder[last] = value

    try:
        records = check(data)
    except ShopFileInvalid as error:
        assert all(fault.path.isprintable() for fault in error.faults)
        return

    assert set(records) == {"customers", "sellers", "stores", "products", "orders", "returns", "refunds", "quotes"}


@given(JSON_VALUES)
def test_any_json_is_checked_without_surprise(data: Any) -> None:
    with pytest.raises(ShopFileInvalid):
        check(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_json_or_unreadable(raw: bytes) -> None:
    try:
        parse_json(raw)
    except ShopFileUnreadable as error:
        assert error.code in ("not_utf8", "not_json", "nested_json")


@settings(max_examples=60)
@given(st.integers(0, len(json.dumps(shop_file()).encode()) - 1))
def test_a_file_cut_short_is_no_json(length: int) -> None:
    with pytest.raises(ShopFileUnreadable) as caught:
        parse_json(json.dumps(shop_file()).encode()[:length])

    assert caught.value.code == "not_json"
