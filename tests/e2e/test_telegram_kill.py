"""`kill -9` of the front at the two moments that matter: before Telegram is told, and before we know it was sent.

And a front that never reaches Telegram, for those who chat on the web.
"""

import asyncio
import os
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import AsyncIterator

import pytest

from base.database import Database
from base.settings import ROOT
from bench.processes import free_ports
from switchboard import deliveries
from switchboard.models import DeliveryMark
from tests.connectors.telegram.bot_api import TOKEN, BotApi, Sent
from tests.connectors.telegram.front import WELCOME, said
from tests.e2e.customer import Customer
from tests.front.fake_engine import SECRET, FakeEngine, until

ANNA = 11

pytestmark = pytest.mark.e2e


class FrontProcess:
    """`python -m front`, as often as it is needed."""

    def __init__(self, url: str, var: Path, api: BotApi, engine: FakeEngine) -> None:
        (port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        self._environment = {
            "PATH": os.environ["PATH"],
            "SPORTELLO_VAR": str(var),
            "SPORTELLO_SECRET": "s" * 40,
            "SPORTELLO_ENGINE_SECRET": SECRET,
            "SPORTELLO_ENGINE_PORT": str(engine.port),
            "SPORTELLO_PORT": str(port),
            "SPORTELLO_FRONT_ID": "front-1",
            "DATABASE_URL": url,
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_API_URL": api.url,
        }
        self.log = var / "front.out"
        self.process = self._start()

    def _start(self) -> subprocess.Popen:
        with self.log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "front"], cwd=ROOT, env=self._environment, stdout=output, stderr=output
            )

    async def kill_and_start_again(self) -> None:
        self.process.kill()
        await asyncio.to_thread(self.process.wait)
        self.process = self._start()

    async def stop(self) -> None:
        self.process.terminate()
        try:
            await asyncio.to_thread(self.process.wait, 15)
        except subprocess.TimeoutExpired:
            self.process.kill()


@asynccontextmanager
async def front(url: str, var: Path) -> AsyncIterator[tuple[BotApi, FrontProcess]]:
    async with BotApi().serving() as api, FakeEngine().serving() as engine:
        process = FrontProcess(url, var, api, engine)
        try:
            await until(lambda: api.commands, seconds=60)
            yield api, process
        finally:
            await process.stop()


def _sent(database: Database) -> int:
    """How many messages are known to have been sent."""
    with database.reading() as session:
        return session.query(DeliveryMark).filter_by(state=deliveries.SENT).count()


async def test_killed_between_commit_and_confirmation_a_message_is_neither_lost_nor_answered_twice(
    migrated_url: str, database: Database, tmp_path: Path
) -> None:
    async with front(migrated_url, tmp_path) as (api, process):
        reached = asyncio.Event()

        async def confirming(_offset: int) -> bool:
            reached.set()
            return False  # Telegram does not hear it

        api.confirming = confirming
        api.say(ANNA, "ciao")
        await asyncio.wait_for(reached.wait(), 30)
        logged = said(database, ANNA)
        await until(lambda: _sent(database) == 2, seconds=30)  # else the kill is one of the next test's, too
        await process.kill_and_start_again()
        api.confirming = None
        await until(lambda: len(api.texts(ANNA)) >= 2 and not api.pending, seconds=90)
        api.say(ANNA, "grazie")
        await until(lambda: "eco: grazie" in api.texts(ANNA), seconds=30)

    assert logged == ["ciao"]
    assert said(database, ANNA) == ["ciao", "grazie"]
    assert api.texts(ANNA) == [WELCOME, "eco: ciao", "eco: grazie"]
    assert TOKEN not in process.log.read_text()


async def test_killed_between_telegrams_answer_and_our_commit_a_message_comes_twice_and_is_counted(
    migrated_url: str, database: Database, tmp_path: Path
) -> None:
    async with front(migrated_url, tmp_path) as (api, process):
        reached = asyncio.Event()

        async def sending(sent: Sent) -> None:
            if sent.text == "eco: ciao" and not reached.is_set():
                reached.set()
                await asyncio.sleep(5)  # the front is killed meanwhile

        api.sending = sending
        api.say(ANNA, "ciao")
        await asyncio.wait_for(reached.wait(), 30)
        await process.kill_and_start_again()
        await until(lambda: len(api.texts(ANNA)) >= 3, seconds=90)
        api.say(ANNA, "grazie")
        await until(lambda: "eco: grazie" in api.texts(ANNA), seconds=30)

    assert api.texts(ANNA) == [WELCOME, "eco: ciao", "eco: ciao", "eco: grazie"]
    with database.reading() as session:
        assert deliveries.doubts(session, "telegram") == 1


async def test_a_web_chat_is_answered_while_telegram_is_away(
    migrated_url: str, database: Database, tmp_path: Path
) -> None:
    async with BotApi().serving() as api, FakeEngine().serving() as engine:
        api.down = True
        process = FrontProcess(migrated_url, tmp_path, api, engine)
        customer = Customer(process.url)
        try:
            answers = await customer.ask("ciao")
            await until(lambda: api.unheard, seconds=30)
            answers += await customer.ask("grazie")
        finally:
            await customer.close()
            await process.stop()

    assert answers == ["eco: ciao", "eco: grazie"]
