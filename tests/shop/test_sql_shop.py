import threading
from datetime import date, datetime, time, timezone
from decimal import Decimal
from unittest.mock import patch

import pytest
from sqlalchemy import event

from base.database import Database
from base.statements import Prepared
from shop import sql_catalogue
from shop.errors import ShopUnavailable
from shop.importer import import_shop
from shop.records import (
    Courier,
    Delay,
    Line,
    Opening,
    OrderState,
    Parcel,
    ParcelEvent,
    ParcelState,
    Quote,
    QuoteState,
    Refund,
    RefundState,
    ReturnLine,
    Seller,
    ToldBy,
    Variant,
)
from shop.sql_shop import SqlShop
from tests.shop.samples import NOW, shop_file

SILENT = "postgresql://nobody@127.0.0.1:1/none"


@pytest.fixture
def shop(database: Database) -> SqlShop:
    with database.writing() as session:
        import_shop(session, shop_file(), NOW)
    return SqlShop(database)


async def test_an_order_comes_whole(shop: SqlShop) -> None:
    order = await shop.order("104233")

    assert (order.number, order.email, order.first_name) == ("104233", "anna.rossi@example.it", "Anna")
    assert order.state is OrderState.SHIPPED
    assert order.placed_at == datetime(2026, 11, 18, 8, 0, tzinfo=timezone.utc)
    assert order.promised_on == date(2026, 11, 25)
    assert order.total == Decimal("158.00")
    assert order.delay == Delay("maltempo", ToldBy.COURIER, new_date=date(2026, 11, 27))
    assert order.lines == (Line("SED-ALBA", "sedia Alba", 2, Decimal("79.00")),)
    handed_over = ParcelEvent(datetime(2026, 11, 20, 16, 0, tzinfo=timezone.utc), ParcelState.HANDED_OVER, "Bologna")
    in_transit = ParcelEvent(datetime(2026, 11, 21, 2, 0, tzinfo=timezone.utc), ParcelState.IN_TRANSIT)
    assert order.parcels == (Parcel(Courier.BRT, "084000001", ParcelState.IN_TRANSIT, (handed_over, in_transit)),)


async def test_a_return_comes_with_its_refund_and_the_customer_of_its_order(shop: SqlShop) -> None:
    ret = await shop.return_case("R-20871")

    assert (ret.order_number, ret.email, ret.first_name) == ("104233", "anna.rossi@example.it", "Anna")
    assert ret.lines == (ReturnLine("SED-ALBA", "sedia Alba", 1, received=1),)
    assert isinstance(ret.refund, Refund)
    assert (ret.refund.amount, ret.refund.state) == (Decimal("79.00"), RefundState.APPROVED)


async def test_a_quote_comes_with_its_seller(shop: SqlShop) -> None:
    quote = await shop.quote("P-3021")

    assert isinstance(quote, Quote)
    assert (quote.state, quote.amount, quote.valid_until) == (QuoteState.SENT, Decimal("720.00"), date(2026, 12, 3))
    assert quote.seller == Seller("Elena Conti", "elena.conti@example.com")


async def test_a_quote_that_nobody_follows_yet_has_no_seller(shop: SqlShop, database: Database) -> None:
    data = shop_file()
    del data["quotes"][0]["seller_email"]
    with database.writing() as session:
        import_shop(session, data, NOW)

    assert (await shop.quote("P-3021")).seller is None


async def test_returns_and_refunds_of_an_order_come_newest_first(shop: SqlShop, database: Database) -> None:
    data = shop_file()
    data["returns"].append({**data["returns"][0], "number": "R-20872", "requested_at": "-2d"})
    data["refunds"].append({**data["refunds"][0], "number": "RF-50002", "return_number": "R-20872", "opened_on": "0d"})
    with database.writing() as session:
        import_shop(session, data, NOW)

    returns, refunds = await shop.returns_of("104233"), await shop.refunds_of("104233")

    assert [ret.number for ret in returns] == ["R-20872", "R-20871"]
    assert [refund.return_number for refund in refunds] == ["R-20872", "R-20871"]


async def test_unknown_numbers_find_nothing(shop: SqlShop) -> None:
    assert await shop.order("999999") is None
    assert await shop.return_case("R-999999") is None
    assert await shop.quote("P-999999") is None
    assert await shop.returns_of("999999") == ()
    assert await shop.refunds_of("999999") == ()


