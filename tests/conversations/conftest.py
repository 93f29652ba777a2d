"""The trained model and the shop, loaded once; every conversation finds the log empty."""

import os
import shutil
from functools import partial
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from base.clock import FixedClock
from base.database import Base, Database
from base.migrations import migrate
from base.settings import ROOT, Register
from engine.models import ModelError, usable_model
from rehearsal.written import PRODUCT_SHOP
from shop import models
from tests.conftest import NOW
from tests.databases import empty, postgresql_schema

MODELS = Path(os.environ.get("SPORTELLO_MODELS") or ROOT / "models")
SHOP_TABLES = {mapper.local_table for mapper in Base.registry.mappers if mapper.class_.__module__ == models.__name__}


@pytest.fixture(scope="session")
def agent() -> Any:
    try:
        model = usable_model(MODELS)
    except ModelError as error:
        pytest.fail(f"{error}: run `sportello train`, or leave conversations out with -m 'not model'")
    from rehearsal.talk import load_agent

    return load_agent(model.path)


@pytest.fixture(scope="session")
def sqlite_shop(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    file = shutil.copy(migrated_sqlite, tmp_path_factory.mktemp("conversations") / "sportello.db")
    yield from _with_shop(f"sqlite:///{file}")


@pytest.fixture(scope="session")
def postgresql_shop() -> Iterator[Database]:
    with postgresql_schema() as url:
        migrate(url)
        yield from _with_shop(url)


@pytest.fixture
def shop(backend: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database that holds the shop of shop.json and nothing of the conversations before."""
    from actions import context

    database = request.getfixturevalue(f"{backend}_shop")
    empty(database, [table for table in Base.metadata.sorted_tables if table not in SHOP_TABLES])
    yield database
    context.use(None)


@pytest.fixture
def talk(agent: Any, shop: Database, clock: FixedClock) -> Any:
    """A customer in a web chat."""
    from rehearsal.talk import Talk

    return Talk(agent, shop, clock)


@pytest.fixture
def telegram_talk(agent: Any, shop: Database, clock: FixedClock) -> Any:
    """A customer in a Telegram chat, without the wires."""
    from tests.conversations.telegram_talk import RenderedTalk

    return RenderedTalk(agent, shop, clock)


@pytest.fixture
def connect(agent: Any, shop: Database, clock: FixedClock, tmp_path: Path) -> Callable[[Register], Any]:
    """Opens a talk through the whole Telegram channel, with a shop of this register."""
    from tests.conversations.telegram_talk import connected

    return partial(connected, agent, shop, clock, files=tmp_path)


def _with_shop(url: str) -> Iterator[Database]:
    from rehearsal.stage import open_shop

    open_shop(url, PRODUCT_SHOP, NOW)
    database = Database(url)
    yield database
    database.close()
