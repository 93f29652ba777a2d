"""axe in every state of the customers' chat, on desktop and phone, in all colours; and at four times the size."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import TimeoutError as PlaywrightTimeout
from playwright.async_api import expect
from sqlalchemy import delete

from switchboard.body import ButtonMeaning, Reply
from switchboard.models import Button
from tests.e2e.axe import violations
from tests.e2e.cards import RICH
from tests.e2e.line import Line
from tests.e2e.site import Site
from tests.e2e.widget_site import CARD, DESKTOP, PHONE

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
SCREENS = {"desktop": DESKTOP, "phone": PHONE}
STAYING = ":not([aria-label^='Copia il messaggio'])"  # the button that copies a message follows pointer and focus
ZOOMED = {"viewport": {"width": 320, "height": 256}}


@pytest.fixture(params=SCREENS)
def screen(request: pytest.FixtureRequest) -> dict[str, Any]:
    return SCREENS[request.param]


async def test_axe_finds_nothing_from_the_first_look_to_a_conversation(site: Site, screen: dict[str, Any]) -> None:
    chat = await site.visit(**screen)

    found = await violations(chat.page, "closed")
    await chat.open()
    found += await violations(chat.page, "opened")
    await chat.say("ordine")
    await chat.page.get_by_role("region", name=CARD["title"]).wait_for()
    found += await violations(chat.page, "card and button")
    await site.write(chat, *RICH)
    await site.write(chat, Reply("Sono Elena."), kind="agent", author="Elena Conti")
    await site.write(chat, Reply("Elena Conti è entrata in chat."), kind="system")
    await chat.message("Elena Conti è entrata").wait_for()
    await chat.input.fill("a" * 2_001)
    found += await violations(chat.page, "every kind of row, and too long a text")

    assert found == []


async def test_axe_finds_nothing_while_something_is_wrong(site: Site, screen: dict[str, Any]) -> None:
    async with Line(site.front.port).serving() as line:
        chat = await site.visit(line.url, **screen)
        line.silence()
        await chat.launcher.click()
        await chat.page.get_by_text("Connessione in corso").wait_for()
        found = await violations(chat.page, "connecting")
        line.cut()
        line.mend()
        await chat.message("assistente automatico del negozio").wait_for()
        site.engine.behaviour = never_answers
        await chat.say("ci sei?")
        await chat.page.get_by_text("sta scrivendo").wait_for()
        found += await violations(chat.page, "typing")
        await chat.page.context.set_offline(True)
        await chat.say("sono offline")
        await chat.log.get_by_text("In attesa di connessione").wait_for()
        await chat.page.get_by_text("Sei offline").wait_for()
        found += await violations(chat.page, "offline")

    assert found == []


async def test_axe_finds_nothing_with_messages_refused_or_not_yet_seen(site: Site, screen: dict[str, Any]) -> None:
    chat = await site.opened(**screen)
    await site.write(chat, Reply("Scegli", (ButtonMeaning("Scaduto", "greet"),)))
    await chat.page.get_by_role("button", name="Scaduto").wait_for()

    await site.database.write(lambda session: session.execute(delete(Button)))
    await chat.page.get_by_role("button", name="Scaduto").click()
    await chat.log.get_by_role("button", name="Elimina").wait_for()
    found = await violations(chat.page, "refused")
    await chat.page.get_by_role("button", name="Chiudi la chat").click()
    await site.write(chat, Reply("Sei ancora lì?"))
    await chat.page.get_by_role("button", name="1 messaggio nuovo").wait_for()
    found += await violations(chat.page, "not yet seen")

    assert found == []


async def test_axe_finds_nothing_in_the_menu_and_the_questions_it_asks(site: Site, screen: dict[str, Any]) -> None:
    chat = await site.opened(**screen)
    menu = chat.page.get_by_role("button", name="Altre opzioni")
    question = chat.page.get_by_role("alertdialog")

    await menu.click()
    found = await violations(chat.page, "menu")
    for choice in ("Ricomincia", "Esci"):
        await chat.page.get_by_role("button", name=choice, exact=True).click()
        await question.wait_for()
        found += await violations(chat.page, choice)
        await question.get_by_role("button", name="Annulla").click()
        await menu.click()
    await chat.page.get_by_role("button", name="Esci", exact=True).click()
    await question.get_by_role("button", name="Esci").click()
    await chat.page.get_by_text("La conversazione è chiusa").wait_for()
    found += await violations(chat.page, "left")

    assert found == []


async def test_axe_finds_nothing_in_what_was_said_before(site: Site, screen: dict[str, Any]) -> None:
    chat = await site.opened(**screen)
    await site.write(chat, *(Reply(f"messaggio {number}") for number in range(1, 61)))
    await chat.message("messaggio 60").wait_for()
    await chat.page.reload()
    await chat.message("messaggio 60").wait_for()

    found = await violations(chat.page, "more above")
    await chat.log.evaluate("log => log.scrollTo(0, 0)")
    await chat.message("messaggio 1").first.wait_for()
    found += await violations(chat.page, "earlier messages")

    assert found == []


async def test_at_four_times_the_size_nothing_is_wider_than_the_screen_and_every_control_can_be_used(
    site: Site,
) -> None:
    chat = await site.opened(**ZOOMED)
    await chat.say("ordine")
    await chat.page.get_by_role("region", name=CARD["title"]).wait_for()  # buttons stay under the last message only
    await site.write(chat, *RICH)
    await chat.message("Le condizioni.").wait_for()
    await chat.page.get_by_role("button", name="Grazie").wait_for()
    await chat.input.fill("pronto")  # so that it can be sent
    await chat.log.evaluate("log => log.scrollTo(0, log.scrollHeight)")
    await chat.page.get_by_role("button", name="Nuovi messaggi").wait_for(state="hidden")
    controls = chat.page.get_by_role("dialog").locator(f"button{STAYING}:visible, a:visible, textarea:visible")

    out_of_reach = []
    for control in await controls.element_handles():
        try:
            await control.click(trial=True, timeout=5_000)
        except PlaywrightTimeout:
            out_of_reach.append(await control.evaluate("control => control.outerHTML"))
    widths = await chat.log.evaluate(
        "log => [log.scrollWidth - log.clientWidth, document.body.scrollWidth - innerWidth]"
    )

    assert out_of_reach == []
    assert max(widths) <= 0
    await expect(chat.input).to_be_in_viewport(ratio=1)


async def never_answers(_request: dict[str, Any]) -> dict[str, Any]:
    return await asyncio.Future()
