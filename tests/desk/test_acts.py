"""What an agent does with a return or a quote: by the shop's rules, confirmed, once, noted with the agent's name."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import AsyncIterator

import pytest
import pytest_asyncio

from base.clock import FixedClock
from base.database import Database
from base.settings import ROOT
from shop.acting import Act, NotPossible
from shop.importer import import_shop
from shop.models import QuoteRow, ReturnRow
from shop.shop_file import read_shop_file
from shop.sql_shop import SqlShop
from switchboard import attending, email_proofs
from switchboard.models import Note
from tests.conftest import NOW
from tests.desk.desk_server import DeskServer, account
from tests.switchboard.desk import JOINED, hand_over
from tests.switchboard.helpers import say

ANNA = "anna.rossi@example.it"
SHOP = ROOT / "tests" / "conversations" / "shop.json"


@pytest_asyncio.fixture
async def desk(database: Database, clock: FixedClock, tmp_path: Path) -> AsyncIterator[DeskServer]:
    with database.writing() as session:
        import_shop(session, read_shop_file(SHOP), NOW)
    async with DeskServer(database, clock, tmp_path).serving() as server:
        yield server


def held(database: Database, clock: FixedClock, email: str = ANNA, number: str = "R-20801") -> str:
    """A conversation about this return that Giulia has, of somebody who has proved this e-mail; none where it is
    empty."""
    giulia = account(database, clock, "Giulia")
    with database.writing() as session:
        said = say(session, "ciao", clock.now())
        if email:
            until = clock.now() + timedelta(hours=1)
            of = (said.conversation_id, said.identity_id)
            email_proofs.prove(session, *of, email, "code", clock.now(), until)
        conversation_id = hand_over(session, clock.now(), return_number=number, quote_number="P-3003")
        attending.accept(session, conversation_id, giulia, JOINED, clock.now())
    return conversation_id


def notes(database: Database) -> list[str]:
    with database.reading() as session:
        return [note.text for note in session.query(Note)]


@pytest.mark.parametrize(
    ("act", "number", "state", "said"),
    [
        ("cancel_return", "R-20801", "cancelled", "Ho annullato il reso R-20801."),
        ("cancel_return", "R-20802", "cancelled", "Ho annullato il reso R-20802."),
        ("accept_quote", "P-3003", "accepted", "Ho segnato come accettato il preventivo P-3003."),
        ("decline_quote", "P-3003", "declined", "Ho segnato come rifiutato il preventivo P-3003."),
    ],
)
async def test_it_is_done_once_and_noted(
    database: Database, clock: FixedClock, desk: DeskServer, act: str, number: str, state: str, said: str
) -> None:
    conversation_id = held(database, clock)
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")
        fields = {"act": act, "number": number, "sure": "1"}

        done = [(await browser.post(f"/desk/c/{conversation_id}/act", fields))[0] for _ in range(2)]

    assert done == [200, 200] and notes(database) == [said]
    with database.reading() as session:
        row = session.get(ReturnRow, number) or session.get(QuoteRow, number)
        assert row.state.value == state


@pytest.mark.parametrize(
    ("fields", "email", "why"),
    [
        ({"act": "cancel_return", "number": "R-20803", "sure": "1"}, ANNA, "Non si può più"),  # on its way
        ({"act": "accept_quote", "number": "P-3006", "sure": "1"}, ANNA, "Non si può più"),  # expired yesterday
        ({"act": "accept_quote", "number": "P-3005", "sure": "1"}, ANNA, "Non si può più"),  # declined
        ({"act": "cancel_return", "number": "R-20801"}, ANNA, "Scegli"),  # not confirmed
        ({"act": "erase", "number": "R-20801", "sure": "1"}, ANNA, "Scegli"),
        ({"act": "cancel_return", "number": "R-20801", "sure": "1"}, "", "non ha dimostrato"),
        ({"act": "accept_quote", "number": "P-3010", "sure": "1"}, ANNA, "non ha dimostrato"),  # Bruno's
        ({"act": "cancel_return", "number": "R-99999", "sure": "1"}, ANNA, "non ha dimostrato"),
    ],
)
async def test_what_may_not_be_done_changes_nothing(
    database: Database, clock: FixedClock, desk: DeskServer, fields: dict[str, str], email: str, why: str
) -> None:
    conversation_id = held(database, clock, email)
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")

        status, told = await browser.post(f"/desk/c/{conversation_id}/act", fields)

    assert status == 409 and why in told["error"] and notes(database) == []


async def test_only_whoever_has_the_conversation_sees_and_may_do_it(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    conversation_id = held(database, clock)
    account(database, clock, "Marta", "admin")
    async with desk.browser() as giulia, desk.browser() as marta:
        await giulia.sign_in("giulia@shop.example")
        await marta.sign_in("marta@shop.example")
        hers = (await giulia.get(f"/desk/c/{conversation_id}"))[1]
        others = (await marta.get(f"/desk/c/{conversation_id}"))[1]
        fields = {"act": "cancel_return", "number": "R-20801", "sure": "1"}
        refused = (await marta.post(f"/desk/c/{conversation_id}/act", fields))[0]
        forged = (await giulia.post(f"/desk/c/{conversation_id}/act", fields, csrf="x"))[0]
        await giulia.post(f"/desk/c/{conversation_id}/act", fields)
        after = (await giulia.get(f"/desk/c/{conversation_id}"))[1]

    assert "Annulla il reso" in hers and "Il cliente accetta" in hers and "Annulla il reso" not in others
    assert (refused, forged) == (409, 403)
    assert "Annulla il reso" not in after and "Ho annullato il reso R-20801." in after


async def test_two_answers_to_a_quote_at_once_leave_one(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        import_shop(session, read_shop_file(SHOP), NOW)
    shop = SqlShop(database)

    told = await asyncio.gather(
        *(shop.act(act, "P-3003", clock.now()) for act in (Act.ACCEPT_QUOTE, Act.DECLINE_QUOTE) * 3),
        return_exceptions=True,
    )

    assert told.count(True) == 1 and sum(isinstance(one, NotPossible) for one in told) == 3
    assert told.count(False) == 2
