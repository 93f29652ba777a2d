"""No customer's words in any log."""

import logging
import sqlite3
import subprocess
import sys
import textwrap

from base.logs import SafeFormatter
from base.settings import ROOT
from switchboard.texts import TextMissing

SECRET = "sono Anna, il mio ordine è 104233"


def test_an_exception_shows_where_it_came_from_and_not_what_it_quotes() -> None:
    told = _told(ValueError(SECRET))

    assert "ValueError" in told and __file__ in told
    assert SECRET not in told


def test_what_led_to_an_exception_is_told_in_the_same_way() -> None:
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as cause:
            raise RuntimeError(SECRET) from cause
    except RuntimeError as error:
        told = _formatted(error)

    assert told.index("KeyError") < told.index("RuntimeError")
    assert SECRET not in told


def test_our_own_errors_and_the_machine_s_say_what_is_wrong() -> None:
    assert "utter_gap, placeholder questo" in _told(TextMissing("utter_gap", "questo"))
    assert "database is locked" in _told(sqlite3.OperationalError("database is locked"))
    assert "Connection refused" in _told(ConnectionRefusedError(111, "Connection refused"))


def test_what_asyncio_tells_of_a_forgotten_task_quotes_nothing() -> None:
    told = _logged_by("""
        async def fail(text):
            raise ValueError(text)

        async def main():
            await asyncio.wait([asyncio.create_task(fail(SECRET))])
        """)

    assert "Task exception was never retrieved\n" in told
    assert "in fail" in told and "ValueError" in told
    assert SECRET not in told


def test_what_asyncio_tells_of_a_broken_callback_quotes_nothing() -> None:
    told = _logged_by("""
        def fail(text):
            raise ValueError(text)

        async def main():
            asyncio.get_running_loop().call_soon(fail, SECRET)
        """)

    assert "Exception in callback fail\n" in told
    assert "ValueError" in told
    assert SECRET not in told


def test_what_asyncio_says_without_objects_is_told_whole() -> None:
    told = _logged_by("""
        async def main():
            logging.getLogger("asyncio").warning("socket.%s() raised exception.", "send")
        """)

    assert "socket.send() raised exception.\n" in told


def _logged_by(program: str) -> str:
    """What a process whose `main` is in `program` leaves in its log."""
    beginning = f"import asyncio, logging\nfrom base.logs import configure_logging\nSECRET = {SECRET!r}\n"
    end = "\nconfigure_logging('INFO')\nasyncio.run(main())"
    command = [sys.executable, "-c", beginning + textwrap.dedent(program) + end]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stderr


def _told(error: BaseException) -> str:
    try:
        raise error
    except type(error) as raised:
        return _formatted(raised)


def _formatted(error: BaseException) -> str:
    record = logging.LogRecord("engine", logging.ERROR, __file__, 1, "failed", None, sys.exc_info())
    return SafeFormatter("%(message)s").format(record)
