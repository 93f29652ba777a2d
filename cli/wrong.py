"""`sportello desk wrong`: answers that people of the shop called wrong, and what was meant; for whoever writes data."""

from typing import Iterator, Sequence

from base.clock import ROME
from base.database import Database
from base.settings import load_settings
from cli.database import database_problems
from cli.say import say
from switchboard.wrong import Wrong, latest


def wrong_command(most: int) -> None:
    """Print the last `most` of them, oldest first, with personal data masked."""
    settings = load_settings()
    with database_problems():
        database = Database(settings.database_url)
        try:
            with database.reading() as session:
                found = latest(session, most)
        finally:
            database.close()
    for line in readable_lines(found):
        print(line)


def readable_lines(found: Sequence[Wrong]) -> Iterator[str]:
    """Two lines for each: when and the sentence, what it was taken for and what it meant."""
    if not found:
        yield say("wrong_none")
    for one in found:
        when = one.at.astimezone(ROME).strftime("%d/%m/%Y %H:%M")
        sentence = say("choices_forgotten") if one.sentence is None else _printable(one.sentence)
        yield say("choices_sentence", when=when, sentence=sentence)
        yield say("wrong_meant", understood=one.understood or "–", meant=one.meant or say("wrong_other"))


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
