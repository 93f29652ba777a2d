"""A customer on the demo shop's page; browser, front, engine, actions, database and trained model are all real."""

import re
from typing import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.e2e.customer import Customer
from tests.e2e.stack import Stack
from tests.e2e.widget_site import DESKTOP, Chat

pytestmark = [pytest.mark.e2e, pytest.mark.model, pytest.mark.asyncio(loop_scope="module")]
WAIT_MS = 20_000
WRONG = "Non trovo nulla con questo numero e questa e-mail insieme"


@pytest_asyncio.fixture(loop_scope="module")
async def chat(browser: Browser, stack: Stack) -> AsyncIterator[Chat]:
    chat = await Chat.visit(browser, stack.url, **DESKTOP)
    chat.page.set_default_timeout(WAIT_MS)
    expect.set_options(timeout=WAIT_MS)
    await chat.open()
    yield chat
    assert chat.faults == []


async def test_the_first_message_tells_what_speaks_and_links_the_notice(chat: Chat, stack: Stack) -> None:
    welcome = chat.message("assistente automatico del negozio")

    await expect(welcome).to_contain_text("persona")
    await expect(welcome.get_by_role("link")).to_have_attribute("href", f"{stack.url}/privacy")


async def test_an_order_is_told_with_its_timeline_after_its_email(chat: Chat) -> None:
    await chat.say("dov'è il mio ordine 104233?")
    await chat.message("e-mail").last.wait_for()
    await chat.say("anna.rossi@example.it")

    await chat.message("104233 è in viaggio con BRT").wait_for()
    card = chat.page.get_by_role("region", name="Ordine 104233")
    await expect(card.get_by_role("listitem")).to_have_count(6)
    await expect(card.get_by_role("link")).to_have_attribute("href", re.compile("^https://.*brt"))


async def test_a_late_order_says_so_first_with_the_date_the_courier_gave(chat: Chat) -> None:
    await chat.say("il 104240 quando arriva? marco.bianchi@example.it")

    await chat.message("in ritardo").first.wait_for()
    said = (await chat.said("bot"))[1]
    assert "104240 è in ritardo" in said.split(".")[0] and "altempo sulla tratta" in said


async def test_a_return_and_its_refund_are_told(chat: Chat) -> None:
    await chat.say("avete ricevuto il reso R-20871?")
    await chat.message("e-mail").last.wait_for()
    await chat.say("anna.rossi@example.it")
    await chat.page.get_by_role("region", name="Reso R-20871").wait_for()
    await chat.say("e quando mi rimborsate?")

    await chat.message("59,90").last.wait_for()
    assert not [text for text in (await chat.said("bot"))[3:] if "e-mail" in text]  # proved once, asked once


async def test_a_quote_is_told_with_amount_validity_and_who_follows_it(chat: Chat) -> None:
    await chat.say("a che punto è il preventivo 3021?")
    await chat.message("e-mail").last.wait_for()
    await chat.say("studio.ferri@example.it")

    await chat.message("3.480,00").wait_for()
    assert "Elena Conti" in " ".join(await chat.said("bot"))


async def test_a_reload_restores_the_conversation(chat: Chat) -> None:
    await chat.say("ciao")
    await expect(chat.log.locator(".from-bot .bubble")).to_have_count(2)
    before = await chat.said()
    await chat.page.reload()

    await chat.message("assistente automatico del negozio").wait_for()
    assert await chat.said() == before


async def test_a_person_is_a_numbered_request_with_the_conversation(chat: Chat, stack: Stack) -> None:
    await chat.say("vorrei parlare con una persona")

    await chat.message("richiesta").last.wait_for()
    assert "numero" in (await chat.said("bot"))[-1]


async def test_wrong_number_wrong_email_and_somebody_elses_order_read_the_same(stack: Stack) -> None:
    answers = []
    for number, email in (
        ("199999", "anna.rossi@example.it"),
        ("104233", "nessuno@example.it"),
        ("104240", "anna.rossi@example.it"),
    ):
        customer = Customer(stack.url)
        await customer.ask(f"dov'è il mio ordine {number}?")
        answers.append([text.replace(number, "N") for text in await customer.ask(email)])
        await customer.close()

    assert all(answer[0].startswith(WRONG) for answer in answers)
    assert len({len(answer) for answer in answers}) == 1
