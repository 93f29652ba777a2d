"""Lists of customers' sentences for whoever writes data: read once, printed with when they were written."""

from datetime import datetime
from typing import Callable, Iterator, Optional, Sequence, TypeVar

from sqlalchemy.orm import Session

from base.clock import ROME
from base.database import Database
from base.layers import data_layers
from base.settings import load_settings
from cli.database import database_problems
from cli.say import say
from switchboard.personal import Mask, Personal

One = TypeVar("One")


def print_latest(
    latest: Callable[[Session, int, Mask], Sequence[One]],
    readable_lines: Callable[[Sequence[One]], Iterator[str]],
    most: int,
) -> None:
    """Print the last `most` that `latest` finds in the database, as `readable_lines` writes them.

    They are masked as in the trainers' inbox.
    """
    settings, mask = load_settings(), Personal.load(data_layers()).masked
    with database_problems():
        database = Database(settings.database_url)
        try:
            with database.reading() as session:
                found = latest(session, most, mask)
        finally:
            database.close()
    for line in readable_lines(found):
        print(line)


def sentence_line(at: datetime, sentence: Optional[str]) -> str:
    """When it was written, and the sentence; or that it is not kept any more."""
    shown = say("choices_forgotten") if sentence is None else _printable(sentence)
    return say("choices_sentence", when=at.astimezone(ROME).strftime("%d/%m/%Y %H:%M"), sentence=shown)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
