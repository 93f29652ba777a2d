"""`sportello import FILE`: loads a shop and says what changed, or every fault of the file and loads nothing."""

import sys
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Iterator

from base.clock import clock_for
from base.database import Database
from base.settings import load_settings
from cli.database import database_problems
from cli.say import Problem, say
from shop.file_errors import Fault, ShopFileInvalid, ShopFileUnreadable, shown
from shop.importer import ImportReport, KindReport, import_records
from shop.shop_file import read_records, read_shop_file


def import_shop_command(file: Path) -> None:
    """Load the shop in `file` into the configured database.

    Raises:
        Problem: the file cannot be read or has faults, which are printed before; or the database cannot be used.
    """
    settings = load_settings()
    now = clock_for(settings.dev, settings.var).now()
    with database_problems():
        database = Database(settings.database_url)
        try:
            report = import_file(database, file, now)
        finally:
            database.close()
    for line in report_lines(report):
        print(line)


def import_file(database: Database, file: Path, now: datetime) -> ImportReport:
    """Load the shop in `file` in one transaction; when it has faults, print them all on standard error.

    Raises:
        Problem: the file cannot be read, or has faults; the database is as before.
    """
    with shop_file_problems(file):
        read = read_records(read_shop_file(file), now)
        with database.writing() as session:
            return import_records(session, read)


@contextmanager
def shop_file_problems(file: Path, exit_code: int = 1) -> Iterator[None]:
    """Turn what is wrong with `file` into a `Problem`; its faults are printed on standard error.

    Raises:
        Problem: the file cannot be read, or has faults.
    """
    path = shown(str(file), longest=200)
    try:
        yield
    except ShopFileUnreadable as error:
        raise Problem(f"shop_file_{error.code}", exit_code, path=path, **error.values) from error
    except ShopFileInvalid as error:
        for fault in error.faults:
            print(fault_line(fault), file=sys.stderr)
        raise Problem("shop_file_faults", exit_code, path=path, count=len(error.faults)) from error


def fault_line(fault: Fault) -> str:
    """A fault as the operator reads it: `orders[12].lines[0].quantity: …`."""
    return f"{fault.path or say('shop_file_top')}: {say(f'shop_file_{fault.code}', **fault.values)}"


def report_lines(report: ImportReport) -> Iterator[str]:
    """What an import did: a line for each kind, then one for each record that was updated."""
    for kind in report.kinds:
        name = say(f"shop_file_kind_{kind.kind}")
        counts = {"added": len(kind.added), "updated": len(kind.updated), "unchanged": kind.unchanged}
        yield say("shop_file_kind_report", name=name, **counts)
        yield from _updated_lines(kind)
    if not report.changed:
        yield say("shop_file_no_change")


def _updated_lines(kind: KindReport) -> Iterator[str]:
    for updated in kind.updated:
        yield say("shop_file_updated", record=updated.key, fields=", ".join(updated.fields))
