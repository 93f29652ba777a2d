"""A shop with departments, in real browsers: a customer is passed from one to another with everything known."""

import shutil
from pathlib import Path
from typing import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.departments import shop_folder
from tests.e2e.axe import violations
from tests.e2e.desk_site import DeskSite, serving
from tests.e2e.widget_site import PHONE

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DeskSite]:
    folder = tmp_path_factory.mktemp("departments")
    file = Path(shutil.copy(migrated_sqlite, folder / "sportello.db"))
    async with serving(file, folder, shop_folder(folder), ["vendite"]) as site:
        yield site
        await site.forget()


async def test_an_agent_passes_a_customer_to_a_department_that_knows_everything(desk: DeskSite) -> None:
    giulia, marco, customer = await desk.agent("Giulia"), await desk.agent("Marco"), await desk.customer(**PHONE)
    await customer.say("un operatore, per favore")
    await giulia.accept()
    await giulia.menu("Nota")
    await giulia.page.get_by_label("Nota interna").fill("è già cliente")
    await giulia.page.get_by_role("button", name="Salva la nota").click()
    await giulia.said("è già cliente").wait_for()

    await giulia.menu("Passa")
    assert await violations(giulia.page, "passing on", "body") == []
    await giulia.page.get_by_label("A quale reparto").select_option("vendite")
    await giulia.page.get_by_label("Perché, e che cosa devono sapere").fill("chiede uno sconto")
    await giulia.page.get_by_role("button", name="Passa al reparto").click()

    await customer.message("Giulia ti fa rispondere dal reparto Vendite").wait_for()
    await expect(customer.page.locator(".greeting")).to_have_text("In coda per una persona, al posto 1")
    await giulia.page.get_by_role("heading", name="Coda").wait_for()
    await expect(giulia.page.get_by_role("heading", name="Vendite", exact=True)).to_be_visible()  # pushed
    await expect(giulia.page.locator(".entry")).to_contain_text("proposta a Marco")
    await expect(marco.page.get_by_role("heading", name="Proposte a te")).to_be_visible()
    await expect(marco.page.locator(".entry")).to_contain_text("Reparto Vendite")
    assert await violations(marco.page, "queue of a department", "body") == []

    await marco.accept()
    await marco.said("chiede uno sconto").wait_for()
    await expect(marco.said("è già cliente")).to_be_visible()
    await marco.say("Buongiorno, sono Marco delle vendite")
    await customer.message("Buongiorno, sono Marco delle vendite").wait_for()
    assert not any("sconto" in text or "è già cliente" in text for text in await customer.said())
