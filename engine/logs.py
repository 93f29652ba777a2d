"""Logs without customers' words.

Rasa writes messages, slots and whole conversations at DEBUG, and exceptions quote the data they choked on. So: other
people's loggers speak from WARNING on, Rasa's structured ones give their event's name only, and a traceback keeps its
lines of code but shows an exception's message only where the message is known to hold none of the data.
"""

import logging
import sqlite3
import sys
import traceback
from types import TracebackType
from typing import Any, Iterator, Optional

import structlog

OURS = ("actions", "base", "components", "engine", "shop", "switchboard")
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
TELLING = (OSError, sqlite3.OperationalError)  # "connection refused", "database is locked"


class SafeFormatter(logging.Formatter):
    """Shows where an exception came from; what it says only when it comes from our own code or from the machine."""

    def formatException(self, ei: Any) -> str:
        return "\n".join(_told(error) for error in reversed(list(_chain(ei[1]))))


def configure_logs(level: str) -> None:
    """Send this process's log to standard error; `level` is for our own loggers."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(SafeFormatter(FORMAT))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    structlog.configure(
        processors=[_name_only],
        logger_factory=lambda *_names: logging.getLogger("rasa"),
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        cache_logger_on_first_use=True,
    )


def _name_only(_logger: Any, _method: str, event: dict[str, Any]) -> str:
    return str(event["event"])


def _chain(error: Optional[BaseException]) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _told(error: BaseException) -> str:
    kind = type(error)
    own = kind.__module__.partition(".")[0] in OURS
    message = f": {error}" if own or isinstance(error, TELLING) else ""
    return _lines(error.__traceback__) + f"{kind.__module__}.{kind.__qualname__}{message}"


def _lines(stack: Optional[TracebackType]) -> str:
    return "".join(traceback.format_tb(stack))
