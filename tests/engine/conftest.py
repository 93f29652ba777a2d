"""A throw-away bot, trained once, and what it takes to run its turns in this process or in real ones."""

from pathlib import Path
from typing import Iterator

import pytest

from base.clock import FixedClock
from base.database import Base, Database
from engine.tables import TrackerRow
from engine.tracker_store import SnapshotTrackerStore
from engine.training import quiet_rasa
from tests.databases import postgresql_schema
from tests.engine.processes import BOT, Engine


@pytest.fixture(scope="session")
def bot_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bot")
    with quiet_rasa():
        from rasa.model_training import train

        result = train(
            domain=str(BOT / "domain.yml"),
            config=str(BOT / "config.yml"),
            training_files=[str(BOT / "data")],
            output=str(folder),
            force_training=True,
        )
    return Path(result.model)


@pytest.fixture
def trackers(database_url: str) -> Iterator[Database]:
    """A database with the table of conversations and nothing else."""
    database = Database(database_url)
    make_table(database)
    yield database
    database.close()


@pytest.fixture
def store(trackers: Database, clock: FixedClock) -> SnapshotTrackerStore:
    return SnapshotTrackerStore(database=trackers, clock=clock)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.deep)])
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, bot_model: Path, no_postgresql: str
) -> Iterator[Engine]:
    """Both processes, on each database with the deep tests; tests/e2e/test_kill.py has them on PostgreSQL each time."""
    folder = tmp_path_factory.mktemp("engine")
    if request.param == "sqlite":
        yield from _running(folder, bot_model, f"sqlite:///{folder / 'sportello.db'}")
        return
    if no_postgresql:
        pytest.skip(no_postgresql)
    with postgresql_schema() as url:
        yield from _running(folder, bot_model, url)


def make_table(database: Database) -> None:
    Base.metadata.create_all(database.engine, tables=[TrackerRow.__table__])


def _running(folder: Path, model: Path, url: str) -> Iterator[Engine]:
    database = Database(url)
    make_table(database)
    database.close()
    engine = Engine(folder, model, url)
    try:
        engine.start()
        yield engine
    finally:
        engine.stop()
