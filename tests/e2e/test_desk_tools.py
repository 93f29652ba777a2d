"""The desk's tools beside the conversation itself, in real browsers."""

import os
import shutil
from datetime import datetime, timezone
from pathlib import Path
from typing import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from switchboard import staff_requests
from switchboard.models import Conversation, Handoff, WrongAnswer
from tests.attachments import pictures
from tests.e2e.axe import violations
from tests.e2e.desk_site import DeskSite, serving
from tests.e2e.widget_site import PHONE

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

SHOTS = os.environ.get("SPORTELLO_SCREENSHOTS", "")  # a folder: what the pages look like


async def shoot(page: Page, name: str) -> None:
    """Pictures of the page in both colours, where somebody wants to see them."""
    for colours in ("light", "dark") if SHOTS else ():
        await page.emulate_media(color_scheme=colours, forced_colors="none")  # type: ignore[arg-type]
        await page.wait_for_timeout(500)  # all of it is painted anew
        await page.screenshot(path=f"{SHOTS}/{name}-{colours}.png")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_desk(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DeskSite]:
    folder = tmp_path_factory.mktemp("desk")
    file = Path(shutil.copy(migrated_sqlite, folder / "sportello.db"))
    async with serving(file, folder) as site:
        yield site


@pytest_asyncio.fixture(loop_scope="module")
async def desk(module_desk: DeskSite) -> AsyncIterator[DeskSite]:
    """The module's desk; nobody waits and nobody is signed in."""
    yield module_desk
    await module_desk.forget()
    with module_desk.database.writing() as session:
        session.query(Handoff).update({"ended_at": Handoff.asked_at})
        session.query(Conversation).update({"owner": "closed", "closed_at": Conversation.last_at, "agent_id": None})


async def test_a_customer_sees_the_photo_and_the_document_an_agent_sends(desk: DeskSite) -> None:
    giulia, customer = await desk.agent("Giulia"), await desk.customer()
    await customer.say("operatore")
    await giulia.accept()
    files = [
        {"name": "sedia.jpg", "mimeType": "image/jpeg", "buffer": pictures.encoded()},
        {"name": "guida.pdf", "mimeType": "application/pdf", "buffer": pictures.PDF},
        {"name": "finta.jpg", "mimeType": "image/jpeg", "buffer": b"<svg onload=alert(1)>" * 9},
    ]

    await giulia.page.locator("#attach input").set_input_files(files)
    await giulia.page.locator("#attach li.ready").nth(1).wait_for()
    await expect(giulia.page.locator("#attach li.failed")).to_contain_text("Si possono mandare foto")
    await giulia.say("Ecco la sedia e la guida")

    await customer.message("Ecco la sedia e la guida").wait_for()
    photo = customer.page.locator("img[alt*='sedia.jpg'], .files img").first
    await photo.wait_for()
    assert await photo.evaluate("async image => { await image.decode(); return image.naturalWidth }") > 0
    await expect(customer.page.locator(".chat, body").get_by_text("guida.pdf").first).to_be_visible()
    await giulia.said("Ecco la sedia e la guida").wait_for()
    await giulia.page.locator(".from-agent .picture img").wait_for()
    await expect(giulia.page.locator("#attach li")).to_have_count(1)


async def test_an_answer_is_called_wrong_with_a_click_and_then_told_what_it_was(desk: DeskSite) -> None:
    giulia, customer = await desk.agent("Giulia"), await desk.customer()
    await customer.say("dov'è il mio ordine?")
    await customer.message("eco: dov'è").wait_for()
    await customer.say("operatore")
    await giulia.accept()
    why = giulia.page.locator("li.from-bot", has_text="Aspetta una persona").locator("details.why")
    await why.locator("summary").click()
    await expect(why).to_contain_text("Ha letto: «operatore»")

    await why.get_by_role("button", name="Ha capito male").click()
    await why.get_by_label("Che cosa voleva il cliente").fill("track_order")
    await why.get_by_role("button", name="Salva").click()
    await expect(why).to_contain_text("Era: track_order.")

    with desk.database.reading() as session:
        [marked] = session.query(WrongAnswer)
    assert (marked.understood, marked.meant) == ("ask_human", "track_order")
    await why.get_by_role("button", name="Non era sbagliata").click()
    await why.get_by_role("button", name="Ha capito male").wait_for()


async def test_the_keys_are_listed_lead_to_pages_and_a_question_mark_can_still_be_written(desk: DeskSite) -> None:
    giulia, customer = await desk.agent("Giulia"), await desk.customer()
    await customer.say("operatore")
    await giulia.accept()
    sheet = giulia.page.get_by_role("dialog", name="Tasti")
    await giulia.text.press("?")
    await expect(giulia.text).to_have_value("?")
    await expect(sheet).to_be_hidden()

    await giulia.page.locator("#show-keys").focus()
    await giulia.page.keyboard.press("?")
    await sheet.get_by_label("I tasti da soli").uncheck()
    await giulia.page.keyboard.press("Escape")
    await giulia.page.keyboard.press("?")
    await expect(sheet).to_be_hidden()
    await giulia.page.keyboard.press("Alt+c")
    await giulia.page.get_by_role("heading", name="Cerca una conversazione").wait_for()
    await giulia.page.get_by_label("Parole, nome").fill("operatore")
    await giulia.page.get_by_role("button", name="Cerca").click()
    await giulia.page.locator("mark", has_text="operatore").first.wait_for()


async def test_the_tools_keep_the_rules_of_accessibility(desk: DeskSite) -> None:
    found = []
    for name, screen in (("desktop", {}), ("phone", PHONE)):
        marco, customer = await desk.agent("Marco", **screen), await desk.customer()
        await customer.say("operatore")
        await marco.page.locator(".entry").first.wait_for()
        with desk.database.writing() as session:
            now = datetime.now(timezone.utc)
            staff_requests.note_once(session, f"k{name}", "intent:request_callback", {"phone": "333"}, now)
        for path in ("search?q=operatore", "board?days=28", "board?by=reason", "requests", "calls"):
            await marco.page.goto(f"{desk.front.url}desk/{path}")
            await marco.page.get_by_role("heading", level=1).wait_for()
            found += await violations(marco.page, f"{path}, {name}", "body")
            await shoot(marco.page, f"{name}-{path.partition('?')[0]}")
            wide = await marco.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert (path, name, wide) == (path, name, 0)
        await marco.page.keyboard.press("?")
        await marco.page.get_by_role("dialog", name="Tasti").wait_for()
        found += await violations(marco.page, f"keys, {name}", "body")
        await marco.page.keyboard.press("Escape")
        await marco.page.goto(f"{desk.front.url}desk/")
        await marco.accept()
        await marco.page.locator("#attach input").set_input_files(
            [{"name": "sedia.jpg", "mimeType": "image/jpeg", "buffer": pictures.encoded()}]
        )
        await marco.page.locator("#attach li.ready").wait_for()
        await marco.page.locator("details.why summary").first.click()
        await marco.page.get_by_role("button", name="Ha capito male").first.click()
        await marco.page.get_by_label("Che cosa voleva il cliente").wait_for()
        found += await violations(marco.page, f"conversation, {name}", "body")
        await shoot(marco.page, f"{name}-conversation")
        height = await marco.page.locator("#scroll").evaluate("box => box.clientHeight")
        assert (name, height > 250) == (name, True)

    assert found == []
