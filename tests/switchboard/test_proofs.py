"""Proofs: granted per record and conversation; failures pause the one who fails, never the owner of a number."""

from datetime import timedelta

import pytest

from base.clock import FixedClock
from base.database import Database
from switchboard import proofs, staff_requests
from tests.switchboard.helpers import say


def test_a_proof_holds_for_that_record_in_that_conversation_only(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        anna = say(session, "ciao", clock.now(), session_id="ws_anna")
        marco = say(session, "ciao", clock.now(), session_id="ws_marco")
        for _ in range(2):
            proofs.grant(session, anna.conversation_id, anna.message_id, "order", "104233", clock.now())

    with database.reading() as session:
        assert proofs.is_proved(session, anna.conversation_id, "order", "104233")
        assert not proofs.is_proved(session, anna.conversation_id, "order", "104234")
        assert not proofs.is_proved(session, anna.conversation_id, "return", "104233")
        assert not proofs.is_proved(session, marco.conversation_id, "order", "104233")
        assert list(proofs.proved_records(session, anna.conversation_id)) == [("order", "104233")]


def test_five_failures_pause_the_session_for_fifteen_minutes(database: Database, clock: FixedClock) -> None:
    left = []
    for number in range(5):
        with database.writing() as session:
            turn = say(session, f"prova {number}", clock.now())
            proofs.record_failure(session, turn.message_id, "order", f"10000{number}", clock.now())
            left.append(proofs.attempts_left(session, turn.message_id, clock.now()))
    clock.move(timedelta(minutes=15, seconds=1))
    with database.reading() as session:
        later = proofs.attempts_left(session, turn.message_id, clock.now())

    assert (left, later) == ([4, 3, 2, 1, 0], 5)


def test_new_sessions_from_the_same_address_share_the_pause(database: Database, clock: FixedClock) -> None:
    for number in range(5):
        with database.writing() as session:
            turn = say(session, "prova", clock.now(), session_id=f"ws_{number}", address="bad")
            proofs.record_failure(session, turn.message_id, "order", "104233", clock.now())

    with database.writing() as session:
        same = say(session, "ciao", clock.now(), session_id="ws_new", address="bad")
        owner = say(session, "ciao", clock.now(), session_id="ws_owner", address="home")
        assert proofs.attempts_left(session, same.message_id, clock.now()) == 0
        assert proofs.attempts_left(session, owner.message_id, clock.now()) == 5


def test_a_repeated_turn_counts_its_failure_once(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        turn = say(session, "prova", clock.now())
        for _ in range(3):
            proofs.record_failure(session, turn.message_id, "order", "104233", clock.now())

        assert proofs.attempts_left(session, turn.message_id, clock.now()) == 4


def test_a_number_tried_from_several_sessions_is_noted_once_for_staff(database: Database, clock: FixedClock) -> None:
    for number in range(6):
        with database.writing() as session:
            turn = say(session, "prova", clock.now(), session_id=f"ws_{number}", address=f"a{number}")
            proofs.record_failure(session, turn.message_id, "order", "104233", clock.now())

    with database.reading() as session:
        notes = [r for r in staff_requests.list_open(session) if r.reason == "probed_number"]
    assert [(note.about["number"], note.conversation_id) for note in notes] == [("104233", None)]


def test_an_unknown_turn_is_an_error(database: Database, clock: FixedClock) -> None:
    with pytest.raises(LookupError), database.writing() as session:
        proofs.attempts_left(session, "ms_unknown", clock.now())
