"""Beginning again and leaving: what ends, what stays, and what happens when it all comes at once."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy.orm import Session

from base.clock import FixedClock
from base.database import Database
from switchboard import history, leaving, log, people, proofs, turns
from switchboard.body import Reply
from switchboard.leaving import WithPerson
from switchboard.models import CLOSED, DROPPED, HUMAN, QUEUED, RUNNING, WAITING, Conversation, Message, Turn
from switchboard.ownership import NotAllowed, change_owner
from switchboard.people import IdentityEnded, ended_identities
from tests.switchboard.helpers import WELCOME, claim, say, sender, texts_of

LEFT = Reply("Il cliente è uscito.")


def restart(session: Session, clock: FixedClock, session_id: str = "ws_anna", seen: str | None = None) -> str:
    return leaving.restart(session, sender(session_id), seen, WELCOME, clock.now())


def leave(session: Session, clock: FixedClock, session_id: str = "ws_anna") -> None:
    leaving.leave(session, sender(session_id), LEFT, clock.now())


def test_beginning_again_closes_and_opens(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        old = say(session, "ciao", clock.now()).conversation_id
        new = restart(session, clock)

    with database.reading() as session:
        assert session.get(Conversation, old).owner == CLOSED
        assert texts_of(session, new) == [WELCOME.text]
        assert session.get(Conversation, new).person_id == session.get(Conversation, old).person_id


def test_beginning_again_twice_is_once(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        say(session, "ciao", clock.now())
        first, second = restart(session, clock), restart(session, clock)

    assert first == second


def test_a_late_repetition_does_not_close_the_new_conversation(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        old = say(session, "ciao", clock.now()).conversation_id
        new = restart(session, clock, seen=old)
        say(session, "eccomi", clock.now())

        assert restart(session, clock, seen=old) == new
        assert restart(session, clock, seen=new) != new


def test_a_late_answer_leaves_nothing_old_or_new(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        old = say(session, "dov'è il pacco?", clock.now()).conversation_id
        say(session, "allora?", clock.now())
        turn = claim(session, old, clock.now())
        new = restart(session, clock)

    with database.writing() as session:
        assert not turns.say_meanwhile(session, turn, Reply("un attimo"), clock.now())
        assert not turns.complete(session, turn, [Reply("è in viaggio")], [], clock.now())
        assert claim(session, old, clock.now()) is None

    with database.reading() as session:
        assert texts_of(session, old) == [WELCOME.text, "dov'è il pacco?", "allora?"]
        assert texts_of(session, new) == [WELCOME.text]
        assert {(turn.state, turn.outcome) for turn in session.query(Turn)} == {(DROPPED, "closed")}


@pytest.mark.parametrize("owner", [WAITING, HUMAN])
def test_a_conversation_with_a_person_does_not_begin_again(database: Database, clock: FixedClock, owner: str) -> None:
    with database.writing() as session:
        conversation_id = say(session, "ciao", clock.now()).conversation_id
        change_owner(session, conversation_id, 1, owner, clock.now())

        with pytest.raises(WithPerson):
            restart(session, clock)

        assert session.get(Conversation, conversation_id).owner == owner


def test_whoever_leaves_opens_nothing_any_more(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = say(session, "ciao", clock.now()).conversation_id
        leave(session, clock)
        leave(session, clock)

    with database.reading() as session:
        assert session.get(Conversation, conversation_id).owner == CLOSED
        assert list(ended_identities(session, "web", ["ws_anna", "ws_marco"])) == ["ws_anna"]
        assert people.open_conversation_of(session, "web", "ws_anna") is None
    for step in (lambda s: say(s, "ancora", clock.now()), lambda s: restart(s, clock)):
        with pytest.raises(IdentityEnded), database.writing() as session:
            step(session)


@pytest.mark.parametrize("owner", [WAITING, HUMAN])
def test_what_a_person_has_stays_when_the_customer_leaves(database: Database, clock: FixedClock, owner: str) -> None:
    with database.writing() as session:
        turn = say(session, "ciao", clock.now())
        proofs.grant(session, turn.conversation_id, turn.message_id, "order", "104233", clock.now())
        change_owner(session, turn.conversation_id, 1, owner, clock.now())
        leave(session, clock)
        leave(session, clock)

    with database.reading() as session:
        assert session.get(Conversation, turn.conversation_id).owner == owner
        rows = log.rows_since(session, turn.conversation_id, 2)
        assert [(row.author_kind, row.body["text"]) for row in rows] == [("system", LEFT.text)]
        assert not proofs.is_proved(session, turn.conversation_id, "order", "104233")


@pytest.mark.parametrize("end", [restart, leave])
def test_what_was_proved_ends_even_if_it_was_being_proved(database: Database, clock: FixedClock, end) -> None:
    with database.writing() as session:
        turn = say(session, "ciao", clock.now())
        proofs.grant(session, turn.conversation_id, turn.message_id, "order", "104233", clock.now())
        end(session, clock)
        proofs.grant(session, turn.conversation_id, turn.message_id, "order", "104234", clock.now())

        assert list(proofs.proved_records(session, turn.conversation_id)) == []


def test_leaving_without_ever_having_said_anything_is_leaving(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        leave(session, clock, "ws_unknown")
        log.open_conversation(session, sender("ws_anna"), WELCOME, clock.now())
        leave(session, clock)

    with database.reading() as session:
        assert session.query(Conversation).filter(Conversation.closed_at.is_(None)).count() == 0


@pytest.mark.parametrize("seed", range(6))
def test_however_it_comes_together_nothing_is_left_half_done(database: Database, clock: FixedClock, seed: int) -> None:
    """Messages, answers, restarts, staff closing and at last leaving, each in a thread of its own, all at once."""
    chance = random.Random(seed)
    with database.writing() as session:
        say(session, "ciao", clock.now())

    def write(number: int) -> None:
        with database.writing() as session:
            say(session, f"messaggio {number}", clock.now())

    def answer(_number: int) -> None:
        with database.writing() as session:
            found = people.open_conversation_of(session, "web", "ws_anna")
            turn = claim(session, found.id, clock.now()) if found else None
        if turn:
            with database.writing() as session:
                turns.complete(session, turn, [Reply("eco")], [], clock.now())

    def begin_again(_number: int) -> None:
        with database.writing() as session:
            restart(session, clock)

    def close(_number: int) -> None:
        with database.writing() as session:
            found = people.open_conversation_of(session, "web", "ws_anna")
            if found:
                change_owner(
                    session, found.id, people.lock_conversation(session, found.id).version, CLOSED, clock.now()
                )

    def go(_number: int) -> None:
        with database.writing() as session:
            leave(session, clock)

    steps = [chance.choice([write, write, answer, answer, begin_again, close]) for _ in range(24)]
    steps.insert(chance.randrange(12, 24), go)

    def do(number: int) -> None:
        with suppress(IdentityEnded, NotAllowed):  # after leaving; closed by another one in between
            steps[number](number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(do, range(len(steps))))

    with database.reading() as session:
        conversations = session.query(Conversation).all()
        assert all(conversation.closed_at is not None for conversation in conversations)
        for conversation in conversations:
            rows = log.rows_since(session, conversation.id, 0)
            assert [row.seq for row in rows] == list(range(1, conversation.last_seq + 1))
            assert rows[0].body["text"] == WELCOME.text
        assert session.query(Turn).filter(Turn.state.in_((QUEUED, RUNNING))).count() == 0
        answers = session.query(Message).filter(Message.turn_id.is_not(None)).count()
        assert answers == session.query(Turn).filter(Turn.state == "done").count()
        with pytest.raises(IdentityEnded):
            history.page_since(session, sender(), conversations[0].id, 0, clock.now())
