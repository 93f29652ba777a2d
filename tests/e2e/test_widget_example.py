"""docs/web-client-example.html, exactly that file: a client of protocol 1 that loses and doubles nothing."""

from typing import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from base.settings import ROOT
from tests.e2e.line import Line
from tests.e2e.site import Site

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
EXAMPLE = ROOT / "docs" / "web-client-example.html"
MOST_LINES = 40
WIDEST_LINE = 120


@pytest_asyncio.fixture(loop_scope="module")
async def line(site: Site) -> AsyncIterator[Line]:
    async with Line(site.front.port).serving() as line:
        yield line


@pytest_asyncio.fixture(loop_scope="module")
async def client(site: Site, line: Line) -> Page:
    page = (await site.visit(line.url)).page
    await page.route("**/example", lambda route: route.fulfill(path=EXAMPLE))
    await page.goto(f"{line.url}example")
    await expect(page.get_by_role("log")).to_contain_text("assistente automatico del negozio")
    return page


async def test_it_is_short_enough_to_be_read_at_once() -> None:
    lines = EXAMPLE.read_text().splitlines()

    assert len(lines) <= MOST_LINES
    assert max(map(len, lines)) <= WIDEST_LINE


async def test_it_talks(client: Page) -> None:
    await say(client, "ciao")
    await answered(client, "ciao")

    assert (await said(client))[1:] == ["customer: ciao", "bot: eco: ciao"]


async def test_a_cut_line_loses_and_doubles_nothing(client: Page, line: Line) -> None:
    await say(client, "prima")
    await answered(client, "prima")

    line.cut()
    for text in ("uno", "due", "tre"):
        await say(client, text)
    line.mend()
    await answered(client, "tre")

    lines = await said(client)
    assert [text for text in lines if text.startswith("customer")] == [
        "customer: prima",
        "customer: uno",
        "customer: due",
        "customer: tre",
    ]
    assert len(lines) == len(set(lines)) == 9


async def test_a_reload_finds_the_conversation_again(client: Page) -> None:
    await say(client, "ciao")
    await answered(client, "ciao")
    before = await said(client)

    await client.reload()
    await answered(client, "ciao")

    assert await said(client) == before


async def say(client: Page, text: str) -> None:
    await client.get_by_label("Messaggio").fill(text)
    await client.get_by_role("button", name="Invia").click()


async def answered(client: Page, text: str) -> None:
    await expect(client.get_by_role("log")).to_contain_text(f"bot: eco: {text}")


async def said(client: Page) -> list[str]:
    return (await client.get_by_role("log").inner_text()).splitlines()
