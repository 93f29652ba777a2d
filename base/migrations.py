"""Brings a database to the tables this version of Sportello has; the steps are in `migrations/versions`."""

from pathlib import Path
from typing import Mapping, Optional

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from base.settings import ROOT


class NewerDatabase(Exception):
    """The database was migrated by a newer version of Sportello; this one would not understand it."""


def migrate(url: str) -> bool:
    """Run the missing migrations on the database at `url`, all of them or none.

    Returns:
        Whether there was anything to do.

    Raises:
        NewerDatabase: the database is ahead of this program.
        sqlalchemy.exc.DBAPIError: the database cannot be reached or written.
    """
    if is_current(url):
        return False
    command.upgrade(_config(url), "head")
    return True


def is_current(url: str) -> bool:
    """Whether the database at `url` has exactly the tables of this version.

    Raises:
        NewerDatabase: the database is ahead of this program.
    """
    scripts = ScriptDirectory.from_config(_config(url))
    found, wanted = revision(url), scripts.get_current_head()
    if found is not None and found not in {script.revision for script in scripts.walk_revisions()}:
        raise NewerDatabase(found)
    return found == wanted


def revision(url: str) -> Optional[str]:
    """The migration the database at `url` is at; `None` for one that was never migrated."""
    engine = create_engine(url, future=True, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def default_url(env: Mapping[str, str]) -> str:
    """The database that `env` names, without asking for anything else a running system needs."""
    return env.get("DATABASE_URL") or f"sqlite:///{Path(env.get('SPORTELLO_VAR') or ROOT / 'var') / 'sportello.db'}"


def _config(url: str) -> Config:
    config = Config(str(ROOT / "alembic.ini"))
    config.attributes["url"] = url
    return config
