"""Opening the database from the command line; what goes wrong there is said in one line."""

from contextlib import contextmanager
from typing import Iterator

from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, InterfaceError, OperationalError

from base.migrations import NewerDatabase
from cli.say import Problem

UNDEFINED_TABLE = "42P01"  # PostgreSQL


@contextmanager
def database_problems() -> Iterator[None]:
    """Turn what a database refuses into a `Problem`.

    Raises:
        Problem: it cannot be reached, its address or file cannot be used, or it is of another version.
    """
    try:
        yield
    except (ArgumentError, ModuleNotFoundError) as error:  # no address, or one of a kind whose driver is not installed
        raise Problem("database_url_bad") from error
    except DatabaseError as error:
        raise Problem(f"database_{_problem(error)}", reason=_reason(error)) from error
    except InterfaceError as error:
        raise Problem("database_unreachable", reason=_reason(error)) from error
    except NewerDatabase as error:
        raise Problem("database_newer") from error


def _problem(error: DatabaseError) -> str:
    if getattr(error.orig, "pgcode", None) == UNDEFINED_TABLE or "no such table" in str(error.orig):
        return "old"
    return "unreachable" if isinstance(error, OperationalError) else "broken"


def _reason(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0]
