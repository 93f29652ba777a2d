"""Updates that are brought to the webhook: only Telegram's, acknowledged when they are in the log."""

import secrets
import socket
from contextlib import asynccontextmanager
from typing import AsyncIterator

from sanic import Sanic

from base.clock import FixedClock, SystemClock
from base.database import Database
from connectors.telegram.bot import ALLOWED_UPDATES
from connectors.telegram.source import Webhook
from tests.connectors.telegram.bot_api import BotApi
from tests.connectors.telegram.front import WELCOME, TelegramFront, said, telegram
from tests.connectors.telegram.test_trouble import without_messages
from tests.connectors.web_server import _start_up
from tests.front.fake_engine import until

ANNA = 11
WEBHOOK = Webhook("https://negozio.example.it/telegram", "s3cret" * 5)


@asynccontextmanager
async def reached(database: Database, clock: FixedClock, api: BotApi) -> AsyncIterator[TelegramFront]:
    """A channel whose webhook `api` can bring updates to."""
    async with telegram(database, clock, api, webhook=WEBHOOK) as front:
        app = Sanic(f"test-{secrets.token_hex(4)}", configure_logging=False)
        front.channel.attach(app)
        listening = socket.create_server(("127.0.0.1", 0))
        server = await app.create_server(
            sock=listening, return_asyncio_server=True, access_log=False, asyncio_server_kwargs={"start_serving": True}
        )
        await _start_up(server)
        api.push_to = f"http://127.0.0.1:{listening.getsockname()[1]}/telegram"
        await until(lambda: api.webhook["url"])
        try:
            yield front
        finally:
            server.close()


async def test_an_update_that_is_brought_is_in_the_log_when_it_is_acknowledged(
    database: Database, clock: FixedClock
) -> None:
    async with BotApi().serving() as api, reached(database, clock, api):
        update = api.say(ANNA, "ciao")
        statuses = [await api.push(update) for _ in range(5)]
        logged = said(database, ANNA)
        await until(lambda: len(api.sent) == 2)

    assert (statuses, logged) == ([200] * 5, ["ciao"])
    assert api.texts(ANNA) == [WELCOME, "eco: ciao"]
    assert api.webhook == {
        "url": WEBHOOK.url,
        "secret_token": WEBHOOK.secret,
        "allowed_updates": list(ALLOWED_UPDATES),
    }
    assert "getUpdates" not in {method for method, _ in api.calls}


async def test_who_does_not_know_the_secret_brings_nothing(database: Database, clock: FixedClock) -> None:
    async with BotApi().serving() as api, reached(database, clock, api):
        statuses = [await api.push(api.say(ANNA, "ciao"), secret) for secret in ("", "altro", WEBHOOK.secret[:-1])]

    assert (statuses, said(database, ANNA)) == ([401] * 3, [])


async def test_what_is_no_update_is_refused_and_what_cannot_be_read_is_not_brought_again(
    database: Database, clock: FixedClock
) -> None:
    async with BotApi().serving() as api, reached(database, clock, api):
        statuses = [await api.push(odd) for odd in ({}, {"update_id": "x"}, {"update_id": 7, "message": {"text": 1}})]

    assert statuses == [400, 400, 200]


async def test_what_the_database_does_not_take_is_brought_again(database: Database) -> None:
    async with BotApi().serving() as api, reached(database, SystemClock(), api):
        update = api.say(ANNA, "ciao")
        async with without_messages(database):
            refused = await api.push(update)
        taken = await api.push(update)
        await until(lambda: len(api.sent) == 2, seconds=20)

    assert (refused, taken, said(database, ANNA)) == (503, 200, ["ciao"])


async def test_long_polling_takes_an_old_webhook_away(database: Database, clock: FixedClock) -> None:
    async with BotApi().serving() as api:
        api.webhook = {"url": "https://altrove.example.it/x"}
        async with telegram(database, clock, api):
            api.say(ANNA, "ciao")
            await until(lambda: len(api.sent) == 2)

    assert api.webhook == {"url": ""}
