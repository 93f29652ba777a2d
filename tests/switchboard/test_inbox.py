"""The trainers' inbox: what comes in and why, in groups that stay, and what is done with them can be undone."""

from datetime import timedelta
from typing import Optional

import pytest

from base.clock import FixedClock
from base.database import Database
from switchboard import inbox, inbox_sources, inbox_steps, wrong
from switchboard.effects import Effect
from switchboard.inbox import AGAIN, CHOSEN, PERSON, STOPPED, WENT_ON, Group
from switchboard.inbox_sources import IGNORED, KEPT, SKIPPED
from switchboard.inbox_steps import NothingThere, NotTheLast, Taught
from switchboard.models import InboxSentence, InboxStep, Label, Message, Turn
from tests.switchboard.desk import hand_over
from tests.switchboard.inbox import PERSONAL, asked, gather

OFFERED = [{"intent": "request_return", "confidence": 0.41}, {"intent": "request_exchange", "confidence": 0.4}]
RANKING = (("track_order", 0.42), ("track_return", 0.3))


def groups(database: Database, clock: FixedClock, state: str = "open", why: Optional[str] = None) -> list[Group]:
    gather(database, clock)
    with database.reading() as session:
        return inbox.groups(session, PERSONAL, state, why)


def texts(found: list[Group]) -> list[list[str]]:
    return [[said.text for said in group.sentences] for group in found]


def next_of(database: Database, group: Group) -> dict[str, int]:
    with database.reading() as session:
        return dict(inbox.what_next(session, group.sentences[0], PERSONAL))