async def test_an_order_takes_at_most_four_queries(shop: SqlShop, database: Database) -> None:
    cores = []
    event.listen(database.engine, "before_cursor_execute", lambda *call: cores.append(call[2].lstrip()[:6]))

    with patch.object(Prepared, "_executed", autospec=True, side_effect=Prepared._executed) as prepared:
        await shop.order("104233")

    assert 1 <= prepared.call_count + cores.count("SELECT") <= 4


async def test_a_slow_database_is_not_known_now() -> None:
    database, let_go = Database(SILENT, threads=1), threading.Event()
    database._threads.submit(let_go.wait, 10)

    with pytest.raises(ShopUnavailable, match="no answer"):
        await SqlShop(database, timeout_s=0.01).order("104233")

    let_go.set()
    database.close()


async def test_a_search_that_takes_long_holds_nobody_up_and_is_given_up(
    shop: SqlShop, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()
    monkeypatch.setattr(sql_catalogue, "likeness", lambda *_words: int(not let_go.wait(10)))

    with pytest.raises(ShopUnavailable, match="no answer"):
        await SqlShop(database, timeout_s=0.05).search_products(("sedia",))

    let_go.set()


async def test_a_database_without_tables_is_not_known_now(database_url: str) -> None:
    database = Database(database_url)

    with pytest.raises(ShopUnavailable):
        await SqlShop(database).order("104233")

    database.close()


async def test_a_database_that_cannot_be_reached_is_not_known_now() -> None:
    database = Database(SILENT)

    with pytest.raises(ShopUnavailable):
        await SqlShop(database).quote("P-3021")

    database.close()


async def test_a_mistake_in_the_code_is_not_taken_for_a_silent_shop(shop: SqlShop) -> None:
    def wrong(session, number):
        raise KeyError(number)

    with pytest.raises(KeyError):
        await shop._ask(wrong, "104233")


async def test_a_product_comes_whole(shop: SqlShop, database: Database) -> None:
    data = shop_file()
    data["products"].append(
        {"sku": "DIV-LIRA", "name": "divano Lira", "category": "divani", "variants": [{"color": "blu", "stock": 2}]}
    )
    with database.writing() as session:
        import_shop(session, data, NOW)

    product = await shop.product("DIV-LIRA")

    assert (product.name, product.price, product.stock) == ("divano Lira", None, None)
    assert product.variants == (Variant("blu", None, 2),)
    assert await shop.product("NIENTE") is None


async def test_products_are_found_by_words_like_theirs(shop: SqlShop) -> None:
    found = await shop.search_products(("sedie", "qualunque"))

    assert [product.sku for product in found] == ["SED-ALBA"]
    assert await shop.search_products(("bicicletta",)) == ()
    assert await shop.search_products(()) == ()


async def test_stores_come_with_their_week(shop: SqlShop, database: Database) -> None:
    data = shop_file()
    data["stores"] = [
        {"code": "BO-01", "name": "Bologna", "address": "via Po 1", "postal_code": "40121", "city": "Bologna"}
        | {"province": "BO", "hours": {"tue": ["09:30-13:00", "15:30-24:00"]}}
    ]
    with database.writing() as session:
        import_shop(session, data, NOW)

    [store] = await shop.stores()

    assert store.week[1] == (Opening(time(9, 30), time(13)), Opening(time(15, 30), time.max))
    assert not any(store.week[day] for day in (0, 2, 3, 4, 5, 6)) and not store.pickup


async def test_a_silent_catalogue_is_not_known_now(database_url: str) -> None:
    database = Database(database_url)

    with pytest.raises(ShopUnavailable):
        await SqlShop(database).search_products(("sedia",))
    with pytest.raises(ShopUnavailable):
        await SqlShop(database).stores()

    database.close()


async def test_an_owner_s_records_come_newest_first_and_a_stranger_has_none(shop: SqlShop) -> None:
    heads = await shop.records_of("anna.rossi@example.it")

    assert heads and [head.began_at for head in heads] == sorted((head.began_at for head in heads), reverse=True)
    assert {await shop.email_of(head.kind, head.number) for head in heads} == {"anna.rossi@example.it"}
    assert await shop.records_of("nobody@example.it") == ()
    assert await shop.has_customer("anna.rossi@example.it") and not await shop.has_customer("nobody@example.it")
