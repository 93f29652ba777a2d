"""Real databases for tests: SQLite files, and PostgreSQL schemas that are dropped at the end."""

import os
import secrets
from contextlib import contextmanager
from typing import Iterator, Optional, Sequence

from sqlalchemy import Table, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from base.database import Database

POSTGRESQL = os.environ.get("SPORTELLO_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/test")


def postgresql_problem() -> Optional[str]:
    """Why tests on PostgreSQL cannot run, or None when a server answers."""
    engine = create_engine(POSTGRESQL, poolclass=NullPool, connect_args={"connect_timeout": 3})
    try:
        with engine.connect():
            return None
    except OperationalError:
        return f"PostgreSQL skipped: no server answers at {make_url(POSTGRESQL).render_as_string(hide_password=True)}"
    finally:
        engine.dispose()


@contextmanager
def postgresql_schema() -> Iterator[str]:
    """The address of an empty schema of its own; dropped with everything in it afterwards."""
    schema = f"sportello_test_{secrets.token_hex(6)}"
    engine = create_engine(POSTGRESQL, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    try:
        yield f"{POSTGRESQL}?options=-csearch_path%3D{schema}"
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        engine.dispose()


def empty(database: Database, tables: Sequence[Table]) -> None:
    """Leave no row in `tables`, given parents first, and let their numbers begin at 1 again.

    Not by TRUNCATE, for which PostgreSQL makes new files of every table and index: fifty times slower here.
    """
    with database.writing() as session:
        for table in reversed(tables):
            session.execute(table.delete())
        if database.engine.dialect.name == "postgresql":
            for table in tables:
                number = table._autoincrement_column
                if number is not None:
                    sequence = f"pg_get_serial_sequence('{table.name}', '{number.name}')"
                    session.execute(text(f"SELECT setval({sequence}, 1, false)"))
