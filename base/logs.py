"""Logging for every process, without customers' words.

Exceptions quote the data they choked on, and libraries log what passes through them. So: other people's loggers speak
from WARNING on, and a traceback keeps its lines of code but shows an exception's message only where the message is
known to hold none of the data. asyncio writes whole objects into its messages: those end before the first one.
"""

import logging
import re
import sqlite3
import sys
import traceback
from types import TracebackType
from typing import Any, Iterator, Optional

OURS = ("actions", "attachments", "base", "components", "connectors", "engine", "front", "shop", "switchboard")
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
AN_OBJECT = re.compile(r"\n|<|\((?!\))")  # a line of its own, "<Task …>", or a call's arguments
HIDDEN = "[…]"
TELLING = (OSError, sqlite3.OperationalError)  # "connection refused", "database is locked"


_hidden: set[str] = set()  # secrets that libraries put into what they log


class SafeFormatter(logging.Formatter):
    """Shows where an exception came from; what it says only when it comes from our own code or from the machine.

    What `hide` was told is never shown.
    """

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # what another formatter made of the exception may quote it
        line = super().format(record)
        for secret in _hidden:
            line = line.replace(secret, HIDDEN)
        return line

    def formatException(self, ei: Any) -> str:
        return "\n".join(_told(error) for error in reversed(list(_chain(ei[1]))))


def configure_logging(level: str) -> None:
    """Send this process's log to standard error; `level` is for our own loggers."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(SafeFormatter(FORMAT))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    logging.getLogger("asyncio").addFilter(_without_objects)
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)


def hide(secret: str) -> None:
    """Never show `secret` in this process's log, whoever logs it."""
    _hidden.add(secret)


def _without_objects(record: logging.LogRecord) -> bool:
    """Let every record pass, cut before the first object it quotes; its exception stays with it."""
    record.msg, record.args = AN_OBJECT.split(record.getMessage(), maxsplit=1)[0].rstrip(), ()
    return True


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
