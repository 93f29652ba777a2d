"""A customer who proves who he is with a code, on the demo shop's page; all is real, and mail is in the outbox."""

import re
from pathlib import Path
from typing import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.e2e.stack import Stack
from tests.e2e.widget_site import DESKTOP, Chat

pytestmark = [pytest.mark.e2e, pytest.mark.model, pytest.mark.asyncio(loop_scope="module")]
WAIT_MS = 20_000
CODE = re.compile(r"\b\d{6}\b")


@pytest_asyncio.fixture(loop_scope="module")
async def chat(browser: Browser, stack: Stack) -> AsyncIterator[Chat]:
    chat = await Chat.visit(browser, stack.url, **DESKTOP)
    chat.page.set_default_timeout(WAIT_MS)
    expect.set_options(timeout=WAIT_MS)
    await chat.open()
    yield chat
    assert chat.faults == []


async def test_a_customer_without_a_number_sees_his_orders_after_a_code(
    chat: Chat, browser: Browser, stack: Stack
) -> None:
    await chat.say("dov'è il mio ordine?")
    await chat.message("numero dell'ordine").wait_for()
    await chat.say("non ho il numero")
    await chat.message("ti mando un codice").wait_for()
    await chat.say("anna.rossi@example.it")
    await chat.message("tra poco arriva un codice").wait_for()
    code = await _code_in_outbox(await browser.new_page(), stack)
    wrong = f"{(int(code) + 1) % 10**6:06d}"

    await chat.say(wrong)
    await chat.message("Hai ancora 4 tentativi").wait_for()
    await chat.say(f"il codice è {code[:3]} {code[3:]}")
    await chat.message("il codice è giusto").wait_for()
    await chat.page.get_by_role("button", name="Ordine 104233").click()

    await chat.message("104233 è in viaggio con BRT").wait_for()
    await expect(chat.message("il codice è •••••••")).to_be_visible()
    await chat.page.reload()
    await expect(chat.message("il codice è •••••••")).to_be_visible()
    assert not [text for text in await chat.said() if code in text.replace(" ", "")]
    assert not _files_with(stack.var, code, wrong, f"{code[:3]} {code[3:]}")


async def _code_in_outbox(page: Page, stack: Stack) -> str:
    await page.goto(f"{stack.url}/dev/outbox")
    while not await page.get_by_text("codice di conferma").count():
        await page.wait_for_timeout(200)
        await page.reload()
    text = await page.locator("pre").first.inner_text()
    assert "a•••" not in text
    return CODE.findall(text)[0]


def _files_with(var: Path, *texts: str) -> list[str]:
    """Files, but for the mails themselves, in which one of these can be read: database, journal, logs."""
    files = [file for file in var.rglob("*") if file.is_file() and file.suffix != ".eml"]
    found = {text.encode() for text in texts}
    return [f"{file.name}: {text!r}" for file in files for text in found if text in file.read_bytes()]
