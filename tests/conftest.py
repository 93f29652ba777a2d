"""Fixtures all tests share: an empty address, and a migrated database, on SQLite and on PostgreSQL."""

import gc
import os
import shutil
from datetime import datetime, timezone
from pathlib import Path
from typing import Iterator, Optional

import pytest
from dotenv import dotenv_values
from hypothesis import settings

from base.clock import FixedClock
from base.database import Base, Database
from base.migrations import migrate
from base.process import keep_for_good
from base.settings import ROOT
from tests.databases import empty, postgresql_problem, postgresql_schema
from tests.twins import leave_twins_out

gc.disable()  # until all is collected: of what is imported nothing is garbage, and the collector would look through it

# Models that were trained here are sealed with this checkout's secret.
SECRET = "SPORTELLO_ENGINE_SECRET"
os.environ.setdefault(SECRET, dotenv_values(ROOT / ".env").get(SECRET) or "secret-of-the-tests-" * 2)

# As in the engine (engine/__main__.py): tests run side by side, and threads that only wait would take what others need.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3")

# Speed is measured by `sportello bench`; a busy computer must not fail a test. Only deep tests look further each time.
settings.register_profile("sportello", deadline=None, derandomize=os.environ.get("SPORTELLO_DEEP") != "1")
settings.load_profile("sportello")

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)  # Monday, 10:30 in Rome


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    leave_twins_out(items)


def pytest_collection_finish() -> None:
    """Everything is imported now; the garbage collector need not look at it again and again."""
    keep_for_good()
    gc.enable()


@pytest.fixture(scope="session")
def no_postgresql() -> Optional[str]:
    return postgresql_problem()


def pytest_terminal_summary(terminalreporter: "pytest.TerminalReporter") -> None:
    skipped = [
        report for report in terminalreporter.stats.get("skipped", ()) if "PostgreSQL skipped" in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.write_line(f"PostgreSQL: {len(skipped)} tests skipped, no server answers", yellow=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest, no_postgresql: Optional[str]) -> str:
    if request.param == "postgresql" and no_postgresql:
        pytest.skip(no_postgresql)
    return request.param


@pytest.fixture
def database_url(backend: str, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with postgresql_schema() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "migrated.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_postgresql(no_postgresql: Optional[str]) -> Iterator[str]:
    if no_postgresql:
        pytest.skip(no_postgresql)
    with postgresql_schema() as url:
        migrate(url)
        yield url


@pytest.fixture
def migrated_url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The address of a migrated database without rows, as it is after a first start."""
    if backend == "sqlite":
        copy = tmp_path / "sportello.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), copy)
        return f"sqlite:///{copy}"
    url = request.getfixturevalue("migrated_postgresql")
    database = Database(url)
    empty(database, Base.metadata.sorted_tables)
    database.close()
    return url


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    database = Database(migrated_url)
    yield database
    database.close()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)
