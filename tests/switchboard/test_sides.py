"""Who reads what: one's own side, and others only while both have proved the same e-mail (docs/joining.md)."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from base.clock import FixedClock
from base.database import Database
from switchboard import email_proofs, log, proofs, uploads
from switchboard.attachments import UnknownAttachment
from switchboard.body import Reply
from switchboard.models import Person
from switchboard.people import lock_conversation
from switchboard.sides import file_of
from switchboard.uploads import FileLimits, NewFile
from tests.switchboard.helpers import WELCOME
from tests.switchboard.side import WORDS, Side

ANNA, BRUNO = "anna.rossi@example.it", "bruno.bianchi@example.it"
LIMITS = FileLimits(10, 10)


@pytest.fixture
def joined(web: Side, chat: Side) -> None:
    """The web chat went on in Telegram."""
    web.say("una cosa sul sito")
    chat.open(web.link("telegram"))
    chat.say("una cosa su Telegram")


def test_each_side_reads_what_was_said_on_it(joined: None, web: Side, chat: Side) -> None:
    web.say("di nuovo sul sito")

    assert web.reads() == [WELCOME.text, "una cosa sul sito", WORDS.moved.text, "-", "di nuovo sul sito"]
    assert chat.reads() == ["-", "-", "-", "una cosa su Telegram", "-"]


def test_answers_are_read_where_their_questions_were_written(joined: None, web: Side, chat: Side) -> None:
    web.answer("risposta")

    assert web.reads()[-2:] == ["risposta", "-"]
    assert chat.reads()[-2:] == ["-", "risposta"]


def test_who_has_proved_the_same_email_on_both_sides_reads_everything(joined: None, web: Side, chat: Side) -> None:
    chat.prove(ANNA)
    assert "-" in web.reads()

    web.prove(ANNA)

    assert web.reads() == [WELCOME.text, "una cosa sul sito", WORDS.moved.text, "una cosa su Telegram"]
    assert web.reads() == chat.reads()


@pytest.mark.parametrize("of_web, of_chat", [(ANNA, None), (None, ANNA), (ANNA, BRUNO), (None, None)])
def test_nothing_less_opens_the_other_side(
    joined: None, web: Side, chat: Side, of_web: str | None, of_chat: str | None
) -> None:
    for side, email in ((web, of_web), (chat, of_chat)):
        if email:
            side.prove(email)

    assert "una cosa su Telegram" not in web.reads() and "una cosa sul sito" not in chat.reads()


def test_what_one_side_proves_is_no_proof_of_another(database: Database, joined: None, web: Side, chat: Side) -> None:
    chat.prove(ANNA)
    asked = web.say("e i miei ordini?")

    with database.reading() as session:
        now = session.query(Person).one().joined_at
        assert email_proofs.proved_in_turn(session, asked.message_id, now) == []
        assert proofs.proved_in_turn(session, asked.message_id) == []


def test_a_proof_of_the_looking_side_has_to_be_alive_and_the_other_ones_may_be_old(
    clock: FixedClock, joined: None, web: Side, chat: Side
) -> None:
    chat.prove(ANNA)
    clock.move(timedelta(days=20))
    web.prove(ANNA)
    assert "una cosa su Telegram" in web.reads()

    clock.move(timedelta(hours=2))

    assert "una cosa su Telegram" not in web.reads()


def test_earlier_conversations_of_the_other_side_are_not_even_told(
    web: Side, chat: Side, database: Database, clock: FixedClock
) -> None:
    chat.say("molto tempo fa")
    web.say("prima sul sito")

    chat.open(web.link("telegram"))
    assert web.reads_of_all() == web.reads()
    assert chat.reads_of_all()[:3] == [WELCOME.text, "molto tempo fa", WORDS.closed.text]

    chat.prove(ANNA)
    web.prove(ANNA)
    assert web.reads_of_all() == [WELCOME.text, "molto tempo fa", WORDS.closed.text, *web.reads()]


def test_what_a_person_of_the_shop_says_is_for_the_side_that_wrote_last_there(
    database: Database, clock: FixedClock, joined: None, web: Side, chat: Side
) -> None:
    with database.writing() as session:
        held = lock_conversation(session, web.conversation or "")
        log.append_reply(session, held, "telegram", Reply("buongiorno"), clock.now(), author_kind="agent")

    assert chat.reads()[-1] == "buongiorno" and web.reads()[-1] == "-"


def test_a_file_is_opened_by_the_side_it_was_sent_on(
    database: Database, clock: FixedClock, joined: None, web: Side, chat: Side
) -> None:
    new = NewFile(f"{web.sender.identity}:f", "at_photo", "image/jpeg", "foto.jpg", 9, 4, 3)
    web.write(uploads.keep, web.sender, new, LIMITS, WELCOME)

    def opens(side: Side) -> bool:
        with database.reading() as session:
            try:
                return bool(file_of(session, side.sender, "at_photo", clock.now()))
            except UnknownAttachment:
                return False

    assert opens(web) and not opens(chat)
    inbound = log.InboundMessage(web.sender, "ws_anna:photo", "ecco", attachments=("at_photo",))
    web.write(log.accept, inbound, WELCOME)
    assert opens(web) and not opens(chat)
    web.prove(ANNA)
    chat.prove(ANNA)
    assert opens(chat)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=60), st.dictionaries(st.text(max_size=10), st.text(max_size=10), max_size=3))
def test_nothing_a_customer_writes_opens_another_side(
    database: Database, clock: FixedClock, text: str, payload: dict[str, str]
) -> None:
    number = database.__dict__.setdefault("_examples", 0)
    database.__dict__["_examples"] = number + 1
    web, chat = Side(database, clock, "web", f"w{number}"), Side(database, clock, "telegram", f"t{number}")
    chat.say("un segreto")
    web.open(chat.link("web"))

    for words in (text, str(payload), f"/{text}", "il codice è 123456", ANNA, "level 2", "identity code"):
        web.say(words.replace("\x00", " ").encode("utf-8", "replace").decode())

    assert "un segreto" not in web.reads_of_all()
