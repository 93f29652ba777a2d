"""Resolved by the assistant alone and not asked again: the rule at its edges, with pasts made by hand."""

from datetime import datetime, timedelta, timezone

import pytest

from base.clock import ROME, FixedClock
from base.database import Database
from base.settings import ROOT, Register
from switchboard import handoffs
from switchboard.agents import AGENT
from switchboard.asking import DEAD_ENDS, questions_in
from switchboard.endings import AGAIN, LEFT, NOTHING, OPEN, PERSON, RESOLVED, UNSOLVED, Ended, endings
from switchboard.episodes import past
from switchboard.leaving import restart
from switchboard.people import lock_conversation
from switchboard.staff_notes import write
from switchboard.texts import Texts
from tests.conftest import NOW
from tests.switchboard.desk import agent
from tests.switchboard.helpers import WELCOME
from tests.switchboard.talks import PERSON as HANDED
from tests.switchboard.talks import REQUEST, Talker

WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)
QUESTIONS = frozenset({"utter_ask_order_status_form_email", "utter_error_record_not_found"})
SINCE = datetime(2026, 1, 1, tzinfo=timezone.utc)


@pytest.fixture
def anna(database: Database, clock: FixedClock) -> Talker:
    return Talker(database, clock)


def ended(database: Database, now: datetime, since: datetime = SINCE) -> list[Ended]:
    with database.reading() as session:
        return endings(past(session, since, now + SECOND), now, QUESTIONS)


def how(database: Database, now: datetime) -> list[str]:
    """How each episode ended, in their order."""
    return [one.ending for one in ended(database, now)]


def in_rome(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ROME).astimezone(timezone.utc)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(("after", "ending"), [(WEEK, AGAIN), (WEEK + SECOND, RESOLVED)])
def test_who_asks_the_same_exactly_seven_days_later_has_come_back(
    database: Database, clock: FixedClock, anna: Talker, after: timedelta, ending: str
) -> None:
    anna.asks("track_order")
    clock.move(after)
    anna.asks("track_order")

    assert how(database, clock.now()) == [ending, OPEN]


@pytest.mark.parametrize(("now", "ending"), [(NOW + WEEK, OPEN), (NOW + WEEK + SECOND, RESOLVED)])
def test_nothing_is_known_before_seven_days_are_over(
    database: Database, anna: Talker, now: datetime, ending: str
) -> None:
    anna.asks("track_order")

    [one] = ended(database, now)

    assert (one.ending, one.settled) == (ending, ending == RESOLVED)


@pytest.mark.parametrize(
    ("left", "back", "ending"),
    [
        (in_rome(2026, 10, 20, 10), in_rome(2026, 10, 27, 10), AGAIN),  # an hour more than seven times 24
        (in_rome(2026, 10, 20, 10), in_rome(2026, 10, 27, 10, 0, 1), RESOLVED),
        (in_rome(2026, 3, 24, 10), in_rome(2026, 3, 31, 10), AGAIN),  # an hour less
        (in_rome(2026, 3, 24, 10), in_rome(2026, 3, 31, 10, 0, 1), RESOLVED),
    ],
)
def test_seven_days_end_at_the_same_hour_on_italian_clocks(
    database: Database, clock: FixedClock, anna: Talker, left: datetime, back: datetime, ending: str
) -> None:
    clock.at = left
    anna.asks("track_order")
    clock.at = back
    anna.asks("track_order")

    assert how(database, clock.now() + WEEK + 2 * timedelta(hours=1))[0] == ending


def test_who_comes_back_with_something_else_was_helped(database: Database, clock: FixedClock, anna: Talker) -> None:
    anna.asks("track_order")
    clock.move(timedelta(days=2))
    anna.asks("find_store")
    clock.move(2 * WEEK)

    assert how(database, clock.now()) == [RESOLVED, RESOLVED]


def test_who_comes_back_and_wants_a_person_was_not(database: Database, clock: FixedClock, anna: Talker) -> None:
    anna.asks("track_order")
    clock.move(timedelta(days=2))
    anna.asks("find_store")
    anna.asks("ask_human", effects=[HANDED])
    clock.move(2 * WEEK)

    assert how(database, clock.now()) == [AGAIN, PERSON]


def test_a_conversation_that_goes_on_after_a_day_of_silence_is_another_time(
    database: Database, clock: FixedClock, anna: Talker
) -> None:
    first = anna.asks("track_order")
    clock.move(timedelta(hours=23, minutes=59))
    assert anna.asks("thank") == first
    clock.move(timedelta(hours=24))
    assert anna.asks("track_order") == first
    clock.move(2 * WEEK)

    found = ended(database, clock.now())

    assert [(one.ending, one.episode.messages) for one in found] == [(AGAIN, 2), (RESOLVED, 1)]


def test_a_conversation_begun_anew_at_once_with_the_same_request_is_asking_again(
    database: Database, clock: FixedClock, anna: Talker
) -> None:
    anna.asks("track_order")
    clock.move(timedelta(minutes=5))
    with database.writing() as session:
        restart(session, anna.sender, None, WELCOME, clock.now())
    anna.asks("track_order")
    clock.move(2 * WEEK)

    assert how(database, clock.now()) == [AGAIN, RESOLVED]


def test_joined_on_two_channels_it_is_one_conversation_and_one_person(
    database: Database, clock: FixedClock, anna: Talker
) -> None:
    chat = Talker(database, clock, "telegram", "11")
    anna.asks("track_order")
    clock.move(timedelta(minutes=10))
    chat.asks("find_store")
    clock.move(timedelta(minutes=10))
    chat.open(anna.link("telegram"))
    chat.asks("thank")
    clock.move(timedelta(days=3))
    chat.asks("track_order")
    clock.move(2 * WEEK)

    first, second = ended(database, clock.now())

    assert first.episode.channels == {"web", "telegram"} and first.episode.wishes == ("track_order", "find_store")
    assert (first.ending, second.ending) == (AGAIN, RESOLVED)
    assert first.episode.person == second.episode.person and first.episode.known


