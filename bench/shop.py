"""The demo shop in a database of its own, the same for both sides."""

from base.clock import SystemClock
from base.database import Database
from base.migrations import migrate
from base.settings import ROOT
from shop.importer import import_shop
from shop.shop_file import read_shop_file

DEMO_SHOP = ROOT / "demo" / "shop.json"


def make_demo_shop(url: str) -> None:
    """Make the tables at `url` and load the demo shop."""
    migrate(url)
    database = Database(url)
    try:
        with database.writing() as session:
            import_shop(session, read_shop_file(DEMO_SHOP), SystemClock().now())
    finally:
        database.close()
