"""The desk of a shop with departments: whose queue comes first, what everybody sees, and passing customers on."""

import re
from datetime import timedelta
from pathlib import Path
from typing import AsyncIterator

import pytest
import pytest_asyncio

from base.clock import FixedClock
from base.database import Database
from desk import seen
from switchboard import attending, handoffs, proposing
from switchboard.agents import ADMIN, AGENT, SUPERVISOR
from switchboard.models import HUMAN, WAITING
from tests.departments import departments
from tests.desk.desk_server import DeskServer, account
from tests.switchboard.desk import JOINED, hand_over, owner_of
from tests.switchboard.helpers import texts_of

HEADING = re.compile(r'<h2 id="\w+"[^>]*>([^<]+)</h2>|data-id="([^"]+)"')
EXPENSIVE = {"department": "vendite", "ahead_minutes": 60, "why": {"rule": "Preventivi", "priority": "Importo alto"}}


@pytest_asyncio.fixture
async def desk(database: Database, clock: FixedClock, tmp_path: Path) -> AsyncIterator[DeskServer]:
    async with DeskServer(database, clock, tmp_path, rules=departments()).serving() as server:
        yield server


def shown(page: str) -> list[str]:
    """Headings and conversations of the queue, in their order."""
    return [heading or id_ for heading, id_ in HEADING.findall(page)]


async def test_an_agent_sees_his_own_departments_first_and_all_the_others_too(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    giulia = account(database, clock, "Giulia", departments=["assistenza"])
    account(database, clock, "Marco")
    with database.writing() as session:
        everybodys = hand_over(session, clock.now(), "ws_1")
        sales = hand_over(session, clock.now(), "ws_2", way={"department": "vendite"})
        clock.move(timedelta(minutes=9))
        expensive = hand_over(session, clock.now(), "ws_3", way=EXPENSIVE)
        support = hand_over(session, clock.now(), "ws_4", way={"department": "assistenza"})
        gone = hand_over(session, clock.now(), "ws_5", way={"department": "gone_from_the_file"})
        hers = hand_over(session, clock.now(), "ws_6")
        handoff = handoffs.open_of(session, hers)
        assert handoff
        handoff.proposed_to, handoff.proposed_until = giulia.id, clock.now() + timedelta(minutes=2)
    async with desk.browser() as first, desk.browser() as second:
        await first.sign_in("giulia@shop.example")
        await second.sign_in("marco@shop.example")

        (_, giulias), (_, marcos) = await first.get("/desk/"), await second.get("/desk/")

        assert shown(giulias) == [
            "Proposte a te",
            hers,
            "Assistenza",
            support,
            "Per tutti",
            everybodys,
            gone,
            "Vendite",
            expensive,
            sales,
        ]
        assert sorted(shown(marcos)) == sorted([*shown(giulias)[1:]])  # nothing is hidden from him
        assert "proposta a Giulia" in marcos and "Importo alto" in giulias and "aspetta da 9 min" in marcos

        clock.move(timedelta(minutes=3))
        assert "Proposte a te" not in (await first.get("/desk/"))[1]
        _, page = await second.get(f"/desk/c/{expensive}")
        assert "Reparto Vendite · regola «Preventivi» · passa avanti: Importo alto" in page
        assert "Vendite (" not in page and "Magazzino (adesso non risponde)" in page


@pytest.mark.parametrize("role", [AGENT, SUPERVISOR, ADMIN])
async def test_a_customer_is_passed_to_a_department_whatever_the_role(
    database: Database, clock: FixedClock, desk: DeskServer, role: str
) -> None:
    giulia = account(database, clock, "Giulia", role)
    with database.writing() as session:
        conversation_id = hand_over(session, clock.now())
        attending.accept(session, conversation_id, giulia, JOINED, clock.now())
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")
        path = f"/desk/c/{conversation_id}/to-department"

        refused = [
            (await browser.post(path, fields))[0]
            for fields in ({"department": "vendita", "text": "x"}, {"department": "vendite", "text": " "})
        ]
        status, _ = await browser.post(path, {"department": "vendite", "text": "chiede uno sconto"})
        _, page = await browser.get(f"/desk/c/{conversation_id}")

    assert refused == [409, 409] and status == 200
    assert "Nota interna di Giulia" in page and "chiede uno sconto" in page and "Reparto Vendite" in page
    with database.reading() as session:
        assert owner_of(session, conversation_id) == (WAITING, None)
        told = texts_of(session, conversation_id)[-1]
    assert told.startswith("Giulia ti fa rispondere dal reparto Vendite: sei al posto 1 della coda.")
    assert "sconto" not in told


async def test_passed_to_a_department_that_is_closed_the_customer_knows_when_it_opens(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    account(database, clock, "Giulia")
    with database.writing() as session:
        conversation_id = hand_over(session, clock.now())
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")
        await browser.post(f"/desk/c/{conversation_id}/to-department", {"department": "magazzino", "text": "merce"})

    with database.reading() as session:
        assert "che apre sabato 28 novembre alle 9:00" in texts_of(session, conversation_id)[-1]


async def test_what_a_colleague_has_is_not_passed_to_a_department(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    marco = account(database, clock, "Marco")
    account(database, clock, "Giulia", SUPERVISOR)
    with database.writing() as session:
        conversation_id = hand_over(session, clock.now())
        attending.accept(session, conversation_id, marco, JOINED, clock.now())
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")
        path = f"/desk/c/{conversation_id}/to-department"
        status, answer = await browser.post(path, {"department": "vendite", "text": "mio"})

    assert status == 409 and "Marco" in answer["error"]
    with database.reading() as session:
        assert owner_of(session, conversation_id) == (HUMAN, marco.id)


async def test_open_queues_hear_of_a_proposal_and_of_another_department(database: Database, clock: FixedClock) -> None:
    giulia = account(database, clock, "Giulia")
    with database.writing() as session:
        handoff = handoffs.open_of(session, hand_over(session, clock.now()))
        assert handoff
        marks = [seen.counts(session, "").mark]
        handoff.proposed_to = giulia.id
        session.flush()
        marks.append(seen.counts(session, "").mark)
        handoffs.move(session, handoff, "vendite")
        marks.append(seen.counts(session, "").mark)

    assert len(set(marks)) == 3


async def test_one_assistant_alone_sees_one_plain_queue(database: Database, clock: FixedClock, tmp_path: Path) -> None:
    account(database, clock, "Giulia")
    with database.writing() as session:
        conversation_id = hand_over(session, clock.now())
        assert proposing.last_met(session, conversation_id) is None
    async with DeskServer(database, clock, tmp_path).serving() as plain, plain.browser() as browser:
        await browser.sign_in("giulia@shop.example")
        _, queue = await browser.get("/desk/")
        _, page = await browser.get(f"/desk/c/{conversation_id}")

    assert shown(queue) == ["Chi aspetta", conversation_id]
    assert not [word for word in ("reparto", "Reparto", "Sposta", "proposta") if word in queue + page]
