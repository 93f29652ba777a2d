"""What the customers' chat looks like, against pictures that are kept (tests/e2e/screens.py tells how)."""

import shutil
from datetime import datetime, timezone
from pathlib import Path
from typing import AsyncIterator

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import expect
from sqlalchemy import update

from switchboard.body import ButtonMeaning, Reply
from switchboard.models import Message
from tests.e2e.cards import RICH
from tests.e2e.screens import DRAWING, FONTS, difference, picture_of, sample_of
from tests.e2e.site import Site, serving_site
from tests.e2e.widget_site import CARD, DESKTOP, PHONE, Chat

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
SAID_AT = datetime(2026, 11, 23, 9, 15, tzinfo=timezone.utc)
SEEN_AT = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)
BLANK = """<!doctype html><html lang="it"><title>Vuota</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script type="module" src="/widget/sportello-chat.js"></script>"""
SCREENS = {
    "desktop-light": DESKTOP,
    "desktop-dark": {**DESKTOP, "color_scheme": "dark"},
    "phone-light": PHONE,
    "phone-dark": {**PHONE, "color_scheme": "dark"},
}
LONG = "Per il reso di un articolo ingombrante il corriere passa al piano, con un preavviso di due giorni. " * 3
WORD = "Precipitevolissimevolmente" * 4
CHANGES = (
    ":host { --accent: #1f5f6b }",  # a slightly different green
    ".bubble { padding: 10px 15px }",  # one pixel more
    ".bubble, .buttons button { border-radius: 10px }",
    ".message { color: #444 }",
    ".log { font-size: 15px }",
    ".buttons { display: none }",
)
ADD_SHEET = """(chat, css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  chat.shadowRoot.adoptedStyleSheets = [...chat.shadowRoot.adoptedStyleSheets, sheet];
}"""
REMOVE_SHEET = "chat => { chat.shadowRoot.adoptedStyleSheets = chat.shadowRoot.adoptedStyleSheets.slice(0, -1) }"
QUESTION = Reply("Dov'è il mio ordine 104233?")
STATUS = Reply("È in viaggio.", (ButtonMeaning("Altro ordine", "greet"), ButtonMeaning("Grazie", "greet")), CARD)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_site(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """The module's site, in a browser that draws as the kept pictures were drawn."""
    folder = tmp_path_factory.mktemp("site")
    database_file = Path(shutil.copy(migrated_sqlite, folder / "sportello.db"))
    async with serving_site(database_file, folder, *DRAWING, **FONTS) as site:
        letters = difference("letters", await sample_of(site.browser))
        if not letters.tolerable:
            pytest.skip(f"letters look different on this machine: {letters.share:.1%} of their sample's pixels differ")
        yield site


@pytest.mark.parametrize("screen", SCREENS)
async def test_a_conversation_with_card_and_buttons(site: Site, screen: str) -> None:
    chat = await conversation(site, screen)

    assert_as_kept(f"conversation-{screen}", await picture(chat))


@pytest.mark.parametrize("screen", ["desktop-light", "phone-dark"])
async def test_offline_with_messages_that_wait(site: Site, screen: str) -> None:
    chat = await conversation(site, screen)

    await chat.page.context.set_offline(True)
    await chat.say("Scusate, è il 104233.")
    await chat.say("Mi serve per sabato.")
    await expect(chat.log.get_by_text("In attesa di connessione")).to_have_count(2)
    await chat.page.get_by_text("Sei offline").wait_for()

    assert_as_kept(f"offline-{screen}", await picture(chat))


@pytest.mark.parametrize("screen", ["desktop-dark", "phone-light"])
async def test_long_texts_and_words(site: Site, screen: str) -> None:
    chat = await restored(site, screen, Reply(WORD), Reply(LONG, (ButtonMeaning(WORD[:78], "greet"),)))

    assert_as_kept(f"long-{screen}", await picture(chat))


async def test_every_kind_of_card(site: Site) -> None:
    chat = await restored(site, "phone-light", *RICH)

    assert_as_kept("cards-phone-light", await picture(chat))


async def test_the_button_on_the_page_with_news(site: Site) -> None:
    chat = await restored(site, "desktop-light")
    await chat.page.get_by_role("button", name="Chiudi la chat").click()
    await site.write(chat, Reply("Il tuo ordine è arrivato."))
    button = chat.page.get_by_role("button", name="1 messaggio nuovo")
    await button.wait_for()

    assert_as_kept("button-desktop-light", await picture_of(button))


async def test_small_changes_of_look_are_noticed(site: Site) -> None:
    chat = await conversation(site, "desktop-light")
    element = chat.page.locator("sportello-chat")
    unchanged = difference("conversation-desktop-light", await picture(chat), write=False)

    unnoticed = []
    for css in CHANGES:
        await element.evaluate(ADD_SHEET, css)
        if difference("conversation-desktop-light", await picture(chat), write=False).tolerable:
            unnoticed.append(css)
        await element.evaluate(REMOVE_SHEET)

    assert unchanged.tolerable
    assert unnoticed == []


async def conversation(site: Site, screen: str) -> Chat:
    """A question about an order, with its answer."""
    return await restored(site, screen, QUESTION, STATUS)


async def restored(site: Site, screen: str, *said: Reply) -> Chat:
    """The chat on an empty page, with these rows after the welcome; always at the same hour of the same day."""
    chat = await site.opened(timezone_id="Europe/Rome", **SCREENS[screen])
    blank = f"{site.front.url}vuota"
    await chat.page.route(blank, lambda route: route.fulfill(body=BLANK, content_type="text/html"))
    for reply in said:
        await site.write(chat, reply, kind="customer" if reply is QUESTION else "bot")
    await site.database.write(lambda session: session.execute(update(Message).values(created_at=SAID_AT)))
    await chat.page.clock.set_fixed_time(SEEN_AT)
    await chat.page.goto(blank)
    if not await chat.page.get_by_role("dialog").count():
        await chat.launcher.click()
    await expect(chat.log.locator(".bubble")).to_have_count(1 + len(said))
    return chat


async def picture(chat: Chat) -> Image.Image:
    await chat.page.mouse.move(0, 0)
    return await picture_of(chat.page.get_by_role("dialog"))


def assert_as_kept(name: str, shown: Image.Image) -> None:
    found = difference(name, shown)
    assert found.tolerable, f"{found.share:.2%} of {name} looks different: {found.kept_aside(name)}"
