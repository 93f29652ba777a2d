"""The shop this installation answers from: where another gateway takes its place (docs/shop-gateway.md)."""

from base.database import Database
from shop.gateway import ShopGateway
from shop.sql_shop import SqlShop


def connected_shop(database: Database) -> ShopGateway:
    """The gateway to the shop; the tables of `sportello import` are read through `database`."""
    return SqlShop(database)
