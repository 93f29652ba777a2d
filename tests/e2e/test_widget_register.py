"""The customers' chat of a shop that says "Lei", on a page that does."""

import shutil
from pathlib import Path
from typing import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from base.settings import Register
from check.informal import informal_words
from tests.e2e.site import Site, serving_site

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
# Said to the program, as in any other.
# Said to the program, as in any other.
NAMES_OF_COMMANDS = {"openChat", "closeChat", "close", "retry", "wayOpenTelegram"}
WORDS = """async () => {
  const { texts } = await import("/widget/language.js");
  const said = (value) => typeof value === "function" ? value("x") : value;
  return Object.entries(texts).flatMap(([key, value]) => typeof value === "object"
    ? Object.entries(value).map(([name, words]) => [`${key}.${name}`, said(words)]) : [[key, said(value)]]);
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_site(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    database_file = Path(shutil.copy(migrated_sqlite, folder / "sportello.db"))
    async with serving_site(database_file, folder, register=Register.LEI) as site:
        yield site


async def test_page_welcome_and_chat_are_formal(site: Site) -> None:
    chat = await site.opened()
    write = chat.page.get_by_role("textbox", name="Scriva un messaggio")

    await expect(chat.page.get_by_text("Apra la chat in basso")).to_be_visible()
    await expect(chat.message("le dico a che punto è un ordine")).to_be_visible()
    await write.fill("prova")
    await write.press("Enter")
    await chat.message("eco: prova").wait_for()
    await chat.page.get_by_role("button", name="Altre opzioni").click()
    await chat.page.get_by_role("button", name="Esci", exact=True).click()

    await expect(chat.page.get_by_text("Vuole uscire dalla conversazione?")).to_be_visible()
    await expect(chat.page.get_by_text("Se le serve una copia, la faccia prima.")).to_be_visible()


async def test_no_informal_word_is_left_in_the_chat(site: Site) -> None:
    chat = await site.visit()

    words = await chat.page.evaluate(WORDS)
    left = [f"{key}: {text}" for key, text in words if key not in NAMES_OF_COMMANDS and informal_words(text)]

    assert len(words) > 60 and not left, f"say it formally too, in widget/it-lei.js: {left}"
