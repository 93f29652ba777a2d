from datetime import timedelta

import pytest

from base.clock import FixedClock
from base.database import Database
from switchboard import turns
from switchboard.body import Reply
from switchboard.choices import Decision, OfferedIntent, latest
from switchboard.effects import BadEffect, Effect
from tests.switchboard.helpers import claim, say
from tests.switchboard.inbox import PERSONAL

OFFERED = [{"intent": "request_return", "confidence": 0.41}, {"intent": "request_exchange", "confidence": 0.4}]


def a_turn(database: Database, clock: FixedClock, text: str, *effects: Effect) -> str:
    """The customer says something and is answered, with these effects; the turn's id."""
    clock.move(timedelta(minutes=1))
    with database.writing() as session:
        accepted = say(session, text, clock.now())
        turn = claim(session, accepted.conversation_id, clock.now())
        assert turns.complete(session, turn, [Reply("…")], effects, clock.now())
    return accepted.message_id


def asked(sentence: str) -> Effect:
    return Effect("choice", {"sentence": sentence, "offered": OFFERED})


def answered(sentence: str, chosen: object, answer: str) -> Effect:
    return Effect("choice", {"sentence": sentence, "offered": OFFERED, "chosen": chosen, "answer": answer})


def decisions(database: Database, most: int = 10) -> list[Decision]:
    with database.reading() as session:
        return list(latest(session, most, PERSONAL.masked))


def test_a_choice_is_kept_with_its_sentence_and_what_was_offered(database: Database, clock: FixedClock) -> None:
    first = a_turn(database, clock, "le scarpe del 104211, scrivi ad anna@example.it")
    a_turn(database, clock, "e allora?", asked(first))
    a_turn(database, clock, "Rendere un articolo", answered(first, "request_return", "button"))

    (decision,) = decisions(database)

    assert decision.sentence == "le scarpe del ••••••, scrivi ad •••••••••••••••"
    assert decision.offered == (OfferedIntent("request_return", 0.41), OfferedIntent("request_exchange", 0.4))
    assert (decision.chosen, decision.answer) == ("request_return", "button")


def test_the_last_answer_counts(database: Database, clock: FixedClock) -> None:
    first = a_turn(database, clock, "le scarpe")
    a_turn(database, clock, "altro", asked(first), answered(first, None, "none"))
    a_turn(database, clock, "Cambiare un articolo", answered(first, "request_exchange", "button"))

    assert [(one.chosen, one.answer) for one in decisions(database)] == [("request_exchange", "button")]


def test_one_that_nobody_answered_is_kept_too(database: Database, clock: FixedClock) -> None:
    first = a_turn(database, clock, "le scarpe")
    a_turn(database, clock, "…", asked(first))

    assert [(one.chosen, one.answer) for one in decisions(database)] == [(None, None)]


def test_the_latest_come_last(database: Database, clock: FixedClock) -> None:
    for text in ("uno", "due", "tre"):
        sentence = a_turn(database, clock, text)
        a_turn(database, clock, f"{text}…", asked(sentence))

    assert [one.sentence for one in decisions(database, most=2)] == ["due", "tre"]


@pytest.mark.parametrize(
    "fields",
    [
        {"sentence": "ms_1"},
        {"sentence": "ms_1", "offered": [{"intent": "track_order"}]},
        {"sentence": "ms_1", "offered": OFFERED, "answer": "telepathy"},
    ],
)
def test_a_choice_that_cannot_be_read_fails_the_turn(fields: dict, database: Database, clock: FixedClock) -> None:
    with pytest.raises(BadEffect):
        a_turn(database, clock, "le scarpe", Effect("choice", fields))
