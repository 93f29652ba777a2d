"""The report of `sportello test` in a real browser: accessible in any colours, on a phone, with the keyboard alone."""

from pathlib import Path
from typing import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page

from base.words import WordsOf
from evaluation.model_test import WORDS, Findings, verdict_on
from evaluation.page.page import page as rendered
from tests.e2e.axe import violations
from tests.e2e.widget_site import chromium
from tests.evaluation.planted import alone, compared

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser_page() -> AsyncIterator[Page]:
    async with chromium() as browser:
        yield await browser.new_page(viewport={"width": 390, "height": 800}, reduced_motion="reduce")


async def opened(page: Page, findings: Findings, folder: Path) -> Page:
    """The report as a file, opened as a trainer opens it."""
    words, file = WordsOf.read(WORDS), folder / "report.html"
    file.write_text(rendered(findings, verdict_on(findings, words), words), encoding="utf-8")
    await page.goto(file.as_uri())
    return page


@pytest.mark.parametrize("findings", [alone(), compared()], ids=["alone", "compared"])
async def test_it_can_be_read_by_everybody(browser_page: Page, findings: Findings, tmp_path: Path) -> None:
    page = await opened(browser_page, findings, tmp_path)
    await page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")

    assert await violations(page, "report", context="body") == []
    headings = await page.eval_on_selector_all("h1, h2, h3", "all => all.map(one => Number(one.tagName[1]))")
    assert headings.count(1) == 1 and all(after - before <= 1 for before, after in zip(headings, headings[1:]))
    assert await page.locator("table").count() == await page.locator("table > caption").count()


async def test_nothing_is_wider_than_a_phone(browser_page: Page, tmp_path: Path) -> None:
    page = await opened(browser_page, compared(), tmp_path)

    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(wide) == 0


async def test_the_keyboard_leads_to_the_content_and_opens_what_came_before(browser_page: Page, tmp_path: Path) -> None:
    page = await opened(browser_page, compared(), tmp_path)

    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "contenuto"

    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.tagName") == "SUMMARY"
    await page.keyboard.press("Enter")
    assert await page.get_by_text("«ciao»").first.is_visible()
