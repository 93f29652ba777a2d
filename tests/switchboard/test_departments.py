"""Queues of departments: places, who goes first, to whom a customer is proposed, and passing him on."""

from datetime import timedelta
from typing import Optional

import pytest
from sqlalchemy.orm import Session

from base.clock import FixedClock
from base.database import Database
from switchboard import agents, attending, handoffs, proposing
from switchboard.agents import AtDesk
from switchboard.attending import SomebodyElses
from switchboard.body import Reply
from switchboard.cases import known_of
from switchboard.handoffs import BEGUN_JOB
from switchboard.models import HUMAN, WAITING, Handoff, Job
from tests.switchboard.desk import JOINED, agent, hand_over, owner_of
from tests.switchboard.helpers import say, texts_of

TO_SALES = {"department": "vendite"}
PASSED = Reply("Giulia ti passa a Vendite: posto {queue_position}.")


def open_handoff(session: Session, conversation_id: str) -> Handoff:
    found = handoffs.open_of(session, conversation_id)
    assert found
    return found


def test_the_place_in_the_queue_counts_within_the_department(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        everybodys = hand_over(session, clock.now(), "ws_1")
        first = hand_over(session, clock.now(), "ws_2", way=TO_SALES)
        clock.move(timedelta(seconds=1))
        second = hand_over(session, clock.now(), "ws_3", way=TO_SALES)

    with database.reading() as session:
        assert handoffs.places(session) == {everybodys: 1, first: 1, second: 2}
        assert texts_of(session, second)[-1] == "Una persona arriva: sei al posto 2."
        assert handoffs.position(session, open_handoff(session, second)) == 2


def test_who_goes_first_passes_others_but_not_whoever_waited_longer_still(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        patient = hand_over(session, clock.now(), "ws_1")
        clock.move(timedelta(minutes=40))
        usual = hand_over(session, clock.now(), "ws_2")
        clock.move(timedelta(minutes=10))
        urgent = hand_over(session, clock.now(), "ws_3", way={"ahead_minutes": 30, "why": {"priority": "Avvocati"}})

    with database.reading() as session:
        assert handoffs.places(session) == {patient: 1, urgent: 2, usual: 3}


def test_what_was_ahead_stays_ahead_when_the_wait_begins_earlier(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        opens = clock.now() + timedelta(hours=3)
        conversation_id = hand_over(session, clock.now(), opens=opens, way={"ahead_minutes": 30})

        handoff = open_handoff(session, conversation_id)
        handoffs.wait_from(handoff, clock.now())

        assert (handoff.waits_from, handoff.ranks_from) == (clock.now(), clock.now() - timedelta(minutes=30))


@pytest.mark.parametrize(
    ("way", "chosen"),
    [
        (TO_SALES, "Bianca"),  # nothing to do yet; Anna has a customer
        ({**TO_SALES, "why": {"skill": "cucine"}}, "Anna"),
        ({**TO_SALES, "why": {"skill": "nobody has it"}}, "Bianca"),
        ({**TO_SALES, "why": {"seller": "anna@shop.example"}}, "Anna"),
        ({**TO_SALES, "why": {"seller": "carla@shop.example"}}, "Bianca"),  # Carla is not there
        ({"department": "magazzino"}, None),
        ({}, "Bianca"),
    ],
)
def test_a_customer_is_proposed_to_whoever_fits_and_is_there(
    database: Database, clock: FixedClock, way: dict, chosen: Optional[str]
) -> None:
    with database.writing() as session:
        anna = agent(session, "Anna", clock.now(), departments=["vendite"], skills=["cucine"], live=True)
        agent(session, "Bianca", clock.now(), departments=["vendite"], live=True)
        agent(session, "Carla", clock.now(), departments=["vendite"])
        agent(session, "Dario", clock.now(), departments=["magazzino"])
        attending.accept(session, hand_over(session, clock.now(), "ws_1"), anna, JOINED, clock.now())
        conversation_id = hand_over(session, clock.now(), "ws_2", way=way)
        until = clock.now() + timedelta(minutes=2)

        found = proposing.propose(session, open_handoff(session, conversation_id), until, clock.now())

        assert (found.name if found else None) == chosen
        assert open_handoff(session, conversation_id).proposed_until == (until if chosen else None)


def test_who_had_the_last_handoff_of_the_customer_comes_first_while_at_the_desk(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        anna = agent(session, "Anna", clock.now(), live=True)
        agent(session, "Bianca", clock.now(), live=True)
        conversation_id = hand_over(session, clock.now())
        attending.accept(session, conversation_id, anna, JOINED, clock.now())
        attending.close(session, conversation_id, anna, "solved", "", Reply("Risolto?"), clock.now())
        for number in range(2):  # now Anna has more to do than Bianca
            other = hand_over(session, clock.now(), f"ws_{number}")
            attending.accept(session, other, anna, JOINED, clock.now())
        again = hand_over(session, clock.now(), text="di nuovo una persona")

        knows = proposing.best(session, again, None, "", "", clock.now())
        later = clock.now() + agents.LIVE + timedelta(seconds=1)
        agents.seen(session, "token of Bianca", later)
        away = proposing.best(session, again, None, "", "", later)

    assert again != conversation_id
    assert knows and knows.name == "Anna"
    assert away and away.name == "Bianca"


def taken(database: Database, clock: FixedClock) -> tuple[str, AtDesk]:
    """A conversation that Giulia has; somebody waits for the sales department already."""
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
        hand_over(session, clock.now(), "ws_first", way=TO_SALES)
        clock.move(timedelta(seconds=1))
        conversation_id = hand_over(session, clock.now())
        attending.accept(session, conversation_id, giulia, JOINED, clock.now())
        attending.note(session, conversation_id, giulia, "ha fretta", clock.now())
    return conversation_id, giulia


def test_passed_to_a_department_the_customer_waits_there_with_the_reason_and_the_notes(
    database: Database, clock: FixedClock
) -> None:
    conversation_id, giulia = taken(database, clock)
    clock.move(timedelta(minutes=1))

    with database.writing() as session:
        told_before = session.query(Job).filter_by(kind=BEGUN_JOB).count()
        attending.pass_to_department(session, conversation_id, giulia, "vendite", "è per voi", PASSED, clock.now())

    with database.reading() as session:
        handoff = open_handoff(session, conversation_id)
        assert owner_of(session, conversation_id) == (WAITING, None)
        assert (handoff.department, handoff.hops, handoff.accepted_by) == ("vendite", 1, None)
        assert handoffs.places(session)[conversation_id] == 2
        assert texts_of(session, conversation_id)[-1] == "Giulia ti passa a Vendite: posto 2."
        assert [note.text for note in attending.notes_of(session, conversation_id)] == ["ha fretta", "è per voi"]
        assert session.query(Job).filter_by(kind=BEGUN_JOB).count() == told_before + 1


def test_who_waits_may_be_moved_by_any_agent_and_only_once(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
        conversation_id = hand_over(session, clock.now())
        for _ in range(2):
            attending.pass_to_department(session, conversation_id, giulia, "vendite", "per voi", PASSED, clock.now())

    with database.reading() as session:
        assert open_handoff(session, conversation_id).hops == 1
        assert len(attending.notes_of(session, conversation_id)) == 1


def test_what_somebody_else_has_is_not_passed_on(database: Database, clock: FixedClock) -> None:
    conversation_id, giulia = taken(database, clock)

    with database.writing() as session:
        marco = agent(session, "Marco", clock.now())
        with pytest.raises(SomebodyElses):
            attending.pass_to_department(session, conversation_id, marco, "vendite", "mio", PASSED, clock.now())

    with database.reading() as session:
        assert owner_of(session, conversation_id) == (HUMAN, giulia.id)


def test_an_account_changes_only_in_what_is_said(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        agent(session, "Giulia", clock.now(), departments=["vendite"], skills=["cucine"])

        changed = agents.change(session, "giulia@shop.example", agents.Changes(role=agents.SUPERVISOR, skills=()))

        assert changed and (changed.role, changed.departments, changed.skills) == ("supervisor", ("vendite",), ())
        assert agents.change(session, "nobody@shop.example", agents.Changes(skills=())) is None


def test_what_was_said_in_the_same_conversation_is_known_since_the_last_handoff(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
        conversation_id = hand_over(session, clock.now(), text="vi denuncio")
        attending.accept(session, conversation_id, giulia, JOINED, clock.now())
        attending.give_back(session, conversation_id, giulia, "solved", "", Reply("Ecco."), clock.now())
        say(session, "e la fattura?", clock.now())

        known = known_of(session, conversation_id, clock.now())

    assert (known.words, known.handoffs, known.channel) == ("e la fattura?", 1, "web")
