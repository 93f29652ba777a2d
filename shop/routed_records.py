"""What the shop's records tell about a case that goes to a person: which sector, how much, who follows it."""

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import Mapping, Optional, Sequence

from shop.catalogue import products_named
from shop.errors import ShopUnavailable
from shop.gateway import ShopGateway
from shop.records import Line, Product, ReturnLine

SHOP_S = 2.0  # a customer waits for the answer; what the shop does not say by then is not known
MOST_LINES = 5


@dataclass(frozen=True)
class RecordFacts:
    """`sectors` are categories of the catalogue; `amount` is in euros; `seller` is an e-mail."""

    sectors: tuple[str, ...] = ()
    amount: Optional[Decimal] = None
    seller: str = ""


async def record_facts(shop: ShopGateway, numbers: Mapping[str, str], product: str = "") -> RecordFacts:
    """The facts of the record named, or else of the product; of what the shop does not know or cannot tell now, none.

    Args:
        numbers: kind -> number; a quote counts before a return, a return before an order.
        product: what the customer called it.
    """
    try:
        return await asyncio.wait_for(_facts(shop, numbers, product), SHOP_S)
    except (ShopUnavailable, asyncio.TimeoutError):
        return RecordFacts()


async def _facts(shop: ShopGateway, numbers: Mapping[str, str], product: str) -> RecordFacts:
    if "quote" in numbers:
        quote = await shop.quote(numbers["quote"])
        if quote:
            seller = quote.seller.email.lower() if quote.seller else ""
            return RecordFacts(await _sectors(shop, quote.lines), quote.amount, seller)
    if "return" in numbers:
        ret = await shop.return_case(numbers["return"])
        if ret:
            return RecordFacts(await _sectors(shop, ret.lines), ret.refund.amount if ret.refund else None)
    if "order" in numbers:
        order = await shop.order(numbers["order"])
        if order:
            return RecordFacts(await _sectors(shop, order.lines), order.total)
    meant = await products_named(product, shop) if product else None
    return RecordFacts(_distinct(meant.products[:MOST_LINES])) if meant and meant.sure else RecordFacts()


async def _sectors(shop: ShopGateway, lines: "Sequence[Line | ReturnLine]") -> tuple[str, ...]:
    found = await asyncio.gather(*(shop.product(line.sku) for line in lines[:MOST_LINES]))
    return _distinct([product for product in found if product])


def _distinct(products: Sequence[Product]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(product.category for product in products))
