"""`sportello requests`: what the staff still have to look at, until they have a desk."""

from datetime import datetime
from typing import Any, Iterator, Optional

from attachments.folder import Folder
from base.clock import ROME, Clock, clock_for
from base.database import Database
from base.settings import load_settings
from cli.database import database_problems
from cli.say import Problem, say, texts
from switchboard import attachments, history
from switchboard.attachments import SentFile
from switchboard.log import Row
from switchboard.staff_requests import OpenRequest, close, list_open


def requests_command(number: Optional[int], done: bool = False) -> None:
    """List the open requests, show one with its whole conversation, or mark it as done.

    Raises:
        Problem: there is no request with this number, or it is not open.
    """
    settings = load_settings()
    with database_problems():
        database = Database(settings.database_url)
        try:
            if done:
                _close(database, number, clock_for(settings.dev, settings.var))
                return
            with database.reading() as session:
                lines = list(
                    _list(list_open(session)) if number is None else _one(session, number, Folder(settings.attachments))
                )
        finally:
            database.close()
    for line in lines:
        print(line)


def _close(database: Database, number: Optional[int], clock: Clock) -> None:
    if number is None:
        raise Problem("requests_done_needs_number", exit_code=2)
    with database.writing() as session:
        if not close(session, number, clock.now()):
            raise Problem("requests_not_open", number=number)
    print(say("requests_done", number=number))


def _list(requests: Any) -> Iterator[str]:
    for request in requests:
        yield _line(request)
    if not requests:
        yield say("requests_none")


def _one(session: Any, number: int, folder: Folder) -> Iterator[str]:
    found = history.of_request(session, number)
    if found is None:
        raise Problem("requests_unknown", number=number)
    request, rows = found
    yield _line(request)
    yield say("requests_conversation" if rows else "requests_no_conversation")
    for row in rows:
        yield _message(row)
    files = attachments.of_request(session, number)
    if files:
        yield say("requests_files")
        yield from (_file(file, folder) for file in files)


def _line(request: OpenRequest) -> str:
    about = ", ".join(f"{name} {value}" for name, value in request.about.items())
    when, reason = _local(request.created_at), _reason(request.reason)
    return say("requests_line", number=request.number, when=when, reason=reason, about=_printable(about)).rstrip()


def _reason(reason: str) -> str:
    """In Italian where a text knows it; `intent:track_order` is the text of `intent`."""
    kind, _, intent = reason.partition(":")
    return texts().get(f"requests_reason_{kind}", reason).format(intent=intent)


def _message(row: Row) -> str:
    author = say(f"requests_author_{row.author_kind}")
    return say(
        "requests_message", seq=row.seq, when=_local(row.created_at), author=author, text=_printable(row.body["text"])
    )


def _file(file: SentFile, folder: Folder) -> str:
    """A file with its place on disk, for whoever works at this computer."""
    kilobytes = max(1, file.bytes // 1_000)
    name = _printable(file.name or file.type)
    return say("requests_file", name=name, type=file.type, kilobytes=kilobytes, path=folder.path(file.id, file.type))


def _printable(text: str) -> str:
    """On one line, and without the characters that would command the terminal instead of being shown."""
    return "".join(character if character.isprintable() else " " for character in text)


def _local(moment: datetime) -> str:
    return moment.astimezone(ROME).strftime("%d/%m/%Y %H:%M")
