"""The customers' chat in a real browser, on a real front: what is on screen, through refusals, reloads and kills."""

import shutil
import sqlite3
from pathlib import Path
from typing import AsyncIterator

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from base.settings import ROOT, Register
from front.pages import read_pages
from tests.e2e.widget_site import CARD, DESKTOP, PHONE, Chat, Front, scripted
from tests.front.fake_engine import FakeEngine

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
DARK = {**DESKTOP, "color_scheme": "dark"}
MAX_BYTES = 60 * 1024
WAIT_MS = 15_000


@pytest.fixture(scope="module")
def database_file(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copy(migrated_sqlite, tmp_path_factory.mktemp("chat") / "sportello.db"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def front(database_file: Path) -> AsyncIterator[Front]:
    """One for all of them, who have one address; each customer may say as much as anywhere."""
    async with FakeEngine(scripted).serving() as engine:
        front = Front(database_file, engine.port, database_file.parent, SPORTELLO_SESSIONS_PER_MINUTE="100000")
        await front.start()
        yield front
        await front.kill()


@pytest_asyncio.fixture(loop_scope="module")
async def chat(browser: Browser, front: Front) -> AsyncIterator[Chat]:
    chat = await Chat.visit(browser, front.url, **DESKTOP)
    yield chat
    assert chat.faults == []


async def test_nothing_is_stored_or_connected_before_the_chat_is_opened(browser: Browser, front: Front) -> None:
    page = await browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))

    await page.goto(front.url)
    await page.get_by_role("button", name="Apri la chat").wait_for()
    await page.wait_for_load_state("networkidle")

    assert asked and not [url for url in asked if "socket.io" in url]
    assert await page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert await page.context.cookies() == []


async def test_opening_puts_the_cursor_in_the_chat_and_esc_gives_the_focus_back(chat: Chat) -> None:
    await chat.open()
    opened = await chat.focused()
    await chat.page.keyboard.press("Escape")

    assert opened == "textarea"
    await expect(chat.launcher).to_be_visible()
    assert await chat.focused() == "launcher"


async def test_a_card_shows_every_step_with_its_state_in_words(chat: Chat) -> None:
    await chat.open()

    await chat.say("ordine")
    card = chat.page.get_by_role("region", name=CARD["title"])
    await card.wait_for()

    steps = await card.get_by_role("listitem").all_text_contents()
    assert steps == [
        "Pagato, fatto, venerdì 20 novembre",
        "In viaggio, in corso, oggi alle 9.15. Ultimo passaggio: Bologna",
        "Consegna non riuscita, problema",
        "Consegnato, da fare",
    ]
    assert await card.get_by_role("link").get_attribute("href") == CARD["links"][0]["url"]


async def test_a_button_is_used_once(chat: Chat) -> None:
    await chat.open()
    await chat.say("ordine")

    await chat.page.get_by_role("button", name="Altro ordine").click()
    await chat.message("eco: Altro ordine").wait_for()

    await expect(chat.page.get_by_role("button", name="Altro ordine")).to_have_count(0)
    assert await chat.said("customer") == ["ordine", "Altro ordine"]


async def test_a_reload_restores_the_conversation_and_leaves_the_focus_to_the_page(chat: Chat) -> None:
    await chat.open()
    await chat.say("ordine")
    await chat.page.get_by_role("button", name="Altro ordine").wait_for()
    before = await chat.said()

    await chat.page.reload()
    await chat.page.get_by_role("button", name="Altro ordine").wait_for()

    assert await chat.said() == before
    assert await chat.focused() is None


async def test_what_is_written_while_the_front_is_dead_is_sent_once_and_in_order(chat: Chat, front: Front) -> None:
    await chat.open()
    await chat.say("prima")
    await chat.message("eco: prima").wait_for()

    await front.kill()
    for text in ("uno", "due", "tre"):
        await chat.say(text)
    await expect(chat.log.get_by_text("In attesa di connessione")).to_have_count(3)
    await expect(chat.page.get_by_text("Riconnessione in corso")).to_be_visible()
    await front.start()
    await expect(chat.message("eco: tre")).to_be_visible(timeout=WAIT_MS)

    assert await chat.said("customer") == ["prima", "uno", "due", "tre"]
    await expect(chat.page.get_by_text("Riconnessione in corso")).to_have_count(0)


async def test_what_was_not_sent_survives_a_reload(chat: Chat, front: Front) -> None:
    await chat.open()
    await front.kill()
    await chat.say("scritto a linea morta")
    await expect(chat.log.get_by_text("In attesa di connessione")).to_be_visible()
    await chat.page.locator("sportello-chat").evaluate("chat => chat.remove()")  # it cannot send any more
    await front.start()

    await chat.page.reload()
    await expect(chat.message("eco: scritto a linea morta")).to_be_visible(timeout=WAIT_MS)

    assert await chat.said("customer") == ["scritto a linea morta"]


