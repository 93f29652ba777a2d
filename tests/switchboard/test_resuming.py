"""A conversation goes on on another side after a code for the e-mail that was proved there."""

import pytest

from base.clock import FixedClock
from base.database import Database
from switchboard import resuming, turns
from switchboard.body import Reply
from switchboard.effects import BadEffect, Effect
from switchboard.leaving import leave
from switchboard.models import CLOSED, Conversation, Joining, Person
from tests.switchboard.helpers import FRONT, WELCOME
from tests.switchboard.side import Side

ANNA = "anna.rossi@example.it"
RESUME = Effect("resume", {side: {"text": f"testo {side}", "buttons": []} for side in ("moved", "closed")})


@pytest.fixture
def phone(database: Database, clock: FixedClock) -> Side:
    return Side(database, clock, "web", "ws_phone")


def resume(side: Side, database: Database) -> object:
    """The side accepts to go on with what was found."""
    asked = side.say("sì, riprendiamola")
    with database.writing() as session:
        session.execute(turns.TURNS.update().values(lease_until=None, state="queued"))
    while turn := side.write(turns.claim_next, asked.conversation_id, FRONT):
        effects = [RESUME] if turn.id == asked.message_id else []
        side.write(turns.complete, turn, [Reply("Fatto.")], effects)
    return asked


def found(side: Side, database: Database, clock: FixedClock) -> object:
    asked = side.say("la ritrovo?")
    with database.reading() as session:
        return resuming.resumable(session, asked.message_id, clock.now())


def test_the_same_email_proved_on_both_devices_leads_to_the_conversation(
    database: Database, clock: FixedClock, web: Side, phone: Side
) -> None:
    web.say("il divano è arrivato rotto")
    before = web.conversation
    web.prove(ANNA)
    phone.say("ciao dal telefono")
    phone.prove(ANNA)

    resume(phone, database)

    assert phone.conversation == web.conversation == before
    assert "il divano è arrivato rotto" in phone.reads() and phone.reads_of_all()[1] == "ciao dal telefono"
    with database.reading() as session:
        assert session.query(Person).count() == 1 and session.query(Joining).one().how == "code"
        assert session.query(Conversation).filter_by(owner=CLOSED).one().continued_in == before


@pytest.mark.parametrize("of_web, of_phone", [(None, ANNA), (ANNA, None), ("altra@example.it", ANNA)])
def test_nothing_is_found_without_the_same_proof(
    database: Database, clock: FixedClock, web: Side, phone: Side, of_web: str | None, of_phone: str | None
) -> None:
    web.say("un segreto")
    phone.say("ciao")
    for side, email in ((web, of_web), (phone, of_phone)):
        if email:
            side.prove(email)

    assert found(phone, database, clock) is None
    with pytest.raises(BadEffect):
        resume(phone, database)
    assert phone.conversation != web.conversation


def test_a_side_that_was_left_is_not_found(database: Database, clock: FixedClock, web: Side, phone: Side) -> None:
    web.say("un segreto")
    web.prove(ANNA)
    web.write(leave, web.sender, WELCOME)
    phone.say("ciao")
    phone.prove(ANNA)

    assert found(phone, database, clock) is None


def test_a_closed_conversation_is_read_above_and_the_new_one_goes_on(
    database: Database, clock: FixedClock, web: Side, phone: Side
) -> None:
    web.say("un mese fa")
    web.prove(ANNA)
    with database.writing() as session:
        session.execute(Conversation.__table__.update().values(owner=CLOSED, closed_at=clock.now()))
    phone.say("ciao")
    phone.prove(ANNA)
    here = phone.conversation

    resume(phone, database)

    assert phone.conversation == here and "un mese fa" in phone.reads_of_all()
