"""The demo shop of `sportello up --demo`: loaded once, into a database that has no shop yet."""

from sqlalchemy import select

from base.clock import clock_for
from base.database import Database
from base.settings import ROOT, Settings
from shop.importer import import_shop
from shop.models import CustomerRow, OrderRow, ProductRow
from shop.shop_file import read_shop_file

DEMO_SHOP = ROOT / "demo" / "shop.json"


def load_demo_shop(database: Database, settings: Settings) -> bool:
    """Load `demo/shop.json` unless there is a customer, an order or a product already.

    Returns:
        Whether it was loaded.
    """
    with database.writing() as session:
        if any(session.execute(select(row).limit(1)).first() for row in (CustomerRow, OrderRow, ProductRow)):
            return False
        import_shop(session, read_shop_file(DEMO_SHOP), clock_for(settings.dev, settings.var).now())
    return True
