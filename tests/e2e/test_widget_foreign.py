"""A widget written for Rasa, npm's rasa-webchat, unchanged, on a page in front of the whole running Sportello."""

import base64
import json
from typing import Optional

import pytest
from playwright.async_api import Browser, Page, expect

from base.settings import ROOT
from tests.e2e.stack import Stack
from tests.e2e.widget_site import DESKTOP

WIDGET = ROOT / "var" / "npm" / "rasa-webchat-1.0.1" / "lib" / "index.js"
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.model,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not WIDGET.exists(), reason="no rasa-webchat here: `sh scripts/rasa_webchat.sh` fetches it"),
]
WAIT_MS = 30_000
WELCOME = "assistente automatico del negozio"
PAGE = """<!doctype html><html lang="it"><meta charset="utf-8"><title>Un altro negozio</title><body>
<script src="/rasa-webchat.js"></script>
<script>WebChat.default({ socketUrl: location.origin, socketPath: "/socket.io/", initPayload: null, embedded: true,
  params: { storage: "local" }, customMessageDelay: () => 1 }, null);</script>"""


async def test_it_asks_for_an_order_and_shows_the_answer(browser: Browser, stack: Stack) -> None:
    page = await visit(browser, stack)

    await say(page, "dov'è il mio ordine 104233?")
    await page.get_by_text("e-mail").last.wait_for()
    await say(page, "anna.rossi@example.it")

    await page.get_by_text("104233 è in viaggio con BRT").wait_for()


async def test_its_quick_replies_are_our_buttons(browser: Browser, stack: Stack) -> None:
    page = await visit(browser, stack)

    await page.get_by_text("Dov'è il mio ordine?").click()

    await page.get_by_text("numero", exact=False).last.wait_for()
    await expect(page.get_by_text("bt_")).to_have_count(0)


async def test_after_a_reload_it_is_the_same_customer(browser: Browser, stack: Stack) -> None:
    page = await visit(browser, stack)
    session = await session_of(page)
    await say(page, "dov'è il mio ordine 104233?")
    await page.get_by_text("e-mail").last.wait_for()

    await page.reload()
    await page.get_by_text("e-mail").last.wait_for()
    await say(page, "anna.rossi@example.it")
    await page.get_by_text("104233 è in viaggio con BRT").wait_for()

    assert await session_of(page) == session


async def test_it_gets_a_session_of_its_own_whatever_it_calls_itself(browser: Browser, stack: Stack) -> None:
    first = await visit(browser, stack)
    token = await session_of(first)
    await say(first, "dov'è il mio ordine 104233?")
    await first.get_by_text("e-mail").last.wait_for()
    session_id = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))[0]

    for named in (session_id, "il-mio-id", f"{token[:-1]}!"):
        page = await visit(browser, stack, named)

        assert await session_of(page) not in (token, named)
        await expect(page.get_by_text("104233")).to_have_count(0)


async def visit(browser: Browser, stack: Stack, session: Optional[str] = None) -> Page:
    """A new visitor with the widget open; `session` is what it believes to be its session."""
    page = await (await browser.new_context(locale="it-IT", **DESKTOP)).new_page()
    page.set_default_timeout(WAIT_MS)
    address = f"{stack.url}/altro-negozio"
    await page.route(
        "**/*", lambda route: route.continue_() if route.request.url.startswith(stack.url) else route.abort()
    )
    await page.route(address, lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    await page.route("**/rasa-webchat.js", lambda route: route.fulfill(path=WIDGET))
    if session is not None:
        stored = json.dumps(
            {"session_id": session, "conversation": [], "params": {}, "metadata": {}, "version": "1.0.1"}
        )
        await page.add_init_script(
            f"localStorage.getItem('chat_session') ?? localStorage.setItem('chat_session', {json.dumps(stored)})"
        )
    await page.goto(address)
    await page.get_by_text(WELCOME).wait_for()
    return page


async def say(page: Page, text: str) -> None:
    box = page.get_by_placeholder("Type a message...")
    await box.fill(text)
    await box.press("Enter")


async def session_of(page: Page) -> str:
    return await page.evaluate("JSON.parse(localStorage.getItem('chat_session')).session_id")
