"""Notices go to the channel the customer prefers, or to the one he used last; promises survive a joining."""

from datetime import timedelta

import pytest

from base.clock import FixedClock
from base.database import Database
from front.handlers import OWN_TEXTS, _tell_missed_promise
from switchboard import notices_to, promises
from switchboard.models import Promise
from switchboard.notices_to import Place
from switchboard.texts import Texts
from tests.switchboard.side import Side

TEXTS = Texts({OWN_TEXTS[0]: [{"text": "Ordine {order_number}: scusa."}]})


def place(database: Database, side: Side) -> Place | None:
    with database.reading() as session:
        return notices_to.place_for(session, side.conversation or "")


def test_the_last_channel_unless_he_says_otherwise(database: Database, web: Side, chat: Side) -> None:
    web.say("ciao")
    chat.open(web.link("telegram"))
    chat.say("eccomi")
    assert place(database, web) == Place("telegram", chat.identity_id)

    web.say("anche qui")
    assert place(database, web) == Place("web", None)

    with database.writing() as session:
        notices_to.choose(session, web.conversation or "", "telegram")
    assert place(database, web) == Place("telegram", chat.identity_id)


def test_a_channel_on_which_he_is_not_known_cannot_be_chosen(database: Database, web: Side) -> None:
    web.say("ciao")

    with database.writing() as session, pytest.raises(ValueError, match="not known"):
        notices_to.choose(session, web.conversation or "", "telegram")


def test_a_promise_of_a_conversation_that_was_closed_for_another_is_told_there(
    database: Database, clock: FixedClock, web: Side, chat: Side
) -> None:
    asked = chat.say("quando arriva?")
    due = clock.now() + timedelta(hours=1)
    about = {"order_number": "104206"}
    chat.write(promises.make, asked.conversation_id, asked.message_id, "late", due, about)
    web.say("sono sul sito")
    chat.open(web.link("telegram"))
    chat.say("eccomi")
    clock.move(timedelta(hours=2))

    with database.writing() as session:
        told = _tell_missed_promise(session, session.query(Promise).one().id, TEXTS, clock.now())

    assert told == web.conversation
    assert chat.reads()[-1] == "Ordine 104206: scusa." and web.reads()[-1] == "-"