async def test_a_refusal_is_shown_in_the_servers_words_and_nothing_is_lost(chat: Chat) -> None:
    texts = [f"messaggio {number}" for number in range(12)]  # more than the server takes at once
    await chat.open()

    for text in texts:
        await chat.say(text)
    await expect(chat.log.get_by_role("button", name="Riprova")).to_be_visible()
    await expect(chat.message("eco: messaggio 11")).to_be_visible(timeout=WAIT_MS)

    assert await chat.said("customer") == texts


async def test_markup_stays_text_and_only_web_addresses_become_links(chat: Chat) -> None:
    text = "<img src=x onerror=alert(1)> javascript:alert(1) https://www.example.it/a?b=1). /privacy."
    await chat.open()

    await chat.say(text)
    await chat.message("eco: <img").wait_for()

    links = chat.log.locator(".from-customer a")
    assert await links.evaluate_all("all => all.map(a => new URL(a.href).pathname + a.rel)") == [
        "/anoopener noreferrer",
        "/privacynoopener noreferrer",
    ]
    await expect(chat.log.locator("img")).to_have_count(0)


async def test_shift_enter_starts_a_line_and_too_long_a_text_is_not_sent(chat: Chat) -> None:
    await chat.open()
    await chat.input.fill("prima")
    await chat.input.press("Shift+Enter")
    await chat.input.press_sequentially("seconda")
    await chat.input.press("Enter")
    await chat.message("eco: prima").wait_for()

    await chat.say("a" * 2001)

    await expect(chat.page.get_by_text("1 carattere di troppo")).to_be_visible()
    assert await chat.said("customer") == ["prima\nseconda"]


async def test_two_tabs_show_the_same_and_the_closed_one_counts_what_is_new(chat: Chat, front: Front) -> None:
    await chat.open()
    other = Chat(await chat.page.context.new_page())
    await other.page.goto(front.url)
    await other.open()
    await chat.page.get_by_role("button", name="Chiudi la chat").click()

    await other.say("dall'altra scheda")
    await other.message("eco: dall'altra scheda").wait_for()

    await expect(chat.page.get_by_role("button", name="Apri la chat di assistenza, 1 messaggio nuovo")).to_be_visible()
    await chat.open()
    assert await chat.said() == await other.said()


async def test_a_new_conversation_is_told_from_the_one_that_was_closed(chat: Chat, database_file: Path) -> None:
    await chat.open()
    await chat.say("vecchia")
    await chat.message("eco: vecchia").wait_for()
    with sqlite3.connect(database_file, timeout=5) as connection:
        connection.execute("UPDATE conversations SET closed_at = last_at")

    await chat.say("nuova")
    await chat.message("eco: nuova").wait_for()

    await expect(chat.log.get_by_text("Nuova conversazione")).to_be_visible()
    assert await chat.said("customer") == ["vecchia", "nuova"]


async def test_on_a_phone_the_chat_fills_the_screen_and_hides_the_page_behind(browser: Browser, front: Front) -> None:
    chat = await Chat.visit(browser, front.url, **PHONE)

    await chat.open()

    assert await chat.page.locator("dialog").bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert await chat.page.locator("dialog").evaluate("dialog => dialog.matches(':modal')")
    assert await chat.focused() == "h2"  # the keyboard stays down until the customer wants to write


async def test_at_four_times_the_size_everything_can_be_read_and_used(browser: Browser, front: Front) -> None:
    chat = await Chat.visit(browser, front.url, viewport={"width": 320, "height": 256})
    await chat.open()

    await chat.say("ordine")
    await chat.page.get_by_role("region", name=CARD["title"]).wait_for()

    assert await chat.log.evaluate("log => log.scrollWidth <= log.clientWidth && log.clientHeight >= 120")
    assert await chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await expect(chat.input).to_be_in_viewport()


@pytest.mark.parametrize("screen", [DESKTOP, PHONE, DARK], ids=["desktop", "phone", "dark"])
async def test_axe_finds_nothing_closed_open_and_with_a_card(browser: Browser, front: Front, screen: dict) -> None:
    chat = await Chat.visit(browser, front.url, **screen)

    closed = await _violations(chat.page)
    await chat.open()
    opened = await _violations(chat.page)
    await chat.say("ordine")
    await chat.page.get_by_role("region", name=CARD["title"]).wait_for()
    with_card = await _violations(chat.page)

    assert (closed, opened, with_card) == ([], [], [])


async def test_axe_finds_nothing_on_the_privacy_notice(browser: Browser, front: Front) -> None:
    page = await browser.new_page()

    await page.goto(f"{front.url}privacy")

    assert await _violations(page) == []


async def test_the_widget_is_small_enough_for_a_slow_phone() -> None:
    pages = read_pages(ROOT, Register.TU)
    compressed = {path: len(page.coded["br"]) for path, page in pages.items() if path.startswith("/widget/")}

    assert sum(size for path, size in compressed.items() if path.endswith(".js")) <= MAX_BYTES, compressed


async def _violations(page: Page) -> list[str]:
    found = await Axe().run(page)
    return [f"{violation['id']}: {violation['nodes'][0]['html']}" for violation in found.response["violations"]]
