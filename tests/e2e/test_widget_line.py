"""Never lost, never twice: the customers' chat through cut lines, dead servers, sleep, other tabs, narrow networks."""

from typing import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from switchboard.body import Reply
from tests.e2e.line import Line
from tests.e2e.site import Site
from tests.e2e.widget_site import Chat

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
MEANWHILE = [f"novità {number}" for number in range(1, 6)]
DAY = "24:00:00"
WAIT_MS = 20_000  # well before a missing heartbeat would tell that a line is dead: 25 + 20 seconds
A_FEW_SECONDS = [3, pytest.param(60, marks=pytest.mark.deep)]


@pytest_asyncio.fixture(loop_scope="module")
async def line(site: Site) -> AsyncIterator[Line]:
    async with Line(site.front.port).serving() as line:
        yield line


async def test_three_messages_written_in_ten_seconds_offline_wait_and_are_sent_once_in_order(site: Site) -> None:
    chat = await site.opened()

    await chat.page.context.set_offline(True)
    for text in ("uno", "due", "tre"):
        await chat.say(text)
    await expect(chat.log.get_by_text("In attesa di connessione")).to_have_count(3)
    await expect(chat.page.get_by_text("Sei offline")).to_be_visible()
    await chat.page.wait_for_timeout(10_000)
    await chat.page.context.set_offline(False)
    await reached(chat, "eco: tre")

    assert await chat.said("customer") == ["uno", "due", "tre"]
    assert (await chat.said("bot"))[1:] == ["eco: uno", "eco: due", "eco: tre"]
    await expect(chat.log.get_by_text("In attesa di connessione")).to_have_count(0)
    await expect(chat.page.get_by_text("Sei offline")).to_have_count(0)


async def test_a_server_killed_while_one_writes_loses_and_doubles_nothing(site: Site) -> None:
    chat = await site.opened()

    await chat.say("prima")  # perhaps written, perhaps not, when the process dies
    await site.front.kill()
    await chat.say("durante")
    await site.front.start()
    await reached(chat, "eco: durante")

    assert await chat.said("customer") == ["prima", "durante"]
    assert (await chat.said("bot"))[1:] == ["eco: prima", "eco: durante"]


@pytest.mark.parametrize("seconds", A_FEW_SECONDS)
async def test_a_laptop_that_slept_shows_what_came_meanwhile_once_in_order(
    site: Site, line: Line, seconds: int
) -> None:
    chat = await site.visit(line.url)
    await chat.open()

    line.silence()
    await chat.page.context.set_offline(True)
    await site.write(chat, *map(Reply, MEANWHILE))
    await chat.page.wait_for_timeout(seconds * 1000)
    line.mend()
    await chat.page.context.set_offline(False)
    await reached(chat, MEANWHILE[-1])
    await chat.say("sono sveglio")
    await reached(chat, "eco: sono sveglio")

    assert (await chat.said())[1:] == [*MEANWHILE, "sono sveglio", "eco: sono sveglio"]


async def test_a_line_that_died_without_a_word_is_found_out_by_looking_at_the_page(site: Site, line: Line) -> None:
    chat = await site.visit(line.url)
    await chat.open()

    line.silence()
    await site.write(chat, *map(Reply, MEANWHILE))
    line.mend()
    await chat.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await reached(chat, MEANWHILE[-1])

    assert (await chat.said())[1:] == MEANWHILE


async def test_a_message_on_a_line_that_died_without_a_word_arrives_once(site: Site, line: Line) -> None:
    chat = await site.visit(line.url)
    await chat.open()

    line.silence()
    await chat.say("nel vuoto")
    line.mend()
    await reached(chat, "eco: nel vuoto")

    assert (await chat.said())[1:] == ["nel vuoto", "eco: nel vuoto"]


async def test_an_acknowledgement_that_got_lost_makes_no_second_message(site: Site, line: Line) -> None:
    chat = await site.visit(line.url)
    await chat.open()

    await chat.say("una volta")
    line.cut()
    line.mend()
    await chat.say("due volte")
    line.cut()
    line.mend()
    await reached(chat, "eco: due volte")

    assert (await chat.said())[1:] in (
        ["una volta", "eco: una volta", "due volte", "eco: due volte"],
        ["una volta", "due volte", "eco: una volta", "eco: due volte"],
    )


async def test_a_tab_that_slept_a_day_catches_up_and_calls_yesterday_by_its_name(site: Site, line: Line) -> None:
    chat = await site.visit(line.url)
    await chat.page.clock.install()
    await chat.page.reload()
    await chat.open()
    await chat.say("buonanotte")
    await reached(chat, "eco: buonanotte")

    line.silence()
    await site.write(chat, *map(Reply, MEANWHILE))
    line.mend()
    await chat.page.clock.fast_forward(DAY)
    await chat.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await reached(chat, MEANWHILE[-1])

    assert (await chat.said())[1:] == ["buonanotte", "eco: buonanotte", *MEANWHILE]
    await expect(chat.log.get_by_text("Ieri", exact=True)).to_have_count(1)
    await expect(chat.log.get_by_text("Oggi", exact=True)).to_have_count(0)


async def test_two_tabs_of_one_window_show_everything_once(site: Site) -> None:
    chat = await site.opened()
    other = Chat(await chat.page.context.new_page())
    await other.page.goto(site.front.url)
    await other.open()

    for number in range(3):
        await chat.say(f"di qua {number}")
        await other.say(f"di là {number}")
    for one in (chat, other):
        await expect(one.log.locator(".from-bot .bubble")).to_have_count(7)

    assert await chat.said() == await other.said()
    assert len(set(await chat.said())) == 13


async def test_a_second_window_with_the_same_storage_shows_the_same_conversation(site: Site) -> None:
    chat = await site.opened()
    await chat.say("dalla prima finestra")
    await reached(chat, "eco: dalla prima finestra")
    storage = await chat.page.context.storage_state()

    other = await site.visit(storage_state=storage)
    await other.open()
    await other.say("dalla seconda")
    await reached(chat, "eco: dalla seconda")

    assert await chat.said() == await other.said()


async def test_a_window_without_that_storage_is_somebody_else(site: Site) -> None:
    chat, stranger = await site.opened(), await site.opened()

    await chat.say("solo mio")
    await reached(chat, "eco: solo mio")
    await stranger.say("solo suo")
    await reached(stranger, "eco: solo suo")

    assert (await stranger.said())[1:] == ["solo suo", "eco: solo suo"]
    assert (await chat.said())[1:] == ["solo mio", "eco: solo mio"]


async def test_where_websockets_are_forbidden_the_chat_polls_and_catches_up(site: Site, line: Line) -> None:
    line.websockets_forbidden = True
    chat = await site.visit(line.url)
    await chat.open()

    await chat.say("per la via lunga")
    await reached(chat, "eco: per la via lunga")
    line.cut()
    await site.write(chat, *map(Reply, MEANWHILE))
    await chat.say("scritto senza linea")
    line.mend()
    await reached(chat, "eco: scritto senza linea")

    assert line.refused_websockets and not line.websockets
    assert (await chat.said())[1:] == [
        "per la via lunga",
        "eco: per la via lunga",
        *MEANWHILE,
        "scritto senza linea",
        "eco: scritto senza linea",
    ]


async def reached(chat: Chat, text: str) -> None:
    await chat.message(text).last.wait_for(timeout=WAIT_MS)
