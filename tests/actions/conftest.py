"""Contexts for actions, each taken away again.

`shop_context` has a database of its own; `reading_context` shares one with everybody who only reads, `bare_context` has
none: cheaper, where many cases are tried.
"""

import shutil
from pathlib import Path
from typing import Iterator

import pytest

from actions import context
from base.clock import FixedClock
from base.database import Database
from shop.importer import import_shop
from shop.shop_file import read_shop_file
from tests.actions.helpers import use_context
from tests.conftest import NOW

SHOP = Path(__file__).parent.parent / "conversations" / "shop.json"


@pytest.fixture
def shop_context(database: Database, clock: FixedClock) -> Iterator[context.Context]:
    _fill(database)
    yield use_context(database, clock)
    context.use(None)


@pytest.fixture(scope="session")
def shop_to_read(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    file = tmp_path_factory.mktemp("shop") / "shop.db"
    shutil.copy(migrated_sqlite, file)
    database = Database(f"sqlite:///{file}")
    _fill(database)
    yield database
    database.close()


@pytest.fixture
def reading_context(shop_to_read: Database, clock: FixedClock) -> Iterator[context.Context]:
    yield use_context(shop_to_read, clock)
    context.use(None)


@pytest.fixture
def bare_context(tmp_path: Path, clock: FixedClock) -> Iterator[context.Context]:
    yield use_context(Database(f"sqlite:///{tmp_path / 'never-opened.db'}"), clock)
    context.use(None)


def _fill(database: Database) -> None:
    with database.writing() as session:
        import_shop(session, read_shop_file(SHOP), NOW)
