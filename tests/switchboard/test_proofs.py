"""Proofs: granted per record and conversation; failures pause the one who fails, never the owner of a number."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from base.clock import FixedClock
from base.database import Database
from switchboard import proofs, staff_requests
from switchboard.log import Accepted
from switchboard.models import ProofFailure
from tests.switchboard.helpers import say


def _fail(session: Session, turn: Accepted, number: str, clock: FixedClock) -> int:
    assert proofs.reserve_try(session, turn.message_id, "order", number, clock.now())
    return proofs.fail(session, turn.message_id, "order", number, clock.now())


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
            left.append(_fail(session, turn, f"10000{number}", clock))
    clock.move(timedelta(minutes=15, seconds=1))
    with database.reading() as session:
        later = proofs.attempts_left(session, turn.message_id, clock.now())

    assert (left, later) == ([4, 3, 2, 1, 0], 5)


def test_new_sessions_from_the_same_address_share_the_pause(database: Database, clock: FixedClock) -> None:
    for number in range(5):
        with database.writing() as session:
            turn = say(session, "prova", clock.now(), session_id=f"ws_{number}", address="bad")
            _fail(session, turn, "104233", clock)

    with database.writing() as session:
        same = say(session, "ciao", clock.now(), session_id="ws_new", address="bad")
        owner = say(session, "ciao", clock.now(), session_id="ws_owner", address="home")
        assert proofs.attempts_left(session, same.message_id, clock.now()) == 0
        assert proofs.attempts_left(session, owner.message_id, clock.now()) == 5


def test_a_repeated_turn_counts_its_failure_once(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        turn = say(session, "prova", clock.now())
        for _ in range(3):
            _fail(session, turn, "104233", clock)

        assert proofs.attempts_left(session, turn.message_id, clock.now()) == 4


def test_a_number_tried_from_several_sessions_is_noted_once_for_staff(database: Database, clock: FixedClock) -> None:
    for number in range(6):
        with database.writing() as session:
            turn = say(session, "prova", clock.now(), session_id=f"ws_{number}", address=f"a{number}")
            _fail(session, turn, "104233", clock)

    with database.reading() as session:
        notes = [r for r in staff_requests.list_open(session) if r.reason == "probed_number"]
    assert [(note.about["number"], note.conversation_id) for note in notes] == [("104233", None)]


def test_an_unknown_turn_is_an_error(database: Database, clock: FixedClock) -> None:
    with pytest.raises(LookupError), database.writing() as session:
        proofs.attempts_left(session, "ms_unknown", clock.now())


def test_many_tries_at_once_are_counted_one_by_one(database: Database, clock: FixedClock) -> None:
    tries = []
    for number in range(16):
        with database.writing() as session:
            tries.append(say(session, "prova", clock.now(), session_id=f"ws_{number}", address="bad"))

    def reserve(number: int) -> bool:
        with database.writing() as session:
            return proofs.reserve_try(session, tries[number].message_id, "order", f"1000{number}", clock.now())

    with ThreadPoolExecutor(4) as pool:
        allowed = list(pool.map(reserve, range(16)))

    assert allowed.count(True) == proofs.MAX_FAILURES


def test_several_sessions_failing_on_one_number_at_once_are_all_counted(database: Database, clock: FixedClock) -> None:
    tries = []
    for number in range(8):
        with database.writing() as session:
            tries.append(say(session, "prova", clock.now(), session_id=f"ws_{number}", address=f"a{number}"))

    def fail(number: int) -> None:
        with database.writing() as session:
            _fail(session, tries[number], "104233", clock)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fail, range(8)))

    with database.reading() as session:
        assert session.query(ProofFailure).count() == 8
        assert [r.reason for r in staff_requests.list_open(session)] == ["probed_number"]


def test_a_try_the_shop_could_not_answer_is_given_back(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        turn = say(session, "prova", clock.now())
        proofs.reserve_try(session, turn.message_id, "order", "104233", clock.now())
        proofs.give_back(session, turn.message_id, "order", "104233")

        assert proofs.attempts_left(session, turn.message_id, clock.now()) == proofs.MAX_FAILURES


def test_whoever_proves_a_record_in_the_end_is_forgiven_the_tries_on_it(database: Database, clock: FixedClock) -> None:
    for number in range(8):
        with database.writing() as session:
            turn = say(session, f"prova {number}", clock.now())
            _fail(session, turn, f"10423{number}", clock)
            proofs.grant(session, turn.conversation_id, turn.message_id, "order", f"10423{number}", clock.now())

    with database.reading() as session:
        assert proofs.attempts_left(session, turn.message_id, clock.now()) == proofs.MAX_FAILURES
