"""Managers read the figures, trainers review conversations and make tests of them, in real browsers."""

import os
import shutil
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from base.clock import FixedClock, SystemClock
from base.database import Database
from tests.desk.desk_server import account
from tests.e2e.axe import violations
from tests.e2e.desk_site import DeskSite, serving
from tests.e2e.widget_site import PHONE
from tests.switchboard.talks import PERSON, Talker

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

SHOTS = os.environ.get("SPORTELLO_SCREENSHOTS", "")  # a folder: what the pages look like
MINUTE = timedelta(minutes=1)
FIRST = "Buongiorno, dov'è l'ordine 998877?"


def make_past(database: Database) -> None:
    """Twelve customers of some days ago: half of them are told where their order is, others go or want a person."""
    clock = FixedClock(datetime.now(timezone.utc) - timedelta(days=12))
    for number in range(12):
        who = Talker(database, clock, "telegram" if number % 3 == 0 else "web", f"c{number}")
        asked = {"order_number": "998877"}
        who.asks("track_order", "utter_ask_order_status_form_email", text=FIRST, entities=asked)
        clock.move(MINUTE)
        if number % 2:
            who.asks("give_details", "utter_order_in_transit", text="ugo@example.org", read=[["order", "998877"]])
        elif number % 4:
            who.asks("ask_human", "utter_person_waiting", effects=[PERSON], text="una persona")
        clock.move(timedelta(hours=7))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop's own folder, with nothing in it."""
    return tmp_path_factory.mktemp("home")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(migrated_sqlite: Path, home: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DeskSite]:
    folder = tmp_path_factory.mktemp("review")
    file = Path(shutil.copy(migrated_sqlite, folder / "sportello.db"))
    async with serving(file, folder, home) as site:
        account(site.database, SystemClock(), "Ada", "admin")
        make_past(site.database)
        yield site
        await site.forget()


async def look_at(page: Page, name: str) -> list[str]:
    """What is wrong with the page for whoever cannot see or has a small screen; pictures where somebody wants them."""
    if SHOTS:
        await page.screenshot(path=f"{SHOTS}/{name}.png")
    found = list(await violations(page, name, "body"))
    if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append(f"{name}: wider than the screen")
    return found


async def test_the_figures_are_read_by_anybody_on_any_screen_and_downloaded(desk: DeskSite) -> None:
    found: list[str] = []
    for name, screen in (("desktop", {}), ("phone", PHONE), ("dark", {"color_scheme": "dark"})):
        marco = await desk.agent("Marco", **screen)
        await marco.page.goto(f"{desk.front.url}desk/figures")
        await expect(marco.page.locator(".tiles dd").first).to_contain_text("12")
        await expect(marco.page.get_by_role("img")).to_have_count(3)
        found += await look_at(marco.page, f"figures-{name}")
    assert found == []

    await marco.page.locator("select[name=channel]").select_option("telegram")
    await marco.page.get_by_role("button", name="Mostra", exact=True).click()
    await expect(marco.page.get_by_text("Le conversazioni sono meno di 5")).to_be_visible()
    await marco.page.locator("select[name=channel]").select_option("web")
    await marco.page.get_by_role("button", name="Mostra", exact=True).click()
    async with marco.page.expect_download() as download:
        await marco.page.get_by_role("link", name="Scarica in CSV: Com'è finita").click()
    table = Path(await (await download.value).path()).read_text("utf-8-sig")
    assert table.startswith("Com'è finita;Quante;") and "998877" not in table


async def test_a_conversation_is_found_tagged_commented_on_and_made_into_a_test(desk: DeskSite, home: Path) -> None:
    found: list[str] = []
    for name, screen in (("phone", PHONE), ("dark", {"color_scheme": "dark"}), ("desktop", {})):
        ada = await desk.agent("Ada", **screen)
        page = ada.page
        await page.get_by_role("link", name="Rivedere").click()
        await page.locator("select[name=outcome]").select_option("left")
        await page.get_by_role("button", name="Mostra", exact=True).click()
        await expect(page.get_by_role("heading", name="3 conversazioni trovate")).to_be_visible()
        found += await look_at(page, f"review-{name}")
        await page.locator(".entry a").first.click()
        await expect(page.locator(".bubble").nth(1)).to_have_text("Buongiorno, dov'è l'ordine ••••••?")
        found += await look_at(page, f"reviewed-{name}")
    assert found == []

    await page.get_by_role("button", name="Aggiungi l'etichetta tono").click()
    await page.get_by_label("Nuovo commento").fill("manca il numero, 998877")
    await page.get_by_role("button", name="Salva il commento").click()
    await expect(page.locator(".comments .note")).to_have_text("manca il numero, ••••••")
    await expect(page.locator(".tags .tag")).to_have_text(["tono"])
    await page.get_by_role("button", name="Togli il commento").click()
    await expect(page.locator(".comments")).to_have_count(0)

    await page.get_by_role("link", name="Fanne una prova").click()
    draft = await page.get_by_label("La prova, in YAML").input_value()
    assert "998877" not in draft and "intent: track_order" in draft
    await page.get_by_label("Argomento").fill("orders")
    await page.get_by_role("button", name="Controlla").click()
    await expect(page.get_by_role("alert")).to_contain_text("È a posto", timeout=60_000)
    found = await look_at(page, "test-desktop")
    await page.get_by_role("button", name="Scrivi nella cartella").click()
    await expect(page.get_by_role("alert")).to_contain_text("Scritta", timeout=60_000)
    assert found == []
    assert (home / "tests" / "conversations" / "orders.yml").read_text() == draft
