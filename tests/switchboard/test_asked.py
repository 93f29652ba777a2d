"""What customers have written lately: each text once, the most frequent first, and only what was written."""

from datetime import timedelta

from base.clock import FixedClock
from base.database import Database
from switchboard import turns
from switchboard.asked import Asked, asked_lately
from switchboard.body import Reply
from switchboard.log import InboundMessage
from switchboard.people import Sender

WELCOME = Reply("Ciao!")
DAY = timedelta(days=1)


def write(database: Database, clock: FixedClock, text: str, answered: bool = True, wordless: bool = False) -> None:
    """A customer who is new every time."""
    clock.move(timedelta(seconds=1))
    name = f"ws_{clock.now().timestamp()}"
    inbound = InboundMessage(Sender("web", "web", name, name, "a"), f"{name}:1", text, None, wordless=wordless)
    with database.writing() as session:
        taken = turns.take(session, inbound, WELCOME, "front-1", clock.now(), None)
    if answered:
        assert taken.turn
        with database.writing() as session:
            turns.complete(session, taken.turn, [Reply("Ecco.")], [], clock.now(), {"intent": "greet"})


def asked(database: Database, clock: FixedClock, most: int = 10) -> list[Asked]:
    with database.reading() as session:
        return list(asked_lately(session, clock.now() - DAY, most))


def test_the_same_words_are_one_text_as_it_was_written_last(database: Database, clock: FixedClock) -> None:
    for text in ("dov'è il 104206?", "ciao", "CIAO", "  ciao "):
        write(database, clock, text)

    assert [one.times for one in asked(database, clock)] == [3, 1]
    assert asked(database, clock)[1] == Asked("dov'è il 104206?", 1)


def test_only_the_latest_are_read(database: Database, clock: FixedClock) -> None:
    write(database, clock, "vecchia")
    clock.move(2 * DAY)
    for text in ("prima", "seconda", "terza"):
        write(database, clock, text)

    assert {one.text for one in asked(database, clock)} == {"prima", "seconda", "terza"}
    assert {one.text for one in asked(database, clock, most=2)} == {"seconda", "terza"}


def test_what_nobody_has_answered_and_files_without_a_word_are_left_out(database: Database, clock: FixedClock) -> None:
    write(database, clock, "in attesa", answered=False)
    write(database, clock, "Ha mandato un file", wordless=True)

    assert asked(database, clock) == []
