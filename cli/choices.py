"""`sportello choices`: sentences that could mean several things, and what customers chose; for whoever writes data."""

from typing import Iterator, Sequence

from base.clock import ROME
from base.database import Database
from base.settings import load_settings
from cli.database import database_problems
from cli.say import say
from switchboard.choices import Decision, latest

NOT_ANSWERED = "open"


def choices_command(most: int) -> None:
    """Print the last `most` of them, oldest first, with personal data masked."""
    settings = load_settings()
    with database_problems():
        database = Database(settings.database_url)
        try:
            with database.reading() as session:
                decisions = latest(session, most)
        finally:
            database.close()
    for line in readable_lines(decisions):
        print(line)


def readable_lines(decisions: Sequence[Decision]) -> Iterator[str]:
    """Three lines for each: when and the sentence, what was offered, what came of it."""
    if not decisions:
        yield say("choices_none")
    for decision in decisions:
        when = decision.asked_at.astimezone(ROME).strftime("%d/%m/%Y %H:%M")
        sentence = say("choices_forgotten") if decision.sentence is None else _printable(decision.sentence)
        yield say("choices_sentence", when=when, sentence=sentence)
        offered = (f"{one.intent} {round(one.confidence * 100)} %" for one in decision.offered)
        yield say("choices_offered", listed=", ".join(offered))
        answer = say(f"choices_answer_{decision.answer or NOT_ANSWERED}", chosen=decision.chosen or "")
        yield say("choices_answer", answer=answer)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