def test_whoever_proves_the_same_email_on_two_devices_is_one_person(
    database: Database, clock: FixedClock, anna: Talker
) -> None:
    other = Talker(database, clock, "web", "ws_other")
    anna.asks("track_order")
    anna.prove("anna.rossi@example.it")
    clock.move(timedelta(days=3))
    other.asks("track_order")
    clock.move(2 * WEEK)
    assert how(database, clock.now()) == [RESOLVED, RESOLVED]

    other.prove("anna.rossi@example.it")

    found = ended(database, clock.now())
    assert [(one.ending, one.episode.known) for one in found] == [(AGAIN, True), (RESOLVED, True)]


def test_a_new_web_session_is_somebody_else(database: Database, clock: FixedClock, anna: Talker) -> None:
    anna.asks("track_order")
    clock.move(timedelta(days=3))
    Talker(database, clock, "web", "ws_other").asks("track_order")
    clock.move(2 * WEEK)

    assert [(one.ending, one.episode.known) for one in ended(database, clock.now())] == [(RESOLVED, False)] * 2


def test_a_phone_call_within_seven_days_is_coming_back(database: Database, clock: FixedClock, anna: Talker) -> None:
    conversation_id = anna.asks("track_order")
    clock.move(timedelta(days=3))
    with database.writing() as session:
        who = agent(session, "Giulia", clock.now(), AGENT)
        write(session, who, "k", "phone", "chiede ancora", False, clock.now(), conversation_id=conversation_id)
    clock.move(2 * WEEK)

    assert how(database, clock.now()) == [AGAIN]


def test_a_numbered_request_is_a_person(database: Database, clock: FixedClock, anna: Talker) -> None:
    anna.asks("request_return", effects=[REQUEST])

    [one] = ended(database, clock.now())

    assert one.ending == PERSON and [call.reason for call in one.episode.calls] == ["intent:request_return"]


@pytest.mark.parametrize(
    ("intents", "says", "ending"),
    [
        (["greet"], "utter_greet", NOTHING),
        (["nlu_fallback"], "utter_not_understood", LEFT),
        (["track_order", "nlu_fallback"], "utter_not_understood", LEFT),
        (["nlu_fallback", "track_order"], "utter_order_shipped", OPEN),
        (["track_order"], "utter_ask_order_status_form_email", LEFT),
        (["track_order", "give_details"], "utter_order_shipped", OPEN),
        (["track_order", "thank"], "utter_ask_solved", OPEN),
        (["give_details", "give_details"], "utter_error_record_not_found", LEFT),  # both were wrong
        (["give_details"], "utter_order_shipped", OPEN),
        (["track_order", "give_details"], "utter_error_record_not_found", LEFT),
        (["lack_details"], "utter_ask_order_status_form_email", LEFT),
    ],
)
def test_what_is_left_half_done_is_not_resolved(
    database: Database, clock: FixedClock, anna: Talker, intents: list[str], says: str, ending: str
) -> None:
    for intent in intents:
        anna.asks(intent, says)
        clock.move(SECOND)

    assert how(database, clock.now()) == [ending]


@pytest.mark.parametrize(("said", "ending"), [(handoffs.UNSOLVED, UNSOLVED), (handoffs.SOLVED, OPEN)])
def test_what_the_customer_says_counts(
    database: Database, clock: FixedClock, anna: Talker, said: str, ending: str
) -> None:
    id_ = anna.asks("track_order")
    with database.writing() as session:
        handoffs.hear(session, lock_conversation(session, id_), said, id_, clock.now())

    assert how(database, clock.now()) == [ending]


def test_what_was_begun_before_the_time_is_none_of_it(database: Database, clock: FixedClock, anna: Talker) -> None:
    anna.asks("track_order")
    clock.move(timedelta(hours=20))
    since = clock.now() - timedelta(hours=1)
    anna.asks("track_order")
    clock.move(timedelta(hours=30))
    anna.asks("find_store")

    found = ended(database, clock.now(), since)

    assert [one.episode.wishes for one in found] == [("find_store",)]


def test_an_answer_that_did_not_come_leaves_it_half_done(database: Database, clock: FixedClock, anna: Talker) -> None:
    anna.asks("track_order")
    clock.move(SECOND)
    anna.say("e adesso?")

    assert how(database, clock.now()) == [LEFT]


def test_questions_are_those_of_forms_and_those_that_end_with_a_question_mark() -> None:
    texts = {
        "utter_ask_order_status_form_email": [{"text": "Dimmi l'e-mail."}],
        "utter_case_ask_phone": [{"text": "Il telefono, per favore."}],
        "utter_which_one": [{"text": "Quale di queste?"}],
        "utter_ask_solved": [{"text": "Sono riuscito ad aiutarti?"}],
        "utter_ask_privacy": [{"text": "Usiamo i dati così."}],
        "utter_error_record_not_found": [{"text": "Non trovo nulla."}],
    }

    assert questions_in(Texts(texts)) == {
        "utter_ask_order_status_form_email",
        "utter_case_ask_phone",
        "utter_which_one",
        "utter_error_record_not_found",
    }


def test_every_dead_end_is_something_the_assistant_says() -> None:
    texts = Texts.load(ROOT / "data" / "responses", Register.TU)

    assert texts.responses.keys() >= DEAD_ENDS
