from collections import Counter
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pytest

from base.database import Database
from demo.make_shop import FILE, as_text, make_shop
from shop.file_known import Known
from shop.importer import import_shop
from shop.orders import OrderProgressState, order_progress
from shop.quotes import quote_progress
from shop.records import Courier, OrderState, ParcelState, PaymentMethod, QuoteState, RefundState, ReturnState, ToldBy
from shop.shop_file import checked_records, read_records, read_shop_file
from shop.sql_shop import SqlShop
from tests.shop.samples import NOW, TODAY


@lru_cache(maxsize=1)
def records() -> dict[str, list[dict[str, Any]]]:
    return checked_records(read_records(read_shop_file(FILE), NOW), Known())


def parcels() -> list[dict[str, Any]]:
    return [parcel for order in records()["orders"] for parcel in order["parcels"]]


@pytest.fixture
def shop(database: Database) -> SqlShop:
    with database.writing() as session:
        import_shop(session, read_shop_file(FILE), NOW)
    return SqlShop(database)


def test_the_file_is_what_its_maker_writes() -> None:
    made = as_text(make_shop())

    assert made == FILE.read_text(encoding="utf-8")


def test_the_shop_is_large_enough_and_the_file_small_enough() -> None:
    sizes = {kind: len(items) for kind, items in records().items()}

    assert sizes["customers"] >= 60
    assert sizes["orders"] >= 200
    assert sizes["returns"] >= 50
    assert sizes["quotes"] >= 40
    assert FILE.stat().st_size < 400_000


@pytest.mark.parametrize(
    ("kind", "states"),
    [("orders", OrderState), ("returns", ReturnState), ("refunds", RefundState), ("quotes", QuoteState)],
)
def test_every_state_occurs(kind: str, states: Any) -> None:
    assert {record["state"] for record in records()[kind]} == set(states)


def test_every_courier_and_every_state_of_a_parcel_occurs() -> None:
    assert {parcel["courier"] for parcel in parcels()} == set(Courier)
    assert {parcel["state"] for parcel in parcels()} == set(ParcelState)


def test_every_way_to_pay_occurs() -> None:
    assert {order["payment_method"] for order in records()["orders"]} == set(PaymentMethod)


def test_every_kind_of_delay_occurs() -> None:
    delays = Counter(
        (order["delay_told_by"], bool(order["delay_new_date"]), bool(order["delay_update_by"]))
        for order in records()["orders"]
    )

    assert delays[ToldBy.COURIER, True, False] >= 2
    assert delays[ToldBy.STAFF, True, False] >= 2
    assert delays[ToldBy.STAFF, False, True] >= 2
    assert delays[ToldBy.STAFF, False, False] >= 2


def test_refunds_with_a_deduction_and_partial_receipts_occur() -> None:
    lines = [line for ret in records()["returns"] for line in ret["lines"]]

    assert any(refund["deduction"] for refund in records()["refunds"])
    assert any(line["received"] is not None and line["received"] < line["quantity"] for line in lines)


def test_names_of_mailboxes_are_for_examples_only() -> None:
    emails = [record["email"] for kind in ("customers", "sellers") for record in records()[kind]]

    assert all(email.endswith(("@example.it", "@example.com")) for email in emails)


async def test_every_state_of_progress_occurs(shop: SqlShop) -> None:
    orders = [await shop.order(order["number"]) for order in records()["orders"]]

    assert {order_progress(order, TODAY).state for order in orders} == set(OrderProgressState)


@pytest.mark.parametrize(
    ("number", "email", "state", "late"),
    [
        ("104233", "anna.rossi@example.it", OrderProgressState.IN_TRANSIT, False),
        ("104234", "anna.rossi@example.it", OrderProgressState.DELIVERED, False),
        ("104240", "marco.bianchi@example.it", OrderProgressState.IN_TRANSIT, True),
        ("104241", "lucia.verdi@example.it", OrderProgressState.IN_TRANSIT, True),
        ("104242", "paolo.neri@example.it", OrderProgressState.IN_STORAGE, False),
        ("104250", "giulia.gallo@example.it", OrderProgressState.CANCELLED, False),
    ],
)
async def test_the_orders_that_texts_name_are_as_they_say(
    shop: SqlShop, number: str, email: str, state: OrderProgressState, late: bool
) -> None:
    order = await shop.order(number)
    progress = order_progress(order, TODAY)

    assert (order.email, progress.state, progress.late) == (email, state, late)


async def test_the_details_that_texts_name_are_there(shop: SqlShop) -> None:
    alba, told, silent, stored = [await shop.order(number) for number in ("104233", "104240", "104241", "104242")]
    [paypal] = await shop.refunds_of("104250")

    assert (alba.parcels[0].courier, alba.promised_on) == (Courier.BRT, date(2026, 11, 25))
    assert (alba.lines[0].description, alba.lines[0].quantity, len(alba.lines)) == ("sedia Alba", 2, 2)
    assert (told.delay.reason, told.delay.new_date) == ("maltempo sulla tratta", date(2026, 11, 25))
    assert (silent.delay, silent.promised_on) == (None, date(2026, 11, 21))
    assert stored.parcels[0].hold_until == date(2026, 11, 28)
    assert (paypal.method, paypal.state) == (PaymentMethod.PAYPAL, RefundState.ISSUED)


async def test_the_returns_that_texts_name_are_as_they_say(shop: SqlShop) -> None:
    received, travelling = await shop.return_case("R-20871"), await shop.return_case("R-20880")

    assert (received.order_number, received.email) == ("104234", "anna.rossi@example.it")
    assert (received.state, received.refund.state) == (ReturnState.RECEIVED, RefundState.APPROVED)
    assert (received.refund.amount, received.refund.expected_by) == (Decimal("59.90"), date(2026, 11, 28))
    assert (travelling.state, travelling.email) == (ReturnState.IN_TRANSIT, "marco.bianchi@example.it")


async def test_the_quotes_that_texts_name_are_as_they_say(shop: SqlShop) -> None:
    quotes = [await shop.quote(f"P-{number}") for number in range(3021, 3026)]

    assert [quote_progress(quote, TODAY).state.value for quote in quotes] == [
        "sent",
        "preparing",
        "expired",
        "accepted",
        "received",
    ]
    assert {quote.email for quote in quotes} == {"studio.ferri@example.it"}
    assert (quotes[0].amount, quotes[0].valid_until) == (Decimal("3480.00"), date(2026, 12, 3))
    assert (quotes[0].seller.name, quotes[1].due_on) == ("Elena Conti", date(2026, 11, 25))


def test_nothing_that_has_happened_lies_in_the_future() -> None:
    past = (
        "placed_at",
        "paid_at",
        "prepared_at",
        "cancelled_at",
        "requested_at",
        "received_at",
        "decided_at",
        "sent_at",
    )
    moments = [record[name] for kind in records().values() for record in kind for name in past if record.get(name)]
    moments += [event["at"] for parcel in parcels() for event in parcel["events"]]

    assert max(moments) < NOW
