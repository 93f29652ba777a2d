"""The log: gapless, ordered, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.clock import FixedClock
from base.database import Database
from switchboard import log, people
from switchboard.body import ButtonMeaning, Reply, clean_text
from switchboard.log import UnknownButton
from switchboard.models import BOT, CLOSED, HUMAN, Conversation, Turn
from switchboard.ownership import change_owner
from tests.switchboard.helpers import WELCOME, say, sender, texts_of


def test_a_new_conversation_begins_with_the_welcome_and_counts_from_one(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        accepted = say(session, "ciao", clock.now())

    with database.reading() as session:
        rows = log.rows_since(session, accepted.conversation_id, 0)
    assert [(row.seq, row.author_kind, row.body["text"]) for row in rows] == [
        (1, "bot", WELCOME.text),
        (2, "customer", "ciao"),
    ]


def test_a_message_sent_again_is_the_same_message(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        first = say(session, "ciao", clock.now(), client_id="c1")
    with database.writing() as session:
        again = say(session, "ciao", clock.now(), client_id="c1")

    assert again.repeated and (again.message_id, again.seq) == (first.message_id, first.seq)
    with database.reading() as session:
        assert texts_of(session, first.conversation_id) == [WELCOME.text, "ciao"]
        assert session.query(Turn).count() == 1


def test_one_customers_id_never_swallows_anothers(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        anna = say(session, "ciao", clock.now(), client_id="1", session_id="ws_anna")
    with database.writing() as session:
        marco = say(session, "salve", clock.now(), client_id="1", session_id="ws_marco")

    assert not marco.repeated and marco.conversation_id != anna.conversation_id


def test_many_writers_leave_no_gap_and_no_double(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = say(session, "0", clock.now()).conversation_id

    def send(number: int) -> None:
        with database.writing() as session:
            say(session, str(number // 2), clock.now())  # every message twice

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(2, 42)))

    with database.reading() as session:
        rows = log.rows_since(session, conversation_id, 0)
    assert [row.seq for row in rows] == list(range(1, 23))
    assert sorted(int(row.body["text"]) for row in rows[1:]) == list(range(21))


def test_a_message_is_queued_only_while_the_assistant_owns_the_conversation(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        conversation_id = say(session, "uno", clock.now()).conversation_id
        change_owner(session, conversation_id, 1, HUMAN, clock.now())

    with database.writing() as session:
        say(session, "due", clock.now())

    with database.reading() as session:
        assert session.query(Turn).count() == 1
        assert texts_of(session, conversation_id)[-1] == "due"


def test_a_button_is_its_title_for_people_and_its_meaning_for_the_engine(database: Database, clock: FixedClock) -> None:
    offer = Reply("Vuoi una persona?", (ButtonMeaning("Sì, grazie", "ask_human"),))
    with database.writing() as session:
        conversation = log.open_conversation(session, sender(), WELCOME, clock.now())
        message = log.append_reply(session, conversation, "web", offer, clock.now())
        button_id = message.body["buttons"][0]["id"]

    with database.writing() as session:
        accepted = say(session, "", clock.now(), client_id="b1", button_id=button_id)

    with database.reading() as session:
        assert texts_of(session, accepted.conversation_id)[-1] == "Sì, grazie"
        assert session.get(Turn, accepted.message_id).button == {"intent": "ask_human", "entities": {}}


def test_a_button_of_another_conversation_opens_nothing(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation = log.open_conversation(session, sender("ws_anna"), WELCOME, clock.now())
        offer = Reply("?", (ButtonMeaning("Sì", "affirm"),))
        button_id = log.append_reply(session, conversation, "web", offer, clock.now()).body["buttons"][0]["id"]

    with pytest.raises(UnknownButton), database.writing() as session:
        say(session, "", clock.now(), client_id="b1", session_id="ws_marco", button_id=button_id)

    with database.reading() as session:
        assert session.query(Conversation).count() == 1  # nothing half done


def test_after_closing_a_message_opens_a_new_conversation_of_the_same_person(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        first = say(session, "ciao", clock.now())
        change_owner(session, first.conversation_id, 1, CLOSED, clock.now())

    with database.writing() as session:
        second = say(session, "eccomi", clock.now())

    with database.reading() as session:
        old, new = (session.get(Conversation, c.conversation_id) for c in (first, second))
        assert old.id != new.id and old.person_id == new.person_id and new.owner == BOT


def test_silent_conversations_of_the_assistant_are_closed_and_others_are_not(
    database: Database, clock: FixedClock
) -> None:
    start = clock.now()
    with database.writing() as session:
        silent = say(session, "a", start, session_id="ws_1").conversation_id
        held = say(session, "b", start, session_id="ws_2").conversation_id
        change_owner(session, held, 1, HUMAN, start)

    later = datetime(2027, 1, 10, tzinfo=start.tzinfo)
    with database.writing() as session:
        closed = people.close_silent(session, silent_since=later.replace(day=1), now=later)

    with database.reading() as session:
        assert closed == 1
        assert session.get(Conversation, silent).owner == CLOSED
        assert session.get(Conversation, held).owner == HUMAN


def test_card_numbers_never_reach_the_log(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        accepted = say(session, "la mia carta è 4111 1111 1111 1111, grazie", clock.now())

    with database.reading() as session:
        assert texts_of(session, accepted.conversation_id)[-1] == "la mia carta è •••• •••• •••• 1111, grazie"


@given(st.text(alphabet=st.characters(), max_size=200))
def test_clean_text_can_always_be_stored_and_is_stable(raw: str) -> None:
    cleaned = clean_text(raw)

    cleaned.encode("utf-8")
    assert "\x00" not in cleaned
    assert clean_text(cleaned) == cleaned


def test_no_message_ends_in_a_conversation_closed_meanwhile(database: Database, clock: FixedClock) -> None:
    """A customer writes in the moment in which his silent conversation is closed."""
    for round_ in range(10):
        with database.writing() as session:
            conversation_id = say(session, "ciao", clock.now(), session_id=f"ws_{round_}").conversation_id

        def close(conversation_id: str = conversation_id) -> None:
            with database.writing() as session:
                change_owner(session, conversation_id, 1, CLOSED, clock.now())

        def write(round_: int = round_) -> log.Accepted:
            with database.writing() as session:
                return say(session, "eccomi", clock.now(), session_id=f"ws_{round_}")

        with ThreadPoolExecutor(2) as pool:
            _, written = pool.submit(close), pool.submit(write)

        with database.reading() as session:
            turn = session.get(Turn, written.result().message_id)
            closed_first = written.result().conversation_id != conversation_id
            assert turn.state == ("queued" if closed_first else "dropped")
