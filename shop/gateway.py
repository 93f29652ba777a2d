"""What a real shop system must offer so that Sportello can answer from it.

Write a class with these methods to connect a shop; `shop/sql_shop.py` is the one that comes with Sportello, and
docs/shop-gateway.md shows the smallest working example. Numbers arrive in canonical form (`shop/numbers.py`); no method
checks who is asking: that is done before, with the e-mail in the record or a code sent to it.
"""

from typing import Optional, Protocol

from shop.records import Order, Product, Quote, RecordHead, Refund, Return, Store

TIMEOUT_S = 4.0
MOST_FOUND = 50
MOST_RECORDS = 20


class ShopGateway(Protocol):
    """Read access to a shop.

    Every method is async and answers within `TIMEOUT_S` seconds: the record, `None` when there is no such record, or
    `shop.errors.ShopUnavailable` when the shop cannot say now. A slow shop never blocks: it is "not known now".
    """

    async def email_of(self, kind: str, number: str) -> Optional[str]:
        """The e-mail that a record belongs to; `kind` is `order`, `return` or `quote`.

        Who may hear about a record is decided with this. It should take as long for a number that does not exist.
        """

    async def has_customer(self, email: str) -> bool:
        """Whether anything in the shop belongs to this e-mail: only then is a one-time code sent to it."""

    async def records_of(self, email: str) -> tuple[RecordHead, ...]:
        """The orders, returns and quotes that belong to this e-mail, newest first, at most `MOST_RECORDS`.

        Asked only for an e-mail whose owner the customer has proved to be.
        """

    async def order(self, number: str) -> Optional[Order]:
        """The order with this number."""

    async def return_case(self, number: str) -> Optional[Return]:
        """The return with this number, with its refund if there is one."""

    async def returns_of(self, order_number: str) -> tuple[Return, ...]:
        """All returns of one order, newest first."""

    async def refunds_of(self, order_number: str) -> tuple[Refund, ...]:
        """All refunds of one order, newest first."""

    async def quote(self, number: str) -> Optional[Quote]:
        """The quote with this number."""

    async def product(self, sku: str) -> Optional[Product]:
        """The product with this code."""

    async def search_products(self, words: tuple[str, ...]) -> tuple[Product, ...]:
        """Products that a customer who writes any of these words may mean, at most `MOST_FOUND`.

        Rather too many than too few: which of them are really meant is decided by `shop/catalogue.py`. The words are
        lower case and have no accents; they may be misspelt, and some may be words of no product.
        """

    async def stores(self) -> tuple[Store, ...]:
        """All stores that customers can visit."""
