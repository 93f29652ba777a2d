"""«Andamento»: figures of the assistant as a whole, with small numbers left out and nothing about anybody."""

import csv
import io
import re
from datetime import date, datetime, timedelta, timezone
from html import unescape
from pathlib import Path
from typing import Any, AsyncIterator

import pytest_asyncio

from base.clock import ROME, FixedClock
from base.database import Database
from desk import trend
from desk.tables import Few, Share, Table
from desk.trend import Look
from switchboard import attending, handoffs
from switchboard.people import lock_conversation
from tests.desk.desk_server import RULES, DeskServer, account
from tests.switchboard.desk import JOINED, agent
from tests.switchboard.talks import PERSON, REQUEST, THINKS, Talker

QUESTIONS = frozenset({"utter_ask_order_status_form_email"})
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
SECRET = "sono Ugo Segreti, ugo.segreti@example.it, ordine 104206"


def talkers(database: Database, clock: FixedClock, count: int, name: str = "ws", channel: str = "web") -> list[Talker]:
    return [Talker(database, clock, channel, f"{name}_{number}") for number in range(count)]


def looks(database: Database, now: datetime, days: int = 28) -> tuple[Look, Look]:
    with database.reading() as session:
        return trend.look(session, RULES, QUESTIONS, days, now)


def table(name: str, database: Database, clock: FixedClock, days: int = 28, by: str = "day") -> Table:
    now, before = looks(database, clock.now(), days)
    return next(one for one in trend.tables(now, before, by) if one.name == name)


def row(of: Table, key: Any) -> dict[str, Any]:
    cells = dict(of.rows)[key]
    return dict(zip(of.columns[1:], cells))


def test_the_honest_figure_stands_beside_the_naive_one(database: Database, clock: FixedClock) -> None:
    for customer in talkers(database, clock, 4, "good"):
        customer.asks("track_order")
    again, left, handed, nothing = talkers(database, clock, 4, "bad")
    again.asks("track_order")
    left.asks("track_order", "utter_ask_order_status_form_email")
    handed.asks("request_return", effects=[REQUEST])
    nothing.asks("greet")
    clock.move(2 * DAY)
    again.asks("track_order")
    clock.move(7 * DAY)

    now, _ = looks(database, clock.now())
    told = trend.sums(now.ended)

    assert (told.episodes, told.messages, told.open) == (9, 9, 1)
    assert told.resolved == Share(4, 7)  # not the second of `again`, which is not known yet, nor who wanted nothing
    assert told.alone == Share(8, 9)


def test_fewer_than_five_are_never_told_and_small_groups_stand_together(database: Database, clock: FixedClock) -> None:
    for customer in talkers(database, clock, 5):
        customer.asks("track_order")
    for number, intent in enumerate(("find_store", "ask_price", "erase_my_data")):
        for customer in talkers(database, clock, 2, f"few{number}"):
            customer.asks(intent)

    intents, endings = table("intents", database, clock), table("endings", database, clock)

    assert [key for key, _ in intents.rows] == ["track_order", trend.OTHERS]
    assert row(intents, trend.OTHERS)["episodes"] == 6
    assert row(endings, "person") == {
        "count": 0,
        "share": Share(0, 11),
        "count_before": 0,
        "share_before": Share(0, 0),
    }
    Talker(database, clock, "web", "last").asks("ask_human", effects=[PERSON])
    clock.move(MINUTE)
    assert row(table("endings", database, clock), "person")["count"] == Few()
    assert row(table("endings", database, clock), "person")["share"] == Few()


def test_days_are_italian_ones_also_when_clocks_change(database: Database, clock: FixedClock) -> None:
    for number, at in enumerate(
        (
            datetime(2026, 10, 24, 21, 59, 59, tzinfo=timezone.utc),  # 23:59:59
            datetime(2026, 10, 24, 22, tzinfo=timezone.utc),  # the 25th has begun, and has 25 hours
            datetime(2026, 10, 25, 22, 59, 59, tzinfo=timezone.utc),
            datetime(2026, 10, 25, 23, tzinfo=timezone.utc),  # the 26th
        )
    ):
        clock.at = at
        for customer in talkers(database, clock, 5, f"at{number}"):
            customer.asks("track_order")
    clock.at = datetime(2026, 10, 26, 12, tzinfo=ROME).astimezone(timezone.utc)

    days = table("time", database, clock, days=7)

    assert [cells[0] for _, cells in days.rows] == [0, 0, 0, 0, 5, 10, 5]
    assert days.rows[-1][0] == date(2026, 10, 26)
    assert [cells[0] for _, cells in table("time", database, clock, days=28, by="week").rows] == [0, 0, 0, 20]


