"""The supervisors' board: counts, times in hours in which somebody answers, and nothing about one person."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import AsyncIterator

import pytest_asyncio

from base.clock import FixedClock
from base.database import Database
from desk import figures
from shop.desk_rules import Department
from switchboard import attending, handoffs
from switchboard.agents import AtDesk
from switchboard.models import Handoff
from switchboard.people import lock_conversation
from tests.conftest import NOW
from tests.desk.desk_server import RULES, DeskServer, account
from tests.switchboard.desk import JOINED, agent, hand_over
from tests.switchboard.helpers import say

MINUTES = timedelta(minutes=1)
EVENING = NOW.replace(hour=17, minute=20)  # 18:20 in Rome, ten minutes before the end


@pytest_asyncio.fixture
async def desk(database: Database, clock: FixedClock, tmp_path: Path) -> AsyncIterator[DeskServer]:
    async with DeskServer(database, clock, tmp_path).serving() as server:
        yield server


def answered(
    database: Database, clock: FixedClock, who: AtDesk, session_id: str, wait: timedelta, says: str = ""
) -> None:
    """A customer waits, is answered, and it is closed five minutes later."""
    with database.writing() as session:
        id_ = hand_over(session, clock.now(), session_id)
        clock.move(wait)
        attending.accept(session, id_, who, JOINED, clock.now())
        attending.reply(session, id_, who, f"desk:{session_id}", "Eccomi", clock.now())
        clock.move(5 * MINUTES)
        attending.close(session, id_, who, "forwarded", "", JOINED, clock.now())
        if says:
            handoffs.hear(session, lock_conversation(session, id_), says, id_, clock.now())


def test_times_count_only_the_hours_in_which_somebody_answers(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        who = agent(session, "Giulia", clock.now())
    answered(database, clock, who, "ws_a", 4 * MINUTES, handoffs.SOLVED)
    clock.move(EVENING - clock.now())
    answered(database, clock, who, "ws_b", timedelta(hours=15), handoffs.UNSOLVED)  # 9:20 of the next day
    with database.writing() as session:
        withdrawn = hand_over(session, clock.now(), "ws_c")
        handoffs.hear(session, lock_conversation(session, withdrawn), handoffs.BACK, withdrawn, clock.now())
        by_hand = say(session, "ciao", clock.now(), session_id="ws_d").conversation_id
        attending.accept(session, by_hand, who, JOINED, clock.now())
        attending.reply(session, by_hand, who, "desk:d", "Eccomi", clock.now())

    with database.reading() as session:
        found = figures.cases(session, RULES, NOW - timedelta(days=1), clock.now() + MINUTES)
    total, by_day = figures.figures(found), figures.grouped(found, "day")

    assert (total.cases, total.waited, total.answered, total.gave_up) == (4, 3, 2, 1)
    assert total.longest_first_reply == 30 * MINUTES and total.first_reply == 17 * MINUTES
    assert total.until_end == 22 * MINUTES
    assert (total.solved, total.unsolved, total.outcomes) == (1, 1, {"forwarded": 2})
    assert [(key, told.cases) for key, told in by_day] == [(date(2026, 11, 23), 2), (date(2026, 11, 24), 2)]
    assert figures.grouped(found, "reason")[0][0] == "asked"


def test_who_waits_now_is_counted_from_when_he_asked(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        who = agent(session, "Giulia", clock.now())
        first = hand_over(session, clock.now(), "ws_a")
        hand_over(session, clock.now() + MINUTES, "ws_b")
        taken = hand_over(session, clock.now() - MINUTES, "ws_c")
        attending.accept(session, taken, who, JOINED, clock.now())
        hand_over(session, clock.now(), "ws_d", opens=clock.now() + timedelta(hours=9))
        attending.accept(session, first, who, JOINED, clock.now() + MINUTES)
        attending.put_back(session, first, who.id, JOINED, clock.now() + 2 * MINUTES)

    with database.reading() as session:
        stands = figures.now(session, clock.now())

    assert (stands.waiting, stands.answering, stands.planned, stands.requests) == (2, 1, 1, 4)
    assert stands.since == clock.now()


async def test_the_board_shows_the_figures_and_gives_them_as_a_table(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    giulia = account(database, clock, "Giulia")
    account(database, clock, "Marta", "supervisor")
    answered(database, clock, giulia, "ws_a", 4 * MINUTES, handoffs.SOLVED)
    with database.writing() as session:
        hand_over(session, clock.now(), "ws_b")
    clock.move(3 * MINUTES)
    async with desk.browser() as browser, desk.browser() as agents:
        await browser.sign_in("marta@shop.example")
        await agents.sign_in("giulia@shop.example")
        page = (await browser.get("/desk/board?days=28"))[1]
        reasons = (await browser.get("/desk/board?by=reason"))[1]
        now = (await browser.json("/desk/lists?list=board"))["html"]
        hidden = (await agents.json("/desk/lists?list=board"))["html"]
        async with browser.http.get(f"{desk.url}/desk/board.csv?days=7") as response:
            type_, text = response.content_type, (await response.read()).decode("utf-8-sig")

    assert "4 min" in page and page.count("<rect") == 28 and "23/11: 2 conversazioni" in page
    assert "style=" not in page and "<style" not in page and "Giulia" not in page + reasons
    assert "Ha chiesto una persona." in reasons
    assert "<dd>3 min</dd>" in now and hidden is None
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert type_ == "text/csv" and len(rows) == 8 and len({len(row) for row in rows}) == 1
    assert rows[-1][:6] == ["2026-11-23", "2", "2", "1", "0", "4"]


def test_nobody_who_answers_is_read_for_the_figures(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        who = agent(session, "Giulia", clock.now())
    answered(database, clock, who, "ws_a", 4 * MINUTES)
    with database.writing() as session:
        hand_over(session, clock.now(), "ws_b")
        before = figures.cases(session, RULES, NOW - timedelta(days=1), clock.now() + MINUTES)
        session.query(Handoff).update({"accepted_by": None})
        after = figures.cases(session, RULES, NOW - timedelta(days=1), clock.now() + MINUTES)

    assert before == after and not any(who.id in str(case) or "Giulia" in str(case) for case in before)


async def test_departments_are_told_apart_where_there_are_any(
    database: Database, clock: FixedClock, tmp_path: Path
) -> None:
    rules = replace(RULES, departments=(Department("vendite", "Vendite e preventivi"),))
    who = account(database, clock, "Marco", "supervisor")
    answered(database, clock, who, "ws_a", 4 * MINUTES)
    answered(database, clock, who, "ws_b", 4 * MINUTES)
    with database.writing() as session:
        session.query(Handoff).filter_by(asked_at=NOW).update({"department": "vendite"})

    async with DeskServer(database, clock, tmp_path, rules=rules).serving() as server, server.browser() as browser:
        await browser.sign_in("marco@shop.example")
        _, page = await browser.get("/desk/board?by=department")
        _, table = await browser.get("/desk/board.csv?by=department")

    assert "Vendite e preventivi" in page and "Senza reparto" in page
    assert [line.split(";")[1] for line in table.splitlines()[1:]] == ["1", "1"]


async def test_without_departments_nothing_is_said_of_them(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    account(database, clock, "Marco", "supervisor")
    async with desk.browser() as browser:
        await browser.sign_in("marco@shop.example")
        _, page = await browser.get("/desk/board")

    assert "Reparto" not in page
