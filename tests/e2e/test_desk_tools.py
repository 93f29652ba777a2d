"""The desk's tools beside the conversation itself, in real browsers."""

import shutil
from pathlib import Path
from typing import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from switchboard.models import Conversation, Handoff
from tests.attachments import pictures
from tests.e2e.desk_site import DeskSite, serving

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]


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