def test_what_was_before_is_told_beside(database: Database, clock: FixedClock) -> None:
    for customer in talkers(database, clock, 6):
        customer.asks("track_order")
    clock.move(10 * DAY)
    for customer in talkers(database, clock, 5, "later"):
        customer.asks("nlu_fallback")

    endings = table("endings", database, clock, days=7)
    both = looks(database, clock.now(), days=7)
    with database.reading() as session:
        again = trend.look(session, RULES, QUESTIONS, 7, clock.now(), before=both[1])

    assert again == both
    assert row(endings, "left")["count"] == 5 and row(endings, "left")["count_before"] == 0
    assert row(endings, "resolved")["count_before"] == 6


def test_paths_are_requests_in_their_order_with_what_became_of_them(database: Database, clock: FixedClock) -> None:
    for customer in talkers(database, clock, 5):
        customer.asks("greet")
        clock.move(MINUTE)
        customer.asks("track_order")
        clock.move(MINUTE)
        customer.asks("give_details")
        clock.move(MINUTE)
        customer.asks("nlu_fallback")
        clock.move(MINUTE)
        customer.asks("ask_human", effects=[PERSON])
    clock.move(MINUTE)
    for customer in talkers(database, clock, 4, "rare"):
        customer.asks("erase_my_data")

    paths = table("paths", database, clock)

    assert [key for key, _ in paths.rows] == [("track_order", "missed")]
    assert row(paths, ("track_order", "missed"))["ending_person"] == Share(5, 5)


