"""Which records of the shop an answer was made from is noted; everything else is the shop's own."""

import pytest

from actions.reading import ReadShop
from base.database import Database
from base.settings import ROOT
from shop.importer import import_shop
from shop.shop_file import read_shop_file
from shop.sql_shop import SqlShop
from tests.conftest import NOW


@pytest.fixture
def shop(database: Database) -> ReadShop:
    with database.writing() as session:
        import_shop(session, read_shop_file(ROOT / "tests" / "conversations" / "shop.json"), NOW)
    return ReadShop(SqlShop(database))


async def test_what_is_found_is_noted_once(shop: ReadShop) -> None:
    for _ in range(2):
        assert await shop.order("104206")
    assert await shop.quote("Q-0") is None

    assert shop.read == [["order", "104206"]]


async def test_returns_of_an_order_are_records_of_their_own(shop: ReadShop) -> None:
    found = await shop.returns_of("104301")

    assert found and shop.read == [["return", one.number] for one in found]


async def test_what_tells_nobody_anything_of_a_record_is_not_noted(shop: ReadShop) -> None:
    assert await shop.email_of("order", "104206") and await shop.stores() is not None

    assert shop.read == []
