"""It was not me: who came by a link is out again, at once, whoever has the conversation."""

import pytest

from base.clock import FixedClock
from base.database import Database
from switchboard import deliveries, proofs
from switchboard.join_links import LinkRefused
from switchboard.log import UnknownButton
from switchboard.models import BOT, HUMAN, Delivery, Joining, Turn
from switchboard.ownership import change_owner
from switchboard.people import IdentityEnded, lock_conversation
from tests.switchboard.side import NOT_ME, Side

TITLE = NOT_ME.title


@pytest.mark.parametrize("owner", [BOT, HUMAN])
def test_a_thief_in_telegram_is_out_at_once(
    database: Database, clock: FixedClock, web: Side, thief: Side, owner: str
) -> None:
    web.say("ciao")
    conversation_id = thief.open(web.link("telegram")).conversation_id
    thief.say("e ora?")
    with database.writing() as session:
        deliveries.reachable(session, conversation_id, "telegram", "99")
        if owner == HUMAN:
            change_owner(session, conversation_id, 1, HUMAN, clock.now())
    stolen = thief.link("web")

    web.say("", web.button(TITLE))

    assert web.conversation == conversation_id and web.reads()[-1] == "Fatto."
    assert thief.conversation is None and not thief.may_read(conversation_id)
    assert thief.say("ancora io").conversation_id != conversation_id
    with pytest.raises(LinkRefused):
        web.open(stolen)
    with database.reading() as session:
        assert session.query(Delivery).filter_by(conversation_id=conversation_id).count() == 0
        assert session.query(Turn).filter_by(conversation_id=conversation_id, state="queued").count() == 0
        assert {note.how for note in session.query(Joining)} == {"link", "parted"}


def test_a_thief_in_a_browser_has_no_session_any_more(database: Database, clock: FixedClock, chat: Side) -> None:
    browser = Side(database, clock, "web", "ws_thief")
    browser.say("prima")
    chat.say("ciao")
    browser.open(chat.link("web"))

    chat.say("", chat.button(TITLE))

    with pytest.raises(IdentityEnded):
        browser.say("ancora io")
    assert chat.say("solo io").conversation_id == chat.conversation


def test_what_was_proved_by_the_thief_counts_no_more(database: Database, web: Side, thief: Side) -> None:
    web.say("ciao")
    conversation_id = thief.open(web.link("telegram")).conversation_id
    thief.prove("ladro@example.it")

    web.say("", web.button(TITLE))

    with database.reading() as session:
        assert session.query(proofs.email_proofs.ProvedEmail).filter_by(conversation_id=conversation_id).count() == 0


def test_the_button_is_the_sides_that_was_told_alone(web: Side, thief: Side) -> None:
    web.say("ciao")
    thief.open(web.link("telegram"))
    button = web.button(TITLE)

    thief.say("", button)
    assert thief.conversation == web.conversation  # nobody is out

    web.say("", button)
    before = web.conversation
    web.say("", button)  # once more
    assert web.conversation == before
    with pytest.raises(UnknownButton):
        thief.say("", button)


def test_after_it_the_customers_own_account_may_come(database: Database, web: Side, thief: Side, chat: Side) -> None:
    web.say("ciao")
    thief.open(web.link("telegram"))
    web.say("", web.button(TITLE))

    assert chat.open(web.link("telegram")).conversation_id == web.conversation
    with database.writing() as session:
        assert lock_conversation(session, web.conversation or "").owner == BOT
