"""From the assistant to a person and back: one owner at a time, words kept, and nothing from a late turn."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Union

import pytest

from base.clock import FixedClock
from base.database import Database
from switchboard import (
    agents,
    attending,
    deliveries,
    handoffs,
    jobs,
    leaving,
    log,
    promises,
    staff_requests,
    turns,
)
from switchboard.agents import AtDesk
from switchboard.attending import NotHeld, SomebodyElses
from switchboard.body import ButtonMeaning, Reply
from switchboard.effects import Effect
from switchboard.log import InboundMessage
from switchboard.models import BOT, CLOSED, HUMAN, WAITING, Button, Conversation, Handoff, Turn
from switchboard.people import lock_conversation
from tests.deep import DEEP, more
from tests.switchboard.desk import HANDED, JOINED, agent, hand_over, owner_of
from tests.switchboard.helpers import WELCOME, claim, say, sender, texts_of

ACCEPTED_AT_ONCE = 1_000 if DEEP else 100
LATE_TURNS = 500 if DEEP else 50
CLOSING = Reply("Risolto?", (ButtonMeaning("Sì", handoffs.SOLVED), ButtonMeaning("No", handoffs.UNSOLVED)))
BACK = Reply("Torni?", (ButtonMeaning("Torna all'assistente", handoffs.BACK),))


def test_the_words_that_announce_a_person_are_kept_with_the_place_in_the_queue(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        first = hand_over(session, clock.now(), "ws_1")
        clock.move(timedelta(seconds=1))
        second = hand_over(session, clock.now(), "ws_2")

    with database.reading() as session:
        assert texts_of(session, first)[-1] == "Una persona arriva: sei al posto 1."
        assert texts_of(session, second)[-1] == "Una persona arriva: sei al posto 2."
        assert [owner_of(session, id_)[0] for id_ in (first, second)] == [WAITING, WAITING]


def test_messages_that_came_before_the_handoff_go_to_the_person(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        say(session, "un operatore, subito", clock.now())
        second = say(session, "e ho anche una foto", clock.now())
        conversation_id = hand_over_queued(session, second.conversation_id, clock.now())

    with database.writing() as session:
        assert claim(session, conversation_id, clock.now()) is None
        assert session.get(Turn, second.message_id).outcome == "taken_over"
        assert say(session, "ci siete?", clock.now()).row


@more
@more
def test_two_agents_who_accept_at_once_are_told_apart(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        people = [agent(session, name, clock.now()) for name in ("Giulia", "Marco")]

    def try_to_accept(who: AtDesk, conversation_id: str) -> Union[str, bool]:
        try:
            with database.writing() as session:
                return attending.accept(session, conversation_id, who, JOINED, clock.now())
        except SomebodyElses as error:
            return str(error.agent_id)

    with ThreadPoolExecutor(2) as pool:
        for number in range(ACCEPTED_AT_ONCE):
            with database.writing() as session:
                conversation_id = hand_over(session, clock.now(), f"ws_{number}")
            outcomes = list(pool.map(try_to_accept, people, [conversation_id] * 2))
            with database.reading() as session:
                owner, agent_id = owner_of(session, conversation_id)
                joined = texts_of(session, conversation_id).count(JOINED.text)
            assert (owner, joined, outcomes.count(True)) == (HUMAN, 1, 1)
            assert [one for one in outcomes if one is not True] == [agent_id]


@pytest.mark.parametrize("number", range(LATE_TURNS))
def test_a_slow_answer_that_ends_after_an_agent_took_over_leaves_nothing(
    database: Database, clock: FixedClock, number: int
) -> None:
    chance = random.Random(number)
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
        conversation_id = say(session, "dov'è il mio ordine?", clock.now()).conversation_id
        turn = claim(session, conversation_id, clock.now())
    assert turn

    def answer(delay: float) -> bool:
        time.sleep(delay)
        with database.writing() as session:
            return turns.complete(session, turn, [Reply("È in viaggio.")], [], clock.now()) is not None

    def take_over(delay: float) -> None:
        time.sleep(delay)
        with database.writing() as session:
            attending.accept(session, conversation_id, giulia, JOINED, clock.now())

    with ThreadPoolExecutor(2) as pool:
        answered = pool.submit(answer, chance.uniform(0, 0.004))
        pool.submit(take_over, chance.uniform(0, 0.004)).result()

    with database.reading() as session:
        said = texts_of(session, conversation_id)[2:]
        assert said == (["È in viaggio.", JOINED.text] if answered.result() else [JOINED.text])
        assert owner_of(session, conversation_id) == (HUMAN, giulia.id)


def test_only_who_has_the_conversation_speaks_in_it(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        giulia, marco = (agent(session, name, clock.now()) for name in ("Giulia", "Marco"))
        conversation_id = hand_over(session, clock.now())
    with database.writing() as session, pytest.raises(NotHeld):
        attending.reply(session, conversation_id, giulia, "desk:1", "Buongiorno", clock.now())
    with database.writing() as session:
        attending.accept(session, conversation_id, giulia, JOINED, clock.now())
    with database.writing() as session, pytest.raises(SomebodyElses):
        attending.reply(session, conversation_id, marco, "desk:2", "Salve", clock.now())
    with database.writing() as session:
        first = attending.reply(session, conversation_id, giulia, "desk:3", "Eccomi", clock.now())
        again = attending.reply(session, conversation_id, giulia, "desk:3", "Eccomi", clock.now())

        assert (first.seq, first.author_kind, first.author) == (again.seq, "agent", "Giulia")
        assert texts_of(session, conversation_id).count("Eccomi") == 1


def test_a_transfer_leaves_a_note_and_one_owner(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        giulia, marco = (agent(session, name, clock.now()) for name in ("Giulia", "Marco"))
        conversation_id = hand_over(session, clock.now())
        attending.accept(session, conversation_id, giulia, JOINED, clock.now())
        attending.pass_to(session, conversation_id, giulia, marco, "vuole uno sconto", Reply("Marco."), clock.now())

    with database.writing() as session:
        assert owner_of(session, conversation_id) == (HUMAN, marco.id)
        assert [note.text for note in attending.notes_of(session, conversation_id)] == ["vuole uno sconto"]
        assert "vuole uno sconto" not in texts_of(session, conversation_id)
        with pytest.raises(SomebodyElses):
            attending.reply(session, conversation_id, giulia, "desk:1", "Ancora io", clock.now())


def test_whoever_is_put_back_keeps_the_old_place_and_staff_is_told_anew(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
        first = hand_over(session, clock.now(), "ws_1")
        attending.accept(session, first, giulia, JOINED, clock.now())
        clock.move(timedelta(minutes=5))
        hand_over(session, clock.now(), "ws_2")
        place = attending.put_back(session, first, giulia.id, Reply("In coda."), clock.now())

        assert (place, owner_of(session, first)) == (1, (WAITING, None))
        assert session.query(Handoff).count() == 2
        assert attending.put_back(session, first, giulia.id, Reply("In coda."), clock.now()) is None


def test_the_assistant_begins_afresh_after_a_person_and_a_second_handoff_works(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
        conversation_id = hand_over(session, clock.now(), order_number="104206")
        attending.accept(session, conversation_id, giulia, JOINED, clock.now())
        attending.give_back(session, conversation_id, giulia, "solved", "Rimborsato.", Reply("Ecco."), clock.now())
        number = session.query(Handoff).one().number
    with database.writing() as session:
        say(session, "grazie", clock.now())
        turn = claim(session, conversation_id, clock.now())

        assert turn and (turn.handed_back, turn.previous_turn_id) == (True, None)
        assert staff_requests.is_closed(session, number)
        turns.complete(session, turn, [Reply("Prego")], [], clock.now())
    with database.writing() as session:
        say(session, "e il reso?", clock.now())
        following = claim(session, conversation_id, clock.now())

        assert following and (following.handed_back, following.previous_turn_id) == (False, turn.id)
        turns.complete(session, following, [Reply("Dimmi")], [], clock.now())
        clock.move(timedelta(minutes=1))
        hand_over(session, clock.now(), text="di nuovo una persona")

        assert owner_of(session, conversation_id)[0] == WAITING
        assert session.query(Handoff).count() == 2


def test_a_customer_goes_back_to_the_assistant_by_a_button(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = hand_over(session, clock.now())
        button_id = add_button(session, conversation_id, BACK, clock.now())
        say(session, "", clock.now(), client_id="b", button_id=button_id)
        turn = claim(session, conversation_id, clock.now())

        assert owner_of(session, conversation_id)[0] == BOT
        assert turn and turn.button == {"intent": handoffs.BACK, "entities": {}}
        assert handoffs.latest_of(session, conversation_id).ending == handoffs.WITHDRAWN


def test_the_button_does_not_take_a_conversation_from_a_person(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
        conversation_id = hand_over(session, clock.now())
        button_id = add_button(session, conversation_id, BACK, clock.now())
        attending.accept(session, conversation_id, giulia, JOINED, clock.now())
        say(session, "", clock.now(), client_id="b", button_id=button_id)

        assert owner_of(session, conversation_id) == (HUMAN, giulia.id)


def test_the_outcome_is_asked_when_it_ends_and_counted_once(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
        old = hand_over(session, clock.now())
        attending.accept(session, old, giulia, JOINED, clock.now())
        attending.close(session, old, giulia, "solved", "", CLOSING, clock.now())
        yes, no = (button["id"] for button in log.rows_since(session, old, 0)[-1].body["buttons"])
        assert owner_of(session, old) == (CLOSED, None)
    clock.move(timedelta(minutes=1))
    with database.writing() as session:
        answered = say(session, "", clock.now(), client_id="b1", button_id=no)
        say(session, "", clock.now(), client_id="b2", button_id=yes)
        turn = claim(session, answered.conversation_id, clock.now())

        assert answered.conversation_id != old
        assert turn and turn.button == {"intent": handoffs.UNSOLVED, "entities": {}}
        assert handoffs.latest_of(session, old).customer_says == "unsolved"


def test_nobody_else_answers_how_it_ended(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
        old = hand_over(session, clock.now())
        attending.accept(session, old, giulia, JOINED, clock.now())
        attending.close(session, old, giulia, "solved", "", CLOSING, clock.now())
        yes = log.rows_since(session, old, 0)[-1].body["buttons"][0]["id"]
    with database.writing() as session, pytest.raises(log.UnknownButton):
        say(session, "", clock.now(), session_id="ws_bruno", button_id=yes)


def test_outside_the_hours_the_assistant_goes_on_and_the_wish_is_planned(database: Database, clock: FixedClock) -> None:
    opens = clock.now() + timedelta(hours=12)
    with database.writing() as session:
        conversation_id = hand_over(session, clock.now(), opens=opens)
        waiting = hand_over(session, clock.now(), "ws_bruno")

        assert owner_of(session, conversation_id)[0] == BOT
        assert handoffs.open_of(session, conversation_id).waits_from == opens
        assert handoffs.position(session, handoffs.open_of(session, waiting)) == 1


def test_a_reply_goes_where_the_customer_last_wrote_from_and_is_sent_there(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
        conversation_id = hand_over(session, clock.now())
        attending.accept(session, conversation_id, giulia, JOINED, clock.now())
        on_telegram = replace(sender(), channel="telegram")  # joined with the web session by proof
        log.accept(session, InboundMessage(on_telegram, "tg:1", "sono qui adesso"), WELCOME, clock.now())
        row = attending.reply(session, conversation_id, giulia, "desk:1", "Eccomi", clock.now())

        assert row.channel == "telegram"
        assert [job.key for job in jobs.open_with(session, deliveries.kind_of("telegram"), "")] == [conversation_id]


def test_who_begins_again_waits_for_nobody_but_the_request_stays(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        old = hand_over(session, clock.now(), opens=clock.now() + timedelta(hours=12))
        number = handoffs.open_of(session, old).number
        leaving.restart(session, sender(), old, WELCOME, clock.now())

        assert handoffs.open_of(session, old) is None
        assert not staff_requests.is_closed(session, number)


def test_a_promise_is_kept_by_the_first_answer(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
        conversation_id = hand_over(session, clock.now())
        handoff = handoffs.open_of(session, conversation_id)
        key, due = attending.promise_key(handoff), clock.now() + timedelta(days=1)
        promises.make(session, conversation_id, handoff.id, key, due, {}, clock.now())
        attending.accept(session, conversation_id, giulia, JOINED, clock.now())
        assert len(promises.open_in(session, conversation_id)) == 1
        attending.reply(session, conversation_id, giulia, "desk:1", "Eccomi", clock.now())

        assert promises.open_in(session, conversation_id) == []


def test_the_usual_wait_is_told_only_where_it_is_known(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
        for number in range(5):
            assert handoffs.usual_wait(session, clock.now()) is None
            conversation_id = hand_over(session, clock.now(), f"ws_{number}")
            clock.move(timedelta(minutes=number))
            attending.accept(session, conversation_id, giulia, JOINED, clock.now())

        assert handoffs.usual_wait(session, clock.now()) == timedelta(minutes=2)


def test_cards_are_masked_in_what_agents_write(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
        conversation_id = hand_over(session, clock.now())
        attending.accept(session, conversation_id, giulia, JOINED, clock.now())
        row = attending.reply(session, conversation_id, giulia, "d:1", "carta 4111 1111 1111 1111?", clock.now())
        attending.note(session, conversation_id, giulia, "4111111111111111", clock.now())

        assert "4111 1111" not in row.body["text"]
        assert "4111111111111111" not in attending.notes_of(session, conversation_id)[0].text


def test_a_pause_follows_five_wrong_passwords(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
        for _ in range(agents.MOST_WRONG):
            assert not agents.sign_in(session, giulia.email, clock.now()).paused
            agents.wrong_password(session, giulia.id, clock.now())

        assert agents.sign_in(session, giulia.email, clock.now()).paused
        assert not agents.sign_in(session, giulia.email, clock.now() + agents.LOCKED_FOR).paused


def test_a_session_ends_by_idleness_age_sign_out_and_closing_of_the_account(
    database: Database, clock: FixedClock
) -> None:
    start = clock.now()
    with database.writing() as session:
        giulia = agent(session, "Giulia", start)
        for token in ("idle", "used", "out", "disabled"):
            agents.begin_session(session, giulia.id, token, start)
        agents.end_session(session, "out")
        agents.seen(session, "used", start + agents.IDLE - timedelta(minutes=1))

        later = start + agents.IDLE + timedelta(minutes=1)
        assert agents.of_session(session, "idle", start) == giulia
        assert [bool(agents.of_session(session, token, later)) for token in ("idle", "used", "out")] == [0, 1, 0]
        agents.disable(session, giulia.email, later)
        assert agents.of_session(session, "used", later) is None


def hand_over_queued(session: object, conversation_id: str, now: datetime) -> str:
    """End the first queued turn of the conversation with a handoff."""
    turn = claim(session, conversation_id, now)
    assert turn
    turns.complete(session, turn, [HANDED], [Effect("handoff", {"reason": "asked"})], now)
    return conversation_id


def add_button(session: object, conversation_id: str, reply: Reply, now: datetime) -> str:
    row = log.append_reply(session, lock_conversation(session, conversation_id), "web", reply, now)
    return row.body["buttons"][0]["id"]


def test_a_customer_of_the_assistants_says_once_whether_it_is_solved(database: Database, clock: FixedClock) -> None:
    question = Reply("Risolto?", (ButtonMeaning("Sì", handoffs.SOLVED), ButtonMeaning("No", handoffs.UNSOLVED)))
    with database.writing() as session:
        conversation_id = say(session, "grazie", clock.now()).conversation_id
        turn = claim(session, conversation_id, clock.now())
        assert turn
        turns.complete(session, turn, [question], [], clock.now())
        buttons = {button.title: button.id for button in session.query(Button)}
        for title in ("No", "Sì"):
            say(session, title, clock.now(), button_id=buttons[title])

    with database.reading() as session:
        assert session.get(Conversation, conversation_id).customer_says == "unsolved"
