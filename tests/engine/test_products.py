"""Products that a customer names, matched to a catalogue."""

from typing import Any, Optional

import pytest

from engine.products import with_products
from shop.catalogue import likeness
from shop.records import Product

CATALOGUE = (
    Product("SED-ALBA", "sedia Alba", "sedie"),
    Product("SED-BRINA", "sedia Brina", "sedie"),
    Product("DIV-LIRA", "divano Lira", "divani"),
    Product("ASP-BREZZA", "aspirapolvere Brezza", "elettrodomestici"),
)


class SmallShop:
    """As much of a shop as products need."""

    async def product(self, sku: str) -> Optional[Product]:
        return next((product for product in CATALOGUE if product.sku == sku), None)

    async def search_products(self, words: tuple[str, ...]) -> tuple[Product, ...]:
        return tuple(product for product in CATALOGUE if likeness(words, product.name, product.category))


async def meant(written: str) -> dict[str, Any]:
    as_written = {"name": written.lower(), "sku": None, "candidates": []}
    entity = {"entity": "product", "start": 0, "end": len(written), "value": written, "normalized": as_written}
    [found] = await with_products([entity], SmallShop())
    return found["normalized"]


@pytest.mark.parametrize(
    ("written", "sku"),
    [
        ("sedia Alba", "SED-ALBA"),
        ("sedie alba", "SED-ALBA"),
        ("divno Lira", "DIV-LIRA"),
        ("il Lira", "DIV-LIRA"),
        ("apirapolvre", "ASP-BREZZA"),
        ("SED-BRINA", "SED-BRINA"),
    ],
)
async def test_one_product_is_named_by_the_shop(written: str, sku: str) -> None:
    found = await meant(written)

    assert found["sku"] == sku
    assert found["candidates"] == []


async def test_where_several_may_be_meant_they_are_candidates() -> None:
    found = await meant("Sedia")

    assert (found["name"], found["sku"]) == ("sedia", None)
    assert {candidate["sku"] for candidate in found["candidates"]} == {"SED-ALBA", "SED-BRINA"}


async def test_what_the_shop_does_not_sell_stays_as_it_was_written() -> None:
    assert await meant("bicicletta") == {"name": "bicicletta", "sku": None, "candidates": []}


async def test_other_entities_are_left_alone() -> None:
    entity = {"entity": "color", "start": 0, "end": 3, "value": "blu", "normalized": "blu"}

    assert await with_products([entity], SmallShop()) == [entity]
