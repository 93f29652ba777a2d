"""A person of the shop in a Telegram chat: waiting, answers, "typing", the end and its question."""

from typing import Any

from base.clock import FixedClock
from base.database import Database
from switchboard import attending, handoffs
from switchboard.body import ButtonMeaning, Reply
from switchboard.models import CLOSED, HUMAN, Handoff
from tests.connectors.telegram.bot_api import BotApi
from tests.connectors.telegram.front import log_of, telegram
from tests.front.fake_engine import Answer, answer, until
from tests.switchboard.desk import JOINED, agent, owner_of

ANNA = 11
CLOSING = Reply("È risolto?", (ButtonMeaning("Sì", handoffs.SOLVED), ButtonMeaning("No", handoffs.UNSOLVED)))


async def hands_over(request: dict[str, Any]) -> Answer:
    """Hands over whoever asks for an operator, and names the intent of a button."""
    if request["button"] and request["button"]["intent"] != "ask_human":
        return answer(request, f"pulsante: {request['button']['intent']}")
    if not request["button"] and "operatore" not in request["text"]:
        return answer(request, f"eco: {request['text']}")
    return answer(request, "Sei al posto {queue_position}.", effects=({"kind": "handoff", "reason": "asked"},))


async def test_a_person_answers_on_telegram_and_the_end_is_asked_about(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
    async with BotApi().serving() as api, telegram(database, clock, api, hands_over) as front:
        api.say(ANNA, "/operatore")
        await until(lambda: "Sei al posto 1." in api.texts(ANNA))
        conversation_id = log_of(database, ANNA)[0].conversation_id
        api.say(ANNA, "è rotta")
        await until(lambda: len(log_of(database, ANNA)) == 4)
        with database.writing() as session:
            attending.accept(session, conversation_id, giulia, JOINED, clock.now())
            attending.reply(session, conversation_id, giulia, "desk:1", "Ne parte una nuova", clock.now())
        await front.notices.new_rows(conversation_id)
        await until(lambda: "Ne parte una nuova" in api.texts(ANNA))
        with database.reading() as session:
            assert owner_of(session, conversation_id) == (HUMAN, giulia.id)

        with database.writing() as session:
            attending.close(session, conversation_id, giulia, "solved", "", CLOSING, clock.now())
        await front.notices.new_rows(conversation_id)
        await until(lambda: "È risolto?" in api.texts(ANNA))
        api.press(next(sent for sent in api.sent if sent.text == "È risolto?"), "Sì")
        await until(lambda: "pulsante: tell_solved" in api.texts(ANNA))

    assert not [text for text in api.texts(ANNA) if text.startswith("eco:")]
    with database.reading() as session:
        assert owner_of(session, conversation_id)[0] == CLOSED
        assert session.query(Handoff).one().customer_says == "solved"
