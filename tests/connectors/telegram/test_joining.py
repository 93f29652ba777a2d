"""From the web chat to Telegram and back: one conversation, and nobody reads more than his own side of it."""

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, AsyncIterator
from urllib.parse import parse_qs, urlsplit

from base.clock import FixedClock
from base.database import Database
from connectors.arriving import ARRIVES
from switchboard import bots
from switchboard.elsewhere import Elsewhere
from switchboard.join_links import OTHER_ACCOUNT
from switchboard.models import JoinLink, Message
from tests.connectors.telegram.bot_api import BOT, BotApi
from tests.connectors.telegram.front import CHAT_URL, TEXTS, WELCOME, log_of, telegram
from tests.connectors.web_server import Client, Server, connected
from tests.front.fake_engine import Answer, answer, until

ANNA, BRUNO = 11, 22
ELSEWHERE = Elsewhere(telegram=True, chat_url=CHAT_URL)
OVER = TEXTS.say("utter_error_link_over")


@asynccontextmanager
async def both(database: Database, clock: FixedClock, behaviour: Any = None) -> AsyncIterator[tuple[BotApi, Client]]:
    """A bot and a web chat of one installation; answers on either side are the engine's."""
    given = {"behaviour": behaviour} if behaviour else {}
    server = Server(database, clock, elsewhere=ELSEWHERE, texts=TEXTS)
    async with BotApi().serving() as api, telegram(database, clock, api, **given) as front:
        await until(lambda: api.commands)
        front.notices.add(server.web.delivery)
        server.hand_over = front.dispatcher.wake
        async with server.serving(), connected(server.port) as client:
            yield api, client


async def link(client: Client, to: str = "telegram") -> str:
    """The token of a new link of the web chat's."""
    given = await client.call("link", {"to": to})
    assert given["ok"], given
    return token_of(given["url"])


def token_of(url: str) -> str:
    parts = urlsplit(url)
    return parse_qs(parts.query)["start"][0] if parts.query else parts.fragment.removeprefix("sportello=")


def _first_words_of(database: Database, user: int) -> Message:
    return next(row for row in log_of(database, user) if row.author_kind == "customer" and row.channel == "telegram")


async def test_the_bots_name_is_known_as_soon_as_it_is_there(database: Database, clock: FixedClock) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api):
        await until(lambda: api.commands)

    with database.reading() as session:
        assert bots.name_of(session, "telegram") == BOT["username"]


async def test_a_web_chat_goes_on_in_telegram(database: Database, clock: FixedClock) -> None:
    asked: list[Any] = []

    async def behaviour(request: dict[str, Any]) -> Answer:
        asked.append(request)
        return answer(request, f"eco: {request['text']}")

    async with both(database, clock, behaviour) as (api, client):
        opened = await client.open()
        assert opened["elsewhere"] == ["telegram", "web"]
        await client.say("dov'è il mio ordine?")
        await until(lambda: "eco: dov'è il mio ordine?" in client.texts)
        given = await client.call("link", {"to": "telegram"})
        api.say(ANNA, f"/start {token_of(given['url'])}")
        await until(lambda: len(api.texts(ANNA)) == 1)
        api.say(ANNA, "104206")
        await until(lambda: len(api.texts(ANNA)) == 2)
        await client.say("sono ancora qui")
        await until(lambda: "eco: sono ancora qui" in client.texts)

    assert given["url"].startswith(f"https://t.me/{BOT['username']}?start=")
    assert api.texts(ANNA) == [f"eco: {TEXTS.say('utter_arrived_said_telegram')}", "eco: 104206"]
    assert {request["conversation_id"] for request in asked} == {opened["conversation"]}
    assert asked[1]["button"] == {"intent": ARRIVES.intent, "entities": {}}
    assert [request["previous_turn_id"] for request in asked] == [None, None, asked[1]["turn_id"], asked[0]["turn_id"]]
    assert [row["author_kind"] for row in client.rows] == [
        *("bot", "customer", "bot"),
        "system",  # it goes on in Telegram
        *["hidden"] * 4,
        *("customer", "bot"),
    ]
    assert [row["seq"] for row in client.rows] == list(range(1, 11))


