"""Turns: one at a time, in order, completed once, and nothing from a late one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Optional

import pytest

from base.clock import FixedClock
from base.database import Database
from switchboard import log, turns
from switchboard.body import ButtonMeaning, Reply
from switchboard.effects import BadEffect, Effect
from switchboard.models import DONE, DROPPED, FAILED, HUMAN, QUEUED, Conversation, StaffRequest, Turn
from switchboard.ownership import NotAllowed, OwnerChanged, change_owner
from switchboard.turns import Ended
from tests.switchboard.helpers import claim, say, take, texts_of


def test_turns_of_a_conversation_run_one_at_a_time_and_in_order(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        first = say(session, "uno", clock.now())
        second = say(session, "due", clock.now())

    with database.writing() as session:
        running = claim(session, first.conversation_id, clock.now())
    with database.writing() as session:
        nothing = claim(session, first.conversation_id, clock.now(), front_id="another")
    with database.writing() as session:
        turns.complete(session, running, [Reply("risposta a uno")], [], clock.now())
        following = claim(session, first.conversation_id, clock.now())

    assert (running.id, nothing, following.id) == (first.message_id, None, second.message_id)


def test_a_turn_is_claimed_by_one_of_many(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = say(session, "ciao", clock.now()).conversation_id

    def try_to_claim(number: int) -> bool:
        with database.writing() as session:
            return claim(session, conversation_id, clock.now(), front_id=f"front-{number}") is not None

    with ThreadPoolExecutor(4) as pool:
        claimed = list(pool.map(try_to_claim, range(12)))

    assert claimed.count(True) == 1


def test_a_message_that_nothing_precedes_is_taken_with_its_turn_and_only_once(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        first = take(session, "uno", clock.now())
    with database.writing() as session:
        again, second = take(session, "uno", clock.now()), take(session, "due", clock.now())
    with database.writing() as session:
        turns.complete(session, first.turn, [], [], clock.now())
        third = take(session, "tre", clock.now())

    assert (first.turn.id, first.turn.text, first.turn.claim) == (first.accepted.message_id, "uno", 1)
    assert again.accepted.repeated and again.turn is None
    assert second.turn is None
    assert third.turn.id == second.accepted.message_id  # what was said first is answered first


def test_a_message_to_a_person_is_taken_without_a_turn(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        first = take(session, "uno", clock.now())
        change_owner(session, first.accepted.conversation_id, 1, HUMAN, clock.now())

    with database.writing() as session:
        assert take(session, "due", clock.now()).turn is None


def test_a_completed_turn_writes_its_replies_once(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = say(session, "ciao", clock.now()).conversation_id
        turn = claim(session, conversation_id, clock.now())
        assert turns.complete(session, turn, [Reply("a"), Reply("b")], [], clock.now())

    with database.writing() as session:
        again = turns.complete(session, turn, [Reply("a"), Reply("b")], [], clock.now())

    with database.reading() as session:
        assert not again
        assert texts_of(session, conversation_id)[-2:] == ["a", "b"]
        assert session.get(Turn, turn.id).state == DONE


def test_the_end_of_a_turn_says_what_it_wrote_and_whether_more_wait(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        accepted = say(session, "uno", clock.now())
        say(session, "due", clock.now())

    ended = []
    for replies in ([Reply("a", (ButtonMeaning("Sì", "affirm"),)), Reply("b")], [Reply("c", card={"kind": "x"})]):
        with database.writing() as session:
            turn = claim(session, accepted.conversation_id, clock.now())
            ended.append(turns.complete(session, turn, replies, [], clock.now()))

    with database.reading() as session:
        assert [end.more for end in ended] == [True, False]
        assert log.rows_since(session, accepted.conversation_id, 3) == [row for end in ended for row in end.rows]
        assert log.rows_since(session, accepted.conversation_id, 1, limit=1) == [accepted.row]


def test_a_late_answer_after_a_takeover_leaves_nothing(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = say(session, "ciao", clock.now()).conversation_id
        turn = claim(session, conversation_id, clock.now())
    with database.writing() as session:
        change_owner(session, conversation_id, 1, HUMAN, clock.now())
        before = texts_of(session, conversation_id)

    with database.writing() as session:
        effect = Effect("staff_request", {"reason": "asked", "about": {}})
        written = turns.complete(session, turn, [Reply("troppo tardi")], [effect], clock.now())

    with database.reading() as session:
        assert not written
        assert texts_of(session, conversation_id) == before
        assert session.get(Turn, turn.id).state == DROPPED
        assert session.query(StaffRequest).count() == 0


def test_an_answer_of_an_older_claim_is_refused(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = say(session, "ciao", clock.now()).conversation_id
        old = claim(session, conversation_id, clock.now(), front_id="dead")
    clock.move(turns.LEASE + timedelta(seconds=1))
    with database.writing() as session:
        new = claim(session, conversation_id, clock.now(), front_id="alive")

    with database.writing() as session:
        late = turns.complete(session, old, [Reply("vecchia")], [], clock.now())
    with database.writing() as session:
        right = turns.complete(session, new, [Reply("nuova")], [], clock.now())

    with database.reading() as session:
        assert old.id == new.id and not late and right
        assert texts_of(session, conversation_id)[-1] == "nuova"


def test_a_front_that_comes_back_takes_its_turns_up_again_at_once(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = say(session, "ciao", clock.now()).conversation_id
        claim(session, conversation_id, clock.now(), front_id="front-1")

    with database.writing() as session:
        released = turns.release_all(session, "front-1")
        waiting = turns.conversations_with_work(session, clock.now())
        again = claim(session, conversation_id, clock.now(), front_id="front-1")

    assert (released, list(waiting), again.claim) == (1, [conversation_id], 2)


def test_a_handoff_keeps_its_own_words_and_its_number(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = say(session, "una persona", clock.now()).conversation_id
        turn = claim(session, conversation_id, clock.now())
        effect = Effect("staff_request", {"reason": "asked", "about": {"order_number": "104233"}})
        turns.complete(session, turn, [Reply("Richiesta numero {request_number}.")], [effect], clock.now())

    with database.reading() as session:
        request = session.query(StaffRequest).one()
        assert texts_of(session, conversation_id)[-1] == f"Richiesta numero {request.number}."
        assert request.about == {"order_number": "104233"}


def test_asking_twice_for_a_person_is_one_request(database: Database, clock: FixedClock) -> None:
    for text in ("una persona", "allora?"):
        with database.writing() as session:
            conversation_id = say(session, text, clock.now()).conversation_id
            turn = claim(session, conversation_id, clock.now())
            effect = Effect("staff_request", {"reason": "asked", "about": {}})
            turns.complete(session, turn, [Reply("Numero {request_number}")], [effect], clock.now())

    with database.reading() as session:
        request = session.query(StaffRequest).one()
        assert [t for t in texts_of(session, conversation_id) if t.startswith("Numero")] == [
            f"Numero {request.number}"
        ] * 2


def test_an_unknown_effect_leaves_nothing_half_done(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = say(session, "ciao", clock.now()).conversation_id
        turn = claim(session, conversation_id, clock.now())

    effects = [Effect("staff_request", {"reason": "asked"}), Effect("refund_everything", {})]
    with pytest.raises(BadEffect), database.writing() as session:
        turns.complete(session, turn, [Reply("fatto")], effects, clock.now())

    with database.reading() as session:
        assert session.query(StaffRequest).count() == 0
        assert "fatto" not in texts_of(session, conversation_id)


def test_giving_up_apologises_and_leaves_a_numbered_request(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = say(session, "ciao", clock.now()).conversation_id
        turn = claim(session, conversation_id, clock.now())
        turns.give_up(session, turn, "too_late", Reply("Scusa, richiesta {request_number}"), clock.now())

    with database.reading() as session:
        request = session.query(StaffRequest).one()
        assert texts_of(session, conversation_id)[-1] == f"Scusa, richiesta {request.number}"
        assert (request.reason, session.get(Turn, turn.id).state) == ("failed_turn", FAILED)


def test_a_moment_please_is_said_once_and_never_after_the_answer(database: Database, clock: FixedClock) -> None:
    wait = Reply("Un attimo…")
    with database.writing() as session:
        conversation_id = say(session, "ciao", clock.now()).conversation_id
        turn = claim(session, conversation_id, clock.now())
        said = [turns.say_meanwhile(session, turn, wait, clock.now()) for _ in range(2)]
        turns.complete(session, turn, [Reply("ecco")], [], clock.now())
        after = turns.say_meanwhile(session, turn, wait, clock.now())

    with database.reading() as session:
        assert (said, after) == ([True, False], False)
        assert texts_of(session, conversation_id)[-2:] == ["Un attimo…", "ecco"]


def test_turns_waiting_when_a_person_takes_over_are_dropped(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        accepted = say(session, "ciao", clock.now())
        change_owner(session, accepted.conversation_id, 1, HUMAN, clock.now())

    with database.writing() as session:
        assert claim(session, accepted.conversation_id, clock.now()) is None

    with database.reading() as session:
        assert session.get(Turn, accepted.message_id).state == DROPPED


def test_the_owner_changes_once_for_each_version(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = say(session, "ciao", clock.now()).conversation_id

    def take_over(_: int) -> bool:
        try:
            with database.writing() as session:
                change_owner(session, conversation_id, 1, HUMAN, clock.now())
        except OwnerChanged:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(take_over, range(8)))

    with database.reading() as session:
        assert won.count(True) == 1 and session.get(Conversation, conversation_id).version == 2


def test_a_closed_conversation_stays_closed(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = say(session, "ciao", clock.now()).conversation_id
        version = change_owner(session, conversation_id, 1, "closed", clock.now())

    with pytest.raises(NotAllowed), database.writing() as session:
        change_owner(session, conversation_id, version, "bot", clock.now())


@pytest.mark.parametrize("round_", range(5))
def test_a_turn_and_a_takeover_at_once_end_in_one_of_two_whole_states(
    database: Database, clock: FixedClock, round_: int
) -> None:
    with database.writing() as session:
        conversation_id = say(session, "ciao", clock.now()).conversation_id
        turn = claim(session, conversation_id, clock.now())

    def answer() -> Optional[Ended]:
        with database.writing() as session:
            return turns.complete(session, turn, [Reply("ecco")], [], clock.now())

    def take_over() -> None:
        with database.writing() as session:
            change_owner(session, conversation_id, 1, HUMAN, clock.now())

    with ThreadPoolExecutor(2) as pool:
        written, _ = pool.submit(answer), pool.submit(take_over)

    with database.reading() as session:
        assert ("ecco" in texts_of(session, conversation_id)) == bool(written.result())
        assert session.get(Turn, turn.id).state == (DONE if written.result() else DROPPED)


def test_work_is_found_for_queued_and_abandoned_turns_only(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        queued = say(session, "a", clock.now(), session_id="ws_q").conversation_id
        running = say(session, "b", clock.now(), session_id="ws_r").conversation_id
        claim(session, running, clock.now())
    with database.reading() as session:
        assert list(turns.conversations_with_work(session, clock.now())) == [queued]
        assert session.get(Turn, session.query(Turn).filter_by(conversation_id=queued).one().id).state == QUEUED

    clock.move(turns.LEASE + timedelta(seconds=1))
    with database.reading() as session:
        assert set(turns.conversations_with_work(session, clock.now())) == {queued, running}
        assert len(log.rows_since(session, queued, 0)) == 2


def test_a_turn_left_by_a_dead_front_is_not_answered_after_a_person_had_the_conversation(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        accepted = say(session, "ciao", clock.now())
        claim(session, accepted.conversation_id, clock.now(), front_id="dead")
        version = change_owner(session, accepted.conversation_id, 1, HUMAN, clock.now())
    clock.move(timedelta(hours=5))

    with database.writing() as session:
        change_owner(session, accepted.conversation_id, version, "bot", clock.now())
        claimed = claim(session, accepted.conversation_id, clock.now())
        waiting = turns.conversations_with_work(session, clock.now())

    assert (claimed, list(waiting)) == (None, [])


def test_a_claim_given_back_is_claimed_again(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        accepted = say(session, "ciao", clock.now())
        turn = claim(session, accepted.conversation_id, clock.now())
        assert turns.release(session, turn)
        again = claim(session, accepted.conversation_id, clock.now())
        stale = turns.release(session, turn)

    assert (again.id, again.claim, stale) == (turn.id, 2, False)


def test_a_turn_knows_the_last_one_the_customer_saw(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        first = say(session, "uno", clock.now())
        seen = claim(session, first.conversation_id, clock.now())
        turns.complete(session, seen, [Reply("ecco")], [], clock.now())
        say(session, "due", clock.now())
        lost = claim(session, first.conversation_id, clock.now())
        turns.give_up(session, lost, "too_late", Reply("scusa {request_number}"), clock.now())
        say(session, "tre", clock.now())
        third = claim(session, first.conversation_id, clock.now())

    assert (seen.previous_turn_id, lost.previous_turn_id, third.previous_turn_id) == (None, seen.id, seen.id)


@pytest.mark.parametrize("effect", [Effect("promise", {"key": "k", "due": "domani"}), Effect("staff_request", {})])
def test_an_effect_that_cannot_be_read_is_refused_whole(database: Database, clock: FixedClock, effect: Effect) -> None:
    with database.writing() as session:
        turn = claim(session, say(session, "ciao", clock.now()).conversation_id, clock.now())

    with pytest.raises(BadEffect), database.writing() as session:
        turns.complete(session, turn, [Reply("fatto")], [effect], clock.now())
