"""Why the assistant answered as it did, beside each answer; and one click for those that were wrong."""

import re
from pathlib import Path
from typing import AsyncIterator

import pytest_asyncio
from sqlalchemy.orm import Session

from base.clock import FixedClock
from base.database import Database
from base.settings import ROOT
from desk.sources import Sources
from desk.words import Words
from desk.wrong import intents_of
from switchboard import turns, wrong
from switchboard.body import Reply
from switchboard.models import Agent, WrongAnswer
from tests.desk.desk_server import DeskServer, account
from tests.switchboard.desk import hand_over
from tests.switchboard.helpers import claim, say
from tests.switchboard.inbox import PERSONAL

UNDERSTOOD = {
    "intent": "track_order",
    "confidence": 0.87,
    "entities": {"order_number": "104206"},
    "actions": ["order_status_form"],
    "read": [["order", "104206"], ["return", "20803"]],
    "responses": ["utter_greet", "utter_person_waiting"],
}


@pytest_asyncio.fixture
async def desk(database: Database, clock: FixedClock, tmp_path: Path) -> AsyncIterator[DeskServer]:
    async with DeskServer(database, clock, tmp_path).serving() as server:
        yield server


def answered(session: Session, clock: FixedClock, text: str = "dov'è il 104206?") -> tuple[str, str]:
    """A conversation in which the assistant has answered twice to one message, and which was handed over: its id, the
    turn's."""
    conversation_id = say(session, text, clock.now()).conversation_id
    turn = claim(session, conversation_id, clock.now())
    assert turn and turns.complete(session, turn, [Reply("Ciao."), Reply("È in viaggio.")], [], clock.now(), UNDERSTOOD)
    return hand_over(session, clock.now()), turn.id


async def test_each_answer_tells_the_words_the_intent_the_data_the_action_and_its_own_text_with_file_and_line(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    account(database, clock, "Giulia")
    with database.writing() as session:
        conversation_id, _ = answered(session, clock)
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")
        page = (await browser.get(f"/desk/c/{conversation_id}"))[1]

    first, second = re.findall(r'<details class="why">.*?</details>', page, re.DOTALL)[:2]
    for box in (first, second):
        assert "Ha letto: «dov&#39;è il 104206?»" in box
        assert "Ha capito: track_order, sicuro al 87 %" in box and "Dati letti: Ordine 104206" in box
        assert "Ha consultato: Ordine 104206, Reso 20803" in box
        assert re.search(r"Ha fatto: order_status_form \(data/rules/orders\.yml:\d+\)", box)
    assert "utter_greet (data/responses/" in first and "utter_person_waiting" not in first
    place = re.search(r"utter_person_waiting \((data/responses/desk\.yml):(\d+)\)", second)
    assert place
    line = (ROOT / place[1]).read_text(encoding="utf-8").splitlines()[int(place[2]) - 1]
    assert line == "  utter_person_waiting:"


async def test_an_answer_is_called_wrong_once_told_what_was_meant_and_taken_back(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    account(database, clock, "Giulia")
    with database.writing() as session:
        conversation_id, turn_id = answered(session, clock)
    path = f"/desk/c/{conversation_id}/wrong"

    def stored() -> list[tuple[str, str, object]]:
        with database.reading() as session:
            return [(one.turn_id, one.understood, one.meant) for one in session.query(WrongAnswer)]

    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")
        first = await browser.post(path, {"turn": turn_id})
        again = await browser.post(path, {"turn": turn_id})
        assert (first[0], again[0]) == (200, 200) and "Segnata come sbagliata" in first[1]["html"]
        assert stored() == [(turn_id, "track_order", None)]
        told = await browser.post(path, {"turn": turn_id, "meant": "request_invoice"})
        assert "Era: request_invoice." in told[1]["html"] and stored() == [(turn_id, "track_order", "request_invoice")]
        assert "Era: request_invoice." in (await browser.get(f"/desk/c/{conversation_id}"))[1]
        refused = [
            (await browser.post(path, fields))[0]
            for fields in ({"turn": turn_id, "meant": "<b>x"}, {"turn": "ms_none"}, {}, {"turn": turn_id, "csrf": "x"})
        ]
        for _ in range(2):
            taken_back = await browser.post(path, {"turn": turn_id, "undo": "1"})
            assert taken_back[0] == 200 and stored() == []

    assert refused == [409, 404, 404, 403]


async def test_a_turn_of_another_conversation_is_not_to_be_called_wrong(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    account(database, clock, "Giulia")
    with database.writing() as session:
        conversation_id, _ = answered(session, clock)
        other = say(session, "ciao", clock.now(), session_id="ws_bruno")
        turn = claim(session, other.conversation_id, clock.now())
        assert turn and turns.complete(session, turn, [Reply("Ciao.")], [], clock.now(), UNDERSTOOD)
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")
        tried = [
            (await browser.post(f"/desk/c/{id_}/wrong", {"turn": turn.id}))[0]
            for id_ in (conversation_id, other.conversation_id, "cv_none")
        ]

    assert tried == [404] * 3


def test_trainers_read_the_sentence_without_personal_data_and_nobodys_name(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        conversation_id, turn_id = answered(session, clock)
        wrong.mark(session, conversation_id, turn_id, "request_invoice", clock.now())

        [told] = wrong.latest(session, 10, PERSONAL.masked)

    assert (told.sentence, told.understood, told.meant) == ("dov'è il ••••••?", "track_order", "request_invoice")
    assert not {column.name for column in WrongAnswer.__table__.columns} & {"agent_id", "by", "person_id"}
    assert not [key for key in WrongAnswer.__table__.foreign_keys if key.column.table is Agent.__table__]


def test_every_intent_can_be_what_was_meant_and_every_response_is_found() -> None:
    domain = (ROOT / "domain.yml").read_text(encoding="utf-8")
    sources = Sources.read(ROOT / "data")

    named = {name for name, _ in intents_of(Words.load())}

    assert {"track_order", "greet", "out_of_scope"} <= named and "nothing" not in named
    assert set(re.findall(r"^- (\w+)$", domain.partition("intents:")[2].partition("\n\n")[0], re.M)) - named == set()
    assert len(sources.responses) > 400 and sources.rules["track_order"].startswith("data/rules/orders.yml:")
