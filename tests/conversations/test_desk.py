"""What the assistant says and knows where people of the shop answer in the chat; everything real but the wires."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from actions import context
from switchboard import attending, contacts, handoffs, log
from switchboard.agents import AtDesk
from switchboard.body import ButtonMeaning, Reply
from switchboard.models import BOT, WAITING, Conversation
from tests.switchboard.desk import JOINED, agent, owner_of

pytestmark = pytest.mark.model

CLOSING = Reply("È risolto?", (ButtonMeaning("Sì", handoffs.SOLVED), ButtonMeaning("No", handoffs.UNSOLVED)))


@pytest.fixture
def giulia(talk: Any) -> AtDesk:
    """Somebody who works at the desk."""
    with talk.database.writing() as session:
        return agent(session, "Giulia", talk.clock.now())


def conversation_of(talk: Any) -> str:
    with talk.database.reading() as session:
        return session.execute(select(Conversation.id).where(Conversation.closed_at.is_(None))).scalar_one()


async def test_in_the_hours_the_customer_waits_and_knows_his_place(talk: Any, giulia: AtDesk) -> None:
    await talk.say("dov'è l'ordine 104206?")
    await talk.say("voglio parlare con una persona")

    assert talk.responses == ["utter_person_waiting", "utter_contact_only_here"]
    assert "sei al posto 1 della coda" in talk.shown.words and "numero 1" in talk.shown.words
    assert talk.shown.buttons == ["Continuo con l'assistente"]
    with talk.database.reading() as session:
        assert owner_of(session, conversation_of(talk))[0] == WAITING


async def test_a_customer_who_does_not_want_to_wait_goes_on_with_the_assistant(talk: Any, giulia: AtDesk) -> None:
    await talk.say("un operatore")
    await talk.press("Continuo con l'assistente")
    back = talk.responses
    await talk.say("quanto costa la spedizione?")

    assert back == ["utter_back_with_assistant"]
    assert talk.responses != [] and "utter_person_waiting" not in talk.responses


async def test_outside_the_hours_it_is_said_when_somebody_answers(talk: Any, giulia: AtDesk) -> None:
    talk.clock.move(timedelta(hours=10))
    await talk.say("passami un operatore")
    first, words = talk.responses, talk.shown.words
    await talk.say("anna.rossi@example.it")
    added = talk.responses
    await talk.say("a che ora mi rispondete?")

    assert first == ["utter_person_when_open"] and "domani alle 9:00" in words
    assert added == ["utter_added_to_request"]
    assert talk.responses == ["utter_person_comes_when_open"] and "domani alle 9:00" in talk.shown.words
    with talk.database.reading() as session:
        conversation_id = conversation_of(talk)
        assert owner_of(session, conversation_id)[0] == BOT
        assert handoffs.open_of(session, conversation_id).waits_from > talk.clock.now()


async def test_after_a_person_the_assistant_asks_nothing_of_before_and_knows_how_it_ended(
    talk: Any, giulia: AtDesk
) -> None:
    await talk.say("vorrei rendere un articolo")
    assert talk.responses[0].startswith("utter_case_ask_order")
    conversation_id = conversation_of(talk)
    with talk.database.writing() as session:
        now = talk.clock.now()
        attending.accept(session, conversation_id, giulia, JOINED, now)
        told = "il reso è già aperto."
        attending.give_back(session, conversation_id, giulia, "solved", told, Reply("A te."), now)

    await talk.say("quando mi rispondete?")

    assert talk.responses == ["utter_dealt_with_told"]
    assert "il reso è già aperto." in talk.shown.words


@pytest.mark.parametrize(("title", "response"), [("Sì", "utter_glad_it_is_solved"), ("No", "utter_sorry_not_solved")])
async def test_whoever_is_asked_how_it_ended_is_heard(talk: Any, giulia: AtDesk, title: str, response: str) -> None:
    await talk.say("un operatore")
    conversation_id = conversation_of(talk)
    with talk.database.writing() as session:
        attending.accept(session, conversation_id, giulia, JOINED, talk.clock.now())
        attending.close(session, conversation_id, giulia, "solved", "", CLOSING, talk.clock.now())
        talk._buttons = log.rows_since(session, conversation_id, 0)[-1].body["buttons"]

    await talk.press(title)

    assert talk.responses == [response]
    with talk.database.reading() as session:
        assert (
            handoffs.latest_of(session, conversation_id).customer_says
            == handoffs.OUTCOMES[f"tell_{'' if title == 'Sì' else 'un'}solved"]
        )


def with_mail() -> None:
    """As where the shop has a mail server."""
    context.use(replace(context.context(), codes=True))


async def test_who_cannot_be_reached_is_asked_for_an_e_mail_once_with_the_reason(talk: Any, giulia: AtDesk) -> None:
    with_mail()
    await talk.say("voglio parlare con una persona")
    first, words = talk.responses, talk.shown.words
    await talk.press("Continuo con l'assistente")
    await talk.say("no, voglio una persona")

    assert first == ["utter_person_waiting", "utter_contact_ask"] and "ti aspetta solo qui" in words
    assert talk.responses == ["utter_person_waiting", "utter_contact_only_here"]


async def test_an_e_mail_that_was_given_before_is_not_asked_for_again(talk: Any, giulia: AtDesk) -> None:
    with_mail()
    await talk.say("dov'è l'ordine 104206? anna.rossi@example.it")
    await talk.say("voglio parlare con una persona")

    assert talk.responses == ["utter_person_waiting", "utter_contact_email"]
    assert "anna.rossi" not in talk.shown.words and "@example.it" in talk.shown.words
    with talk.database.reading() as session:
        reach = contacts.reach_of(session, conversation_of(talk), talk.clock.now())
        assert reach.email == "anna.rossi@example.it"


async def test_outside_the_hours_the_e_mail_that_is_offered_is_where_the_answer_goes(talk: Any, giulia: AtDesk) -> None:
    with_mail()
    talk.clock.move(timedelta(hours=10))
    await talk.say("passami un operatore")
    first = talk.responses
    await talk.say("anna.rossi@example.it")

    assert first == ["utter_person_when_open"] and talk.responses == ["utter_added_to_request"]
    with talk.database.reading() as session:
        reach = contacts.reach_of(session, conversation_of(talk), talk.clock.now())
        assert reach.email == "anna.rossi@example.it"
