"""What Alembic runs: all tables of Sportello, on SQLite and on PostgreSQL, one migration at a time.

A migration is one transaction on both databases: it happens or it does not. Two processes that migrate at once go one
after the other. SQLite cannot alter most things in place, so tables are copied ("batch"); foreign keys are therefore
not enforced meanwhile, and all of them are checked at the end.
"""

import importlib
import importlib.util
import os
from typing import Any, Union

from alembic import context
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool

from base.database import Base, Euro, UtcDateTime, is_sqlite
from base.migrations import default_url

TABLES = ("shop.models", "switchboard.models", "engine.tables")
LOCK_WAIT_MS = 60_000
LOCK_KEY = 0x5907_7E110  # any number, the same in every process


def main() -> None:
    """Run the migrations Alembic was asked for."""
    for module in TABLES:
        if importlib.util.find_spec(module):
            importlib.import_module(module)
    engine = _engine(context.config.attributes.get("url") or default_url(os.environ))
    try:
        with engine.connect() as connection, connection.begin():
            _migrate(connection)
    finally:
        engine.dispose()


def _migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK_KEY})")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=_plain_type,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"{len(broken)} rows point at nothing, first {tuple(broken[0])}")


def _plain_type(kind: str, item: Any, _context: Any) -> Union[str, bool]:
    """Our column types as the plain ones under them, so that an old migration never depends on today's code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Euro):
        return "sa.BigInteger()"
    return False


def _engine(url: str) -> Engine:
    engine = create_engine(url, future=True, poolclass=NullPool)
    if not is_sqlite(url):
        return engine

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", f"busy_timeout={LOCK_WAIT_MS}", "foreign_keys=OFF"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


main()
