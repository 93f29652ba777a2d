"""A phone call or a visit is written down where the customer's conversation is, or where there is one from then on."""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import AsyncIterator

import pytest
import pytest_asyncio

from base.clock import FixedClock
from base.database import Database
from base.settings import ROOT
from shop.importer import import_shop
from shop.models import OrderRow
from shop.shop_file import read_shop_file
from switchboard import email_proofs, log
from switchboard.models import Conversation, Message, Note, StaffRequest
from tests.conftest import NOW
from tests.desk.desk_server import Browser, DeskServer, account
from tests.switchboard.helpers import say

ORDER = "104206"


@pytest_asyncio.fixture
async def desk(database: Database, clock: FixedClock, tmp_path: Path) -> AsyncIterator[DeskServer]:
    account(database, clock, "Giulia")
    with database.writing() as session:
        import_shop(session, read_shop_file(ROOT / "tests" / "conversations" / "shop.json"), NOW)
    async with DeskServer(database, clock, tmp_path).serving() as server:
        yield server


def email_of_order(database: Database) -> str:
    with database.reading() as session:
        return str(session.get(OrderRow, ORDER).email)


async def write(browser: Browser, who: str, kind: str = "order", **more: str) -> tuple[int, str]:
    fields = {"source": "phone", "kind": kind, "who": who, "text": "chiede il tavolo", "id": secrets.token_hex(8)}
    status, told = await browser.post("/desk/calls", {**fields, **more})
    return status, told["to"].rpartition("/")[2] if told["ok"] else told["error"]


async def test_a_call_goes_into_the_open_conversation_of_whoever_proved_that_e_mail(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    with database.writing() as session:
        said = say(session, "ciao", clock.now())
        until = clock.now() + timedelta(hours=1)
        of = (said.conversation_id, said.identity_id)
        email_proofs.prove(session, *of, email_of_order(database), "code", clock.now(), until)
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")

        written = await write(browser, ORDER, text="chiede il tavolo <b>", source="counter")
        page = (await browser.get(f"/desk/c/{written[1]}"))[1]

    assert written == (200, said.conversation_id)
    assert "chiede il tavolo &lt;b&gt;" in page and "banco</span>" in page and "Nota interna di Giulia" in page
    with database.reading() as session:
        rows = log.rows_since(session, said.conversation_id, 0)
        assert not any("tavolo" in row.body["text"] for row in rows)  # no customer can ever read it
        assert session.query(StaffRequest).one().closed_at is not None


async def test_a_customer_of_the_shop_who_never_wrote_gets_one_conversation_for_all_his_calls(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")

        first = await write(browser, f"ordine n. {ORDER}", to_do="1")
        second = await write(browser, email_of_order(database).upper(), "email", text="ha richiamato")
        with database.reading() as session:
            number = session.query(StaffRequest).order_by(StaffRequest.number).first().number
        third = await write(browser, str(number), "request")
        page = (await browser.get(f"/desk/c/{first[1]}"))[1]
        work = (await browser.get("/desk/requests"))[1]
        found = (await browser.get(f"/desk/search?q={email_of_order(database)}"))[1]

    assert first[0] == 200 and first == second == third
    assert "chiede il tavolo" in page and "ha richiamato" in page and page.count("telefonata</span>") == 3
    assert work.count("Ha telefonato.") == 1 and first[1] in found
    with database.reading() as session:
        assert session.query(Conversation).one().owner == "closed" and session.query(Message).count() == 0


async def test_the_same_form_twice_is_one_note(database: Database, clock: FixedClock, desk: DeskServer) -> None:
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")

        twice = [await write(browser, ORDER, id="a" * 12) for _ in range(2)]

    assert twice[0] == twice[1] and twice[0][0] == 200
    with database.reading() as session:
        assert session.query(Note).count() == session.query(StaffRequest).count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"who": "999999"},
        {"who": "nobody@example.it", "kind": "email"},
        {"who": "no e-mail", "kind": "email"},
        {"who": "77", "kind": "request"},
        {"who": ORDER, "kind": "anything"},
        {"who": ORDER, "source": "dream"},
        {"who": ORDER, "text": "  "},
        {"who": ORDER, "id": "x"},
    ],
)
async def test_what_names_no_customer_is_refused_and_leaves_nothing(
    database: Database, clock: FixedClock, desk: DeskServer, fields: dict[str, str]
) -> None:
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")

        status, why = await write(browser, **fields)

    assert status == 409 and why
    with database.reading() as session:
        assert session.query(Note).count() == session.query(Conversation).count() == 0
