"""Products that a customer names, looked for in the shop's catalogue as answers do (`shop/catalogue.py`)."""

from typing import Any, Mapping, Sequence

from shop.catalogue import products_named
from shop.gateway import ShopGateway

MOST_CANDIDATES = 4


async def with_products(entities: Sequence[Mapping[str, Any]], shop: ShopGateway) -> list[dict[str, Any]]:
    """The entities; a product's `normalized` is `{name, sku, candidates}`.

    `name` and `sku` are the shop's where one product is surely meant; otherwise `sku` is None and `candidates`, each
    `{name, sku}`, are those that may be meant, the likest first.

    Raises:
        shop.errors.ShopUnavailable: the shop cannot say now.
    """
    return [await _matched(entity, shop) if entity["entity"] == "product" else dict(entity) for entity in entities]


async def _matched(entity: Mapping[str, Any], shop: ShopGateway) -> dict[str, Any]:
    meant = await products_named(str(entity["value"]), shop)
    candidates = [{"name": product.name, "sku": product.sku} for product in meant.products[:MOST_CANDIDATES]]
    if meant.sure and len(candidates) == 1:
        return {**entity, "normalized": {**candidates[0], "candidates": []}}
    return {**entity, "normalized": {**entity["normalized"], "candidates": candidates}}