def test_what_was_not_understood_or_hardly_comes_in_and_what_was_understood_does_not(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        asked(session, "fate il montaggio a casa?", clock.now(), ranking=RANKING)
        asked(session, "vendete anche piante vere", clock.now(), "out_of_scope", 0.97)
        asked(session, "la cosa che ho comprato non va", clock.now(), "claim_warranty", 0.41)
        asked(session, "dov'è il mio ordine?", clock.now(), "track_order", 0.97)

    found = groups(database, clock)

    whys = {group.sentences[0].text: group.why for group in found}
    assert whys == {
        "fate il montaggio a casa?": ("missed",),
        "vendete anche piante vere": ("missed",),
        "la cosa che ho comprato non va": ("doubted",),
    }
    [time] = next(group for group in found if "montaggio" in group.sentences[0].text).every
    assert (time.intent, time.runner_up) == (None, ("track_order", 0.42))


def test_personal_data_is_masked_and_invented_in_what_is_taught(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        asked(session, "sono Ilaria Cucuzza, ordine 104277, scrivete a ila@posta.example", clock.now())

    [group] = groups(database, clock)
    with database.reading() as session:
        [said] = inbox.group(session, PERSONAL, group.id).sentences

    for secret in ("Ilaria", "Cucuzza", "104277", "ila@posta"):
        assert secret not in said.text and secret not in said.draft
    assert "@example.it" in said.draft and "•" not in said.draft


def test_a_choice_is_told_with_what_was_chosen(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        sentence = asked(session, "le scarpe", clock.now())
        fields = {"sentence": sentence, "offered": OFFERED, "chosen": "request_return", "answer": "button"}
        asked(session, "Rendere un articolo", clock.now(), "request_return", 1.0, effects=[Effect("choice", fields)])

    [group] = groups(database, clock)

    assert group.why == ("asked",) and group.likely[0] == "request_return"
    assert next_of(database, group) == {CHOSEN: 1}


def test_what_an_agent_calls_wrong_comes_in_however_sure_the_assistant_was_and_however_late(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        turn_id = asked(session, "mi serve la carta dell'ordine", clock.now(), "track_order", 0.95)
        conversation_id = session.get(Turn, turn_id).conversation_id
        asked(session, "altro che non si capisce", clock.now())
    groups(database, clock)
    clock.move(timedelta(days=9))
    with database.writing() as session:
        asked(session, "boh non saprei proprio", clock.now())
    groups(database, clock)
    with database.writing() as session:
        wrong.mark(session, conversation_id, turn_id, "request_invoice", clock.now())

    [group] = groups(database, clock, why="wrong")

    assert texts([group]) == [["mi serve la carta dell'ordine"]]
    assert group.likely[:2] == ("request_invoice", "track_order") and group.every[0].meant == "request_invoice"


def test_what_was_written_before_a_person_was_asked_for_comes_in(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        asked(session, "il mobile traballa sul pavimento", clock.now(), "ask_product_info", 0.9, session_id="ws_bea")
        hand_over(session, clock.now(), "ws_bea")
        asked(session, "quanto costa la spedizione", clock.now(), "ask_shipping_terms", 0.9, session_id="ws_ciro")
        clock.move(timedelta(minutes=30))
        hand_over(session, clock.now(), "ws_ciro")

    [group] = groups(database, clock, why="handed")

    assert texts([group]) == [["il mobile traballa sul pavimento"]]
    assert next_of(database, group) == {PERSON: 1}


def test_a_handoff_that_comes_after_the_sentence_was_seen_is_noted(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        asked(session, "il mobile traballa sul pavimento", clock.now())
    assert groups(database, clock)[0].why == ("missed",)
    with database.writing() as session:
        hand_over(session, clock.now())

    assert groups(database, clock)[0].why == ("missed", "handed")


def test_what_the_customer_does_next_is_told(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        asked(session, "fate il montaggio dei mobili?", clock.now(), session_id="ws_a")
        asked(session, "ma il montaggio dei mobili lo fate?", clock.now(), "thank", 0.99, session_id="ws_a")
        asked(session, "si può avere la lista nozze", clock.now(), session_id="ws_b")
        asked(session, "ok grazie lo stesso", clock.now(), "thank", 0.99, session_id="ws_b")
        asked(session, "vendete vernici", clock.now(), session_id="ws_c")

    came = {group.sentences[0].text[:6]: next_of(database, group) for group in groups(database, clock)}

    assert came == {"fate i": {AGAIN: 1}, "si può": {WENT_ON: 1}, "vendet": {STOPPED: 1}}


def test_buttons_files_and_numbers_alone_do_not_come_in(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        asked(session, "104206", clock.now())
        asked(session, "anna@posta.example", clock.now())
        asked(session, "parola " * 90, clock.now(), client_id="long")
        turn_id = asked(session, "Continuo con l'assistente", clock.now(), "unknown_button", 0.1)
        session.get(Turn, turn_id).button = {"intent": "affirm", "entities": {}}

    assert groups(database, clock) == []


def test_the_same_words_are_counted_and_like_ones_stand_together(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        for who in ("ws_a", "ws_b", "ws_c"):
            asked(session, "Fate il montaggio a casa?", clock.now(), session_id=who)
        asked(session, "fate il montaggio a casa", clock.now(), session_id="ws_d")
        asked(session, "il montaggio a casa lo fate voi?", clock.now(), session_id="ws_e")
        asked(session, "vendete vernici", clock.now(), session_id="ws_f")

    found = groups(database, clock)

    assert [(group.count, len(group.sentences)) for group in found] == [(5, 2), (1, 1)]


def test_groups_stay_as_they_are_when_more_comes_in(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        asked(session, "fate il montaggio a casa?", clock.now())
        asked(session, "vendete vernici", clock.now())
    before = {group.sentences[0].text: group.id for group in groups(database, clock)}
    clock.move(timedelta(hours=3))
    with database.writing() as session:
        asked(session, "il montaggio a casa lo fate?", clock.now(), session_id="ws_b")

    after = groups(database, clock)

    assert {said.text: group.id for group in after for said in group.sentences if said.text in before} == before
    assert len(after) == 2


def test_looking_twice_changes_nothing(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        asked(session, "fate il montaggio a casa?", clock.now())

    assert groups(database, clock) == groups(database, clock)


def test_a_labelled_group_leaves_and_its_sentences_wait_for_the_files(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        asked(session, "a che punto siamo col pacco?", clock.now())
    [group] = groups(database, clock)

    with database.writing() as session:
        taught = Taught(("a che punto siamo col pacco?", "a che punto è?"), "track_order", held_out=True)
        inbox_steps.label(session, group.id, taught, clock.now())

    assert groups(database, clock) == []
    with database.reading() as session:
        labels = session.query(Label).order_by(Label.sentence).all()
    assert [(one.sentence, one.intent, one.held_out, one.state) for one in labels] == [
        ("a che punto siamo col pacco?", "track_order", True, "pending"),
        ("a che punto è?", "track_order", True, "pending"),
    ]


def test_words_that_were_settled_once_do_not_come_back(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        asked(session, "blabla che non serve", clock.now())
    [group] = groups(database, clock)
    with database.writing() as session:
        inbox_steps.put(session, inbox_steps.IGNORE, group.id, clock.now())
    clock.move(timedelta(hours=1))
    with database.writing() as session:
        asked(session, "BLABLA, che non serve!", clock.now(), session_id="ws_b")

    assert groups(database, clock) == []
    assert len(groups(database, clock, IGNORED)) == 2


def test_every_step_is_undone_in_turn(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        for who, text in enumerate(("fate il montaggio a casa?", "il montaggio a casa lo fate?", "vendete vernici")):
            clock.move(timedelta(minutes=1))
            asked(session, text, clock.now(), session_id=f"ws_{who}")
    before = groups(database, clock)
    mounting, paint = before
    now = clock.now()

    with database.writing() as session:
        inbox_steps.merge(session, paint.id, mounting.id, now)
    assert texts(groups(database, clock)) == [
        ["fate il montaggio a casa?", "il montaggio a casa lo fate?", "vendete vernici"]
    ]
    with database.writing() as session:
        [turn_id] = [time.turn_id for time in paint.every]
        inbox_steps.split(session, mounting.id, [turn_id], now)
        inbox_steps.put(session, inbox_steps.SKIP, mounting.id, now)
    assert texts(groups(database, clock)) == [["vendete vernici"]]
    assert len(groups(database, clock, SKIPPED)) == 1
    with database.writing() as session:
        inbox_steps.label(session, mounting.id, Taught(("fate il montaggio?",), "ask_product_info"), now)
    for _ in range(4):
        with database.writing() as session:
            inbox_steps.undo(session, inbox_steps.last(session).id)

    assert groups(database, clock) == before
    with database.reading() as session:
        assert session.query(Label).count() == session.query(InboxStep).count() == 0


def test_only_the_last_step_is_undone_and_not_once_it_is_in_the_files(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        asked(session, "fate il montaggio a casa?", clock.now())
        asked(session, "vendete vernici", clock.now())
    mounting, paint = groups(database, clock)
    with database.writing() as session:
        first = inbox_steps.put(session, inbox_steps.SKIP, paint.id, clock.now())
        inbox_steps.label(session, mounting.id, Taught(("fate il montaggio?",), "ask_product_info"), clock.now())

    with database.writing() as session, pytest.raises(NotTheLast):
        inbox_steps.undo(session, first)
    with database.writing() as session:
        session.query(Label).update({"state": "applied"})
    with database.writing() as session:
        assert inbox_steps.last(session) is None


def test_what_somebody_else_has_dealt_with_is_not_done_twice(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        asked(session, "fate il montaggio a casa?", clock.now())
    [group] = groups(database, clock)
    with database.writing() as session:
        inbox_steps.label(session, group.id, Taught(("fate il montaggio?",), "ask_product_info"), clock.now())

    steps = (
        lambda session: inbox_steps.label(session, group.id, Taught(("x",), "thank"), clock.now()),
        lambda session: inbox_steps.put(session, inbox_steps.IGNORE, group.id, clock.now()),
        lambda session: inbox_steps.merge(session, group.id, group.id, clock.now()),
        lambda session: inbox_steps.split(session, group.id, [], clock.now()),
    )
    for step in steps:
        with database.writing() as session, pytest.raises(NothingThere):
            step(session)


def test_only_ids_are_kept_of_what_customers_wrote_and_nobody_s_name(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        turn_id = asked(session, "fate il montaggio a casa?", clock.now())
    [group] = groups(database, clock)
    with database.writing() as session:
        inbox_steps.put(session, inbox_steps.SKIP, group.id, clock.now())
        session.query(Turn).filter_by(id=turn_id).delete()
        session.query(Message).filter_by(turn_id=turn_id).delete()
        session.query(Message).filter_by(id=turn_id).delete()

    assert groups(database, clock, SKIPPED) == []  # his words are gone with the log
    columns = {column.name for table in (InboxSentence, InboxStep, Label) for column in table.__table__.columns}
    assert columns & {"agent_id", "by", "person_id", "conversation_id", "text", "body"} == set()


def test_old_sentences_are_forgotten_and_what_was_taught_stays(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        asked(session, "fate il montaggio a casa?", clock.now())
    [group] = groups(database, clock)
    with database.writing() as session:
        inbox_steps.label(session, group.id, Taught(("fate il montaggio?",), "ask_product_info"), clock.now())
    clock.move(KEPT + timedelta(days=1))
    with database.writing() as session:
        asked(session, "vendete vernici", clock.now())

    assert texts(groups(database, clock)) == [["vendete vernici"]]
    with database.reading() as session:
        assert (session.query(InboxSentence).count(), session.query(Label).count()) == (1, 1)


def test_two_fronts_that_look_at_once_keep_each_sentence_once(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        asked(session, "fate il montaggio a casa?", clock.now())
    with database.reading() as session:
        found = [inbox_sources.find(session, PERSONAL, clock.now()) for _ in range(2)]
    for one in found:
        placed = [inbox_sources.Placed(arrival, f"gr_{id(one)}", "open") for arrival in one.arrivals]
        with database.writing() as session:
            inbox_sources.keep(session, placed, (), clock.now())

    assert len(groups(database, clock)) == 1
