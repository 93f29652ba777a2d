"""Remembers which records of the shop an answer was made from, for whoever asks why."""

from typing import Any, Optional

from shop.gateway import ShopGateway
from shop.records import Order, Quote, Refund, Return

ORDER, RETURN, QUOTE = "order", "return", "quote"


class ReadShop:
    """A gateway that notes what was found: kind and number of each record, once, in `read`. The rest is the shop's."""

    def __init__(self, shop: ShopGateway) -> None:
        self._shop = shop
        self.read: list[list[str]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shop, name)

    async def order(self, number: str) -> Optional[Order]:
        """See `ShopGateway`."""
        found = await self._shop.order(number)
        self._note(ORDER, number, found)
        return found

    async def return_case(self, number: str) -> Optional[Return]:
        """See `ShopGateway`."""
        found = await self._shop.return_case(number)
        self._note(RETURN, number, found)
        return found

    async def returns_of(self, order_number: str) -> tuple[Return, ...]:
        """See `ShopGateway`."""
        found = await self._shop.returns_of(order_number)
        for one in found:
            self._note(RETURN, one.number, one)
        return found

    async def refunds_of(self, order_number: str) -> tuple[Refund, ...]:
        """See `ShopGateway`; a refund is read of its order."""
        found = await self._shop.refunds_of(order_number)
        self._note(ORDER, order_number, found)
        return found

    async def quote(self, number: str) -> Optional[Quote]:
        """See `ShopGateway`."""
        found = await self._shop.quote(number)
        self._note(QUOTE, number, found)
        return found

    def _note(self, kind: str, number: str, found: object) -> None:
        if found and [kind, number] not in self.read:
            self.read.append([kind, number])