async def test_a_telegram_chat_goes_on_in_the_web(database: Database, clock: FixedClock) -> None:
    async def behaviour(request: dict[str, Any]) -> Answer:
        result = answer(request, f"eco: {request['text']}")
        if request["button"] and request["button"]["intent"] == "continue_elsewhere":
            result["replies"][0]["card"] = {"kind": "continue", "to": "web", "title": "Sul sito", "action": "Apri"}
        return result

    async with both(database, clock, behaviour) as (api, client):
        api.say(ANNA, "il mio ordine è 104206")
        await until(lambda: len(api.texts(ANNA)) == 2)
        api.say(ANNA, "/sito")
        await until(lambda: len(api.texts(ANNA)) == 3)
        url = api.sent[-1].links[0]
        await client.open()
        came = await client.call("join", {"token": token_of(url)})
        client.rows.extend(came["rows"])  # the answer may be among them already
        await until(lambda: "eco: Continuo qui sul sito." in client.texts)
        await until(lambda: len(api.texts(ANNA)) == 4)

    assert url.startswith(f"{CHAT_URL}#sportello=")
    assert came["ok"] and came["conversation"] == _first_words_of(database, ANNA).conversation_id
    hidden = [row for row in came["rows"] if row["author_kind"] == "hidden"]
    assert len(hidden) == 6 and {row["channel"] for row in hidden} == {"telegram"}
    assert "104206" not in str(came) and "104206" not in str(client.rows)
    assert api.texts(ANNA)[-1] == TEXTS.say("utter_moved_to_web")
    with database.reading() as session:
        token = token_of(url)
        assert not [body for (body,) in session.query(Message.body) if token in str(body)]
        assert token not in str([vars(made) for made in session.query(JoinLink)])


async def test_a_link_opened_by_somebody_else_opens_no_more_than_itself(database: Database, clock: FixedClock) -> None:
    async with both(database, clock) as (api, client):
        await client.open()
        await client.say("il mio ordine è 104206, anna.rossi@example.it")
        token = await link(client)
        api.say(BRUNO, f"/start {token}")
        await until(lambda: len(api.texts(BRUNO)) == 1)
        api.say(ANNA, f"/start {token}")
        await until(lambda: len(api.texts(ANNA)) == 2)

    assert "104206" not in str(api.texts(BRUNO)) and "anna.rossi" not in str(api.texts(BRUNO))
    assert api.texts(ANNA) == [WELCOME, OVER]


async def test_the_same_link_shown_again_by_the_same_customer_is_a_start(database: Database, clock: FixedClock) -> None:
    async with both(database, clock) as (api, client):
        await client.open()
        token = await link(client)
        api.say(ANNA, f"/start {token}")
        await until(lambda: len(api.texts(ANNA)) == 1)
        api.say(ANNA, f"/start {token}")
        await until(lambda: len(api.texts(ANNA)) == 2)

    assert api.texts(ANNA)[1] == "eco: /start"


async def test_a_repeated_update_joins_once(database: Database, clock: FixedClock) -> None:
    async with both(database, clock) as (api, client):
        await client.open()
        update = api.say(ANNA, f"/start {await link(client)}")
        await until(lambda: len(api.texts(ANNA)) == 1)
        api.repeat(update)
        await until(lambda: not api.pending)

    said = [row.body["text"] for row in log_of(database, ANNA) if row.author_kind == "customer"]
    assert said == [TEXTS.say("utter_arrived_said_telegram")]


async def test_links_that_are_over_or_forged_are_told_kindly_and_end_in_a_pause(
    database: Database, clock: FixedClock
) -> None:
    async with both(database, clock) as (api, client):
        await client.open()
        token = await link(client)
        clock.move(timedelta(minutes=15))
        api.say(ANNA, f"/start {token}")
        for number in range(11):
            api.say(BRUNO, f"/start {number:043}")
        await until(lambda: len(api.texts(ANNA)) == 2 and len(api.texts(BRUNO)) == 12, seconds=30)

    assert api.texts(ANNA)[1] == OVER
    assert api.texts(BRUNO)[1:] == [OVER] * 10 + [TEXTS.say("utter_error_link_paused")]


async def test_a_second_telegram_account_does_not_come_in(database: Database, clock: FixedClock) -> None:
    async with both(database, clock) as (api, client):
        await client.open()
        api.say(ANNA, f"/start {await link(client)}")
        await until(lambda: len(api.texts(ANNA)) == 1)
        api.say(BRUNO, f"/start {await link(client)}")
        await until(lambda: len(api.texts(BRUNO)) == 2)

    assert api.texts(BRUNO)[1] == TEXTS.say(f"utter_error_link_{OTHER_ACCOUNT}")