def test_people_take_the_hours_that_count_from_what_waited_for_them(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
    for customer in talkers(database, clock, 5):
        id_ = customer.asks("ask_human", effects=[PERSON])
        clock.move(4 * MINUTE)
        with database.writing() as session:
            attending.accept(session, id_, giulia, JOINED, clock.now())
            attending.reply(session, id_, giulia, f"desk:{id_}", "Eccomi", clock.now())
        clock.move(MINUTE)
        customer.say("e quindi?")
        clock.move(MINUTE)
        customer.say("ci sei?")
        clock.move(9 * MINUTE)
        with database.writing() as session:
            attending.reply(session, id_, giulia, f"desk:{id_}:2", "Sì", clock.now())
            attending.close(session, id_, giulia, "solved", "", JOINED, clock.now())
            handoffs.hear(session, lock_conversation(session, id_), handoffs.SOLVED, id_, clock.now())

    times, answers = table("times", database, clock), table("answers", database, clock)

    people = row(times, "people")
    assert people["answers_given"] == 10
    assert (people["p50"].told, people["p95"].told) == (4 * MINUTE - THINKS, 10 * MINUTE)
    assert row(times, "assistant")["p50"].told == THINKS
    assert row(answers, "person_solved")["count"] == 5


def test_the_shops_own_questions_are_counted(database: Database, clock: FixedClock) -> None:
    for customer in talkers(database, clock, 6):
        customer.asks("ask_shop_question", entities={"question": "Montaggio"})
    for customer in talkers(database, clock, 2, "few"):
        customer.asks("ask_shop_question", entities={"question": "Parcheggio"})

    questions = table("questions", database, clock)

    assert [(key, cells[0]) for key, cells in questions.rows] == [("Montaggio", 6)]


def test_filters_keep_what_is_about_them(database: Database, clock: FixedClock) -> None:
    for customer in talkers(database, clock, 5):
        customer.asks("track_order")
        customer.asks("ask_shop_question", entities={"question": "Montaggio"})
    for customer in talkers(database, clock, 6, "1", "telegram"):
        customer.asks("find_store")

    now, _ = looks(database, clock.now())

    assert len(now.only("telegram", "").ended) == 6 and now.only("telegram", "").asked == []
    assert len(now.only("", "track_order").ended) == 5 and len(now.only("", "track_order").asked) == 5
    assert now.only("telegram", "track_order").ended == []
    assert trend.intents_of(now.ended) == ["ask_shop_question", "find_store", "track_order"]


@pytest_asyncio.fixture
async def desk(database: Database, clock: FixedClock, tmp_path: Path) -> AsyncIterator[DeskServer]:
    async with DeskServer(database, clock, tmp_path).serving() as server:
        yield server


async def test_the_page_and_its_tables_show_nothing_of_anybody(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    giulia = account(database, clock, "Giulia")
    account(database, clock, "Marta", "supervisor")
    for customer in talkers(database, clock, 6):
        id_ = customer.asks("track_order", text=SECRET, entities={"order_number": "104206"}, read=[["order", "104206"]])
        clock.move(MINUTE)
        customer.asks("ask_human", effects=[PERSON], text="una persona")
        with database.writing() as session:
            attending.accept(session, id_, giulia, JOINED, clock.now())
            attending.reply(session, id_, giulia, f"desk:{id_}", "Eccomi, sono Giulia", clock.now())
    async with desk.browser() as browser:
        await browser.sign_in("marta@shop.example")
        status, page = await browser.get("/desk/figures?days=28&by=day")
        rows = {}
        for name in ("time", "endings", "intents", "channels", "reasons", "times", "answers", "paths", "questions"):
            async with browser.http.get(f"{desk.url}/desk/figures.csv?table={name}&days=7") as response:
                assert (response.status, response.content_type) == (200, "text/csv")
                rows[name] = list(csv.reader(io.StringIO((await response.read()).decode("utf-8-sig")), delimiter=";"))
        wrong = (await browser.get("/desk/figures.csv?table=../x"))[0]
        odd = (await browser.get("/desk/figures?days=9999&by=x&channel=fax&intent=%3Cscript%3E"))[0]

    assert status == 200 and page.count("<svg") == 3 and page.count("<desc") == 3
    assert "style=" not in page and "Vuole sapere dov&#39;è il suo ordine" in page
    whole = page + str(rows)
    assert not any(word in whole for word in ("Ugo", "ugo.segreti", "104206", "Giulia", "ws_", "cv_", "pe_"))
    assert (wrong, odd) == (404, 200)
    assert len(rows["time"]) == 8 and rows["time"][-1][:3] == ["2026-11-23", "6", "12"]
    assert all(len({len(line) for line in lines}) == 1 for lines in rows.values())


async def test_filters_say_how_many_are_behind_each_choice_and_the_latest_day_comes_first(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    account(database, clock, "Marta", "supervisor")
    for customer in talkers(database, clock, 7):
        customer.asks("track_order")
    for customer in talkers(database, clock, 2, "44", "telegram"):
        customer.asks("track_order")
    for customer in talkers(database, clock, 5, "store"):
        customer.asks("find_store")
    async with desk.browser() as browser:
        await browser.sign_in("marta@shop.example")
        whole = unescape((await browser.get("/desk/figures?days=7"))[1])
        only = unescape((await browser.get("/desk/figures?days=7&intent=find_store"))[1])

    assert "sito (12)" in whole and "Telegram (meno di 5)" in whole
    assert "Vuole sapere dov'è il suo ordine (9)" in whole and "Cerca un negozio o i suoi orari (5)" in whole
    assert "sito (5)" in only and "Telegram (0)" in only and "Vuole sapere dov'è il suo ordine (9)" in only
    days = re.findall(r'<th scope="row">(\d\d/\d\d)</th>', whole)
    assert days == ["23/11", "22/11", "21/11", "20/11", "19/11", "18/11", "17/11"]


async def test_of_fewer_than_five_conversations_nothing_is_told_at_all(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    account(database, clock, "Marta", "supervisor")
    for customer in talkers(database, clock, 4):
        customer.asks("track_order")
    async with desk.browser() as browser:
        await browser.sign_in("marta@shop.example")
        _, page = await browser.get("/desk/figures")
        table_ = (await browser.get("/desk/figures.csv?table=intents"))[0]

    assert "meno di 5: troppo poche" in page and "<table" not in page and table_ == 404


async def test_while_it_is_too_early_to_know_what_is_resolved_the_page_says_so(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    account(database, clock, "Marta", "supervisor")
    for customer in talkers(database, clock, 5):
        customer.asks("track_order")
    async with desk.browser() as browser:
        await browser.sign_in("marta@shop.example")
        _, early = await browser.get("/desk/figures")
        clock.move(timedelta(days=8))
        _, known = await browser.get("/desk/figures")

    assert "quando sono passati 7 giorni da almeno 5" in early and "quando sono passati" not in known


async def test_what_was_read_is_kept_for_some_minutes(database: Database, clock: FixedClock, desk: DeskServer) -> None:
    account(database, clock, "Marta", "supervisor")
    for customer in talkers(database, clock, 5):
        customer.asks("track_order")
    async with desk.browser() as browser:
        await browser.sign_in("marta@shop.example")
        await browser.get("/desk/figures")
        for customer in talkers(database, clock, 5, "new"):
            customer.asks("track_order")
        kept = (await browser.get("/desk/figures"))[1]
        clock.move(5 * MINUTE)
        anew = (await browser.get("/desk/figures"))[1]

    assert "<dd>5 <span" in kept and "<dd>10 <span" in anew
