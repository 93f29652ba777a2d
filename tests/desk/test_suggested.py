"""Ready replies are suggested for what the customer has just written, to whoever has him, and never sent."""

from pathlib import Path
from typing import Sequence

from base.clock import FixedClock
from base.database import Database
from switchboard import attending
from tests.desk.desk_server import DeskServer, account
from tests.switchboard.desk import JOINED, hand_over
from tests.switchboard.helpers import say, texts_of


async def test_a_reply_is_suggested_for_the_last_message_and_again_for_the_next(
    database: Database, clock: FixedClock, tmp_path: Path
) -> None:
    asked: list[str] = []

    async def meanings(text: str) -> Sequence[str]:
        asked.append(text)
        return ("report_item_problem",) if "rotto" in text else ("thank",)

    giulia = account(database, clock, "Giulia")
    account(database, clock, "Marco")
    with database.writing() as session:
        conversation_id = hand_over(session, clock.now(), text="è arrivato rotto")
        attending.accept(session, conversation_id, giulia, JOINED, clock.now())
        before = texts_of(session, conversation_id)
    server = DeskServer(database, clock, tmp_path, intents=meanings)
    async with server.serving() as desk, desk.browser() as browser, desk.browser() as other:
        await browser.sign_in("giulia@shop.example")
        await other.sign_in("marco@shop.example")
        page = (await browser.get(f"/desk/c/{conversation_id}"))[1]
        others = (await other.get(f"/desk/c/{conversation_id}"))[1]
        since = page.partition('data-seq="')[2].partition('"')[0]
        nothing = (await browser.json(f"/desk/c/{conversation_id}/rows?since={since}"))["suggested"]
        with database.writing() as session:
            say(session, "grazie <b>mille</b>", clock.now())
        more = (await browser.json(f"/desk/c/{conversation_id}/rows?since={since}"))["suggested"]

    assert ">Serve una foto</button>" in page.partition('id="suggested"')[2].partition('id="panel"')[0]
    assert "Serve una foto" not in others.partition('id="suggested"')[2].partition('id="panel"')[0]
    assert nothing is None and ">Altro?</button>" in more and "Serve una foto" not in more
    assert asked == ["è arrivato rotto", "grazie <b>mille</b>"]
    with database.reading() as session:
        assert texts_of(session, conversation_id) == [*before, "grazie <b>mille</b>"]


async def test_without_the_engine_what_was_understood_before_is_suggested_for(
    database: Database, clock: FixedClock, tmp_path: Path
) -> None:
    giulia = account(database, clock, "Giulia")
    with database.writing() as session:
        conversation_id = hand_over(session, clock.now(), case="report_item_problem")
        attending.accept(session, conversation_id, giulia, JOINED, clock.now())
    async with DeskServer(database, clock, tmp_path).serving() as desk, desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")
        page = (await browser.get(f"/desk/c/{conversation_id}"))[1]

    assert ">Serve una foto</button>" in page.partition('id="suggested"')[2].partition('id="panel"')[0]
