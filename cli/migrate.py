"""`sportello migrate`: brings the database to this version."""

import os
from pathlib import Path

from base.migrations import default_url, migrate
from base.settings import ROOT
from cli.database import database_problems
from cli.say import say


def migrate_command() -> None:
    """Run the missing migrations and say whether there were any."""
    print(say("migrate_done" if bring_up_to_date() else "migrate_nothing"))


def bring_up_to_date() -> bool:
    """Run the missing migrations; whether there were any.

    Raises:
        Problem: the database cannot be used.
    """
    Path(os.environ.get("SPORTELLO_VAR") or ROOT / "var").mkdir(0o700, parents=True, exist_ok=True)
    with database_problems():
        return migrate(default_url(os.environ))
