"""The migrations make exactly the tables the code has, on both databases, and are safe to run at any time."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from base.database import Base
from base.migrations import NewerDatabase, _config, is_current, migrate, revision
from base.settings import ROOT

for module in ("engine.tables", "shop.models", "switchboard.models"):
    importlib.import_module(module)


def plain_engine(url: str) -> Engine:
    return create_engine(url, future=True, poolclass=NullPool)


def test_migrations_and_models_describe_the_same_tables(database_url: str) -> None:
    migrate(database_url)

    with plain_engine(database_url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_again_does_nothing(database_url: str) -> None:
    assert migrate(database_url)

    assert not migrate(database_url)
    assert is_current(database_url)


def test_an_empty_database_is_not_current(database_url: str) -> None:
    assert not is_current(database_url)
    assert revision(database_url) is None


def test_processes_that_migrate_at_once_do_not_disturb_each_other(database_url: str) -> None:
    command = [
        sys.executable,
        "-c",
        "import sys; from base.migrations import migrate; migrate(sys.argv[1])",
        database_url,
    ]

    processes = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]
    exit_codes = [process.wait() for process in processes]

    assert exit_codes == [0, 0, 0]
    assert is_current(database_url)


def test_a_database_of_a_newer_version_is_refused(database_url: str) -> None:
    migrate(database_url)
    with plain_engine(database_url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'future'"))

    with pytest.raises(NewerDatabase):
        migrate(database_url)


def test_a_migration_that_fails_leaves_nothing_behind(database_url: str) -> None:
    engine = plain_engine(database_url)
    last = Base.metadata.sorted_tables[-1].name
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE {last} (x INTEGER)"))

    with pytest.raises(Exception, match=last):
        migrate(database_url)

    assert inspect(engine).get_table_names() == [last]


def test_a_database_that_does_not_answer_is_an_error_of_the_database(tmp_path: Path) -> None:
    with pytest.raises(OperationalError):
        migrate(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")


def test_what_was_there_before_channels_were_joined_is_its_openers(database_url: str) -> None:
    command.upgrade(_config(database_url), "0007")
    engine, moment = plain_engine(database_url), "2026-11-01 10:00:00+00:00"
    rows = (
        "INSERT INTO people (id, created_at) VALUES ('pe_1', :at)",
        "INSERT INTO identities (id, person_id, kind, value, created_at) VALUES ('id_1', 'pe_1', 'web', 'ws_1', :at)",
        "INSERT INTO conversations (id, person_id, owner, version, last_seq, read_seq, opened_at, last_at)"
        " VALUES ('cv_1', 'pe_1', 'bot', 1, 1, 0, :at, :at)",
        "INSERT INTO proved_emails (id, conversation_id, email, method, proved_at, expires_at)"
        " VALUES ('pv_1', 'cv_1', 'anna@example.it', 'code', :at, :at)",
    )
    with engine.begin() as connection:
        for row in rows:
            connection.execute(text(row), {"at": moment})

    migrate(database_url)

    with engine.connect() as connection:
        assert connection.execute(text("SELECT identity_id FROM conversations")).scalar() == "id_1"
        assert connection.execute(text("SELECT identity_id FROM proved_emails")).scalar() == "id_1"
        assert connection.execute(text("SELECT email FROM identity_emails")).scalar() == "anna@example.it"


def test_joined_channels_can_be_taken_back_and_made_again(database_url: str) -> None:
    migrate(database_url)

    command.downgrade(_config(database_url), "0007")
    assert not inspect(plain_engine(database_url)).has_table("joinings")

    assert migrate(database_url) and is_current(database_url)
