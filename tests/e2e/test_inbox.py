"""A trainer labels sentences with keys alone, and writes what they change into the shop's folder, in a real browser."""

import asyncio
import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any, AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from base.clock import SystemClock
from switchboard.models import InboxSentence, InboxStep, Label
from tests.desk.desk_server import account
from tests.e2e.axe import violations
from tests.e2e.desk_site import Agent, DeskSite, serving
from tests.e2e.widget_site import PHONE
from tests.switchboard.inbox import asked

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

SHOTS = os.environ.get("SPORTELLO_SCREENSHOTS", "")  # a folder: what the pages look like
HEADING = "La posta delle frasi"
RANKING = (("track_order", 0.42), ("track_return", 0.3), ("request_invoice", 0.1))
WRITTEN = (
    "fate il montaggio dei mobili a casa?",
    "il montaggio dei mobili a casa è compreso?",
    "avete la lista nozze?",
    "sono Ilaria Cucuzza, che fine ha fatto il 104277",
    "mi serve la carta del pagamento",
    "vendete vernici",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_desk(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DeskSite]:
    folder = tmp_path_factory.mktemp("inbox")
    (folder / "home").mkdir()
    file = Path(shutil.copy(migrated_sqlite, folder / "sportello.db"))
    async with serving(file, folder, folder / "home") as site:
        account(site.database, SystemClock(), "Teresa", "trainer")
        yield site


@pytest_asyncio.fixture(loop_scope="module")
async def desk(module_desk: DeskSite) -> AsyncIterator[DeskSite]:
    """The module's desk, where customers have written `WRITTEN`, and nothing has been done with it."""
    now = SystemClock().now()
    with module_desk.database.writing() as session:
        for table in (InboxSentence, InboxStep, Label):
            session.query(table).delete()
        for number, text in enumerate(WRITTEN):
            at = now - timedelta(minutes=number)  # each its own time: the list has one order
            asked(session, text, at, ranking=RANKING, session_id=f"ws_{number}", client_id=f"{at.timestamp()}")
    yield module_desk
    await module_desk.forget()


async def trainer(desk: DeskSite, **context: Any) -> Agent:
    return await desk.agent("Teresa", HEADING, **context)


def labels(desk: DeskSite) -> list[tuple[str, str, bool]]:
    with desk.database.reading() as session:
        return [(one.sentence, one.intent, one.held_out) for one in session.query(Label).order_by(Label.at, Label.id)]


def desk_home(desk: DeskSite) -> Path:
    """The shop's folder."""
    return Path(str(desk.database.engine.url.database)).with_name("home")


async def open_group(page: Page, text: str) -> None:
    """Move down the list until the group that begins with this sentence is open."""
    opened = page.locator(".groups a[aria-current] .words")
    for _ in WRITTEN:
        if text in await opened.inner_text():
            return
        before = await page.evaluate("location.href")  # page.url may still be the address of before
        await page.keyboard.press("j")
        await page.wait_for_function("before => location.href !== before", arg=before)
    raise AssertionError(text)


async def test_everything_is_done_with_keys_alone(desk: DeskSite) -> None:
    teresa = await trainer(desk)
    page, keys = teresa.page, teresa.page.keyboard
    heading, done = page.locator("#group-heading"), page.locator(".done")
    await expect(page.locator(".groups a")).to_have_count(5)
    await expect(heading).to_contain_text("2 frasi simili")

    await keys.press("t")
    await keys.press("2")
    await expect(done).to_contain_text("2 frasi per «Vuole sapere a che punto è un reso»")
    await expect(heading).to_be_focused()
    assert {(intent, held_out) for _, intent, held_out in labels(desk)} == {("track_return", True)}
    await keys.press("u")
    await expect(done).to_contain_text("Annullato")
    assert labels(desk) == []

    await keys.press("x")
    await expect(done).to_contain_text("ha un gruppo suo")
    await expect(page.locator(".groups a")).to_have_count(6)
    await keys.press("u")
    await expect(page.locator(".groups a")).to_have_count(5)

    await open_group(page, "vendete vernici")
    await keys.press("0")
    await expect(done).to_contain_text("Fuori tema")
    await open_group(page, "avete la lista nozze?")
    await keys.press("s")
    await expect(done).to_contain_text("Rimandata")

    await open_group(page, "mi serve la carta")
    await keys.press("e")
    await keys.press("Control+A")
    await keys.type("mi manda la fattura? 1")
    await keys.press("Escape")
    await keys.press("/")
    await keys.type("vuole la fattura")
    await keys.press("Enter")
    await expect(done).to_contain_text("«Vuole la fattura»")

    assert labels(desk) == [
        ("vendete vernici", "out_of_scope", False),
        ("mi manda la fattura? 1", "request_invoice", False),
    ]


async def test_keys_alone_can_be_turned_off_and_do_nothing_where_one_writes(desk: DeskSite) -> None:
    teresa = await trainer(desk)
    page, keys = teresa.page, teresa.page.keyboard
    field = page.locator(".teach textarea").first
    await field.fill("")
    await field.press("1")
    await expect(field).to_have_value("1")

    await keys.press("Escape")
    await keys.press("?")
    await page.get_by_role("dialog", name="Tasti").get_by_label("I tasti da soli").uncheck()
    await keys.press("Escape")
    await keys.press("1")
    await keys.press("s")
    await page.get_by_role("button", name="Rimanda").click()
    await expect(page.locator(".done")).to_contain_text("Rimandata")

    assert labels(desk) == []


async def test_what_is_wrong_with_an_annotation_is_told_while_it_is_written(desk: DeskSite) -> None:
    teresa = await trainer(desk)
    field = teresa.page.locator(".teach textarea").first

    await field.fill("dov'è il [104206](ordine)")
    await expect(teresa.page.locator(".faults").first).to_contain_text("l'entità «ordine» non esiste")
    await teresa.page.keyboard.press("Escape")
    await teresa.page.keyboard.press("1")
    await expect(teresa.page.locator("#error")).to_contain_text("non va bene così")
    await expect(field).to_be_focused()
    await field.fill("dov'è il [104206](order_number)")
    await expect(teresa.page.locator(".faults").first).to_have_text("")

    assert labels(desk) == []


async def test_what_was_labelled_is_written_into_the_shop_s_folder_and_taken_back(desk: DeskSite) -> None:
    teresa = await trainer(desk)
    page = teresa.page
    await open_group(page, "vendete vernici")
    await page.keyboard.press("1")
    await page.get_by_role("link", name="1 frase da scrivere").click()
    await expect(page.locator(".diff .added", has_text="- vendete vernici")).to_be_visible()
    orders = desk_home(desk) / "nlu" / "orders.yml"

    await page.get_by_role("button", name="Scrivi nella cartella").click()
    await expect(page.locator(".done")).to_contain_text("Scritto")
    written = orders.read_text(encoding="utf-8")
    await page.get_by_role("button", name="Annulla").click()
    await expect(page.locator(".done")).to_contain_text("Annullato")

    assert "- vendete vernici\n" in written and not orders.exists()


async def test_a_form_that_was_sent_is_answered_though_a_measurement_ends_meanwhile(desk: DeskSite) -> None:
    teresa = await trainer(desk)
    page, let, looked = teresa.page, asyncio.Event(), asyncio.Event()
    await open_group(page, "vendete vernici")
    await page.keyboard.press("1")
    await expect(page.locator(".done")).to_contain_text("Fatto")

    async def runs_and_ends(route: Route) -> None:
        looked.set()
        await let.wait()
        await route.fulfill(json={"ok": True, "runs": False, "going": "", "text": ""})

    async def writes_slowly(route: Route) -> None:
        answer = await route.fetch(max_redirects=0)
        let.set()
        await asyncio.wait_for(looked.wait(), 30)
        await page.wait_for_timeout(500)  # in which the page must not be loaded anew
        await route.fulfill(response=answer)

    writes = page.get_by_role("button", name="Scrivi nella cartella")
    await page.goto(f"{desk.front.url}desk/changes")
    await expect(writes).to_be_visible()
    await page.route("**/desk/changes", as_if_measured)
    await page.reload()
    await page.route("**/desk/changes/progress", runs_and_ends)
    await page.route("**/desk/changes/accept", writes_slowly)
    await asyncio.wait_for(looked.wait(), 30)

    await page.unroute("**/desk/changes")
    await writes.click()

    await expect(page.locator(".done")).to_contain_text("Scritto nella cartella")
    await page.get_by_role("button", name="Annulla").click()
    await expect(page.locator(".done")).to_contain_text("Annullato")


async def as_if_measured(route: Route) -> None:
    """The page as it is while a measurement runs."""
    answer = await route.fetch()
    await route.fulfill(response=answer, body=(await answer.text()).replace('data-going=""', 'data-going="measuring"'))


class Slowly:
    """Holds back answers of the inbox, of pages (`GET`) or of steps (`POST`), until they are let go."""

    def __init__(self, page: Page, method: str) -> None:
        self._page, self._method = page, method
        self._let, self.sent = asyncio.Event(), asyncio.Event()

    async def __aenter__(self) -> "Slowly":
        await self._page.route("**/desk/inbox**", self._answer)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._let.set()
        await self._page.unroute_all(behavior="wait")

    async def _answer(self, route: Route) -> None:
        if route.request.method == self._method:
            self.sent.set()
            await self._let.wait()
        await route.continue_()


async def opened(page: Page) -> int:
    """The place in the list of the group that is open."""
    return int(await page.evaluate("[...document.querySelectorAll('.groups a')].findIndex(a => a.ariaCurrent)"))


async def open_is(page: Page, place: int) -> None:
    await expect(page.locator(".groups li").nth(place).locator("a[aria-current]")).to_be_visible()


async def test_moves_that_come_faster_than_pages_are_all_made(desk: DeskSite) -> None:
    teresa = await trainer(desk)
    page, keys = teresa.page, teresa.page.keyboard
    async with Slowly(page, "GET") as slowly:
        for key in "jjjkj":
            await keys.press(key)
        await slowly.sent.wait()
        assert await opened(page) == 0

    await open_is(page, 3)
    for _ in range(9):
        await keys.press("j")
    await open_is(page, 4)


async def test_a_key_for_a_group_that_is_not_there_yet_does_nothing_and_is_told(desk: DeskSite) -> None:
    teresa = await trainer(desk)
    page, keys = teresa.page, teresa.page.keyboard
    async with Slowly(page, "GET") as slowly:
        await keys.press("j")
        await slowly.sent.wait()
        for key in "1sx0":
            await keys.press(key)

    await open_is(page, 1)
    await expect(page.locator("#error")).to_contain_text("premilo di nuovo")
    await expect(page.locator(".groups a")).to_have_count(5)
    assert labels(desk) == []
    await keys.press("1")
    await expect(page.locator(".done")).to_contain_text("1 frase per")


async def test_what_is_pressed_while_a_step_is_done_is_not_done_to_another_group_and_moves_come_after(
    desk: DeskSite,
) -> None:
    teresa = await trainer(desk)
    page, keys = teresa.page, teresa.page.keyboard
    third = await page.locator(".groups a").nth(3).get_attribute("href")
    async with Slowly(page, "POST") as slowly:
        await keys.press("1")
        await slowly.sent.wait()
        for key in "1sujj":  # the second and third key are for what is not there yet
            await keys.press(key)

    await expect(page.locator(f'.groups a[aria-current][href="{third}"]')).to_be_visible()  # after the first, two on
    await expect(page.locator(".groups a")).to_have_count(4)
    assert len(labels(desk)) == 2 and {intent for _, intent, _ in labels(desk)} == {"track_order"}


async def test_who_begins_to_write_stays_with_his_sentence(desk: DeskSite) -> None:
    teresa = await trainer(desk)
    page = teresa.page
    async with Slowly(page, "GET") as slowly:
        await page.keyboard.press("j")
        await slowly.sent.wait()
        await page.locator(".teach textarea").first.fill("una frase corretta")

    await expect(page.locator(".teach textarea").first).to_have_value("una frase corretta")
    assert await opened(page) == 0


async def test_it_works_without_scripts(desk: DeskSite) -> None:
    teresa = await trainer(desk, java_script_enabled=False)

    await teresa.page.get_by_role("button", name="Vuole sapere dov'è il suo ordine").click()
    await expect(teresa.page.locator(".done")).to_contain_text("2 frasi")
    await teresa.page.get_by_role("button", name="Annulla").click()
    await expect(teresa.page.locator(".done")).to_contain_text("Annullato")

    assert labels(desk) == []


async def test_the_pages_keep_the_rules_of_accessibility_and_fit_a_phone(desk: DeskSite) -> None:
    found = []
    for name, screen in (("desktop", {}), ("phone", PHONE)):
        teresa = await trainer(desk, **screen)
        page = teresa.page
        await page.get_by_role("button", name="Vuole la fattura").click()
        await expect(page.locator(".done")).to_contain_text("Fatto")
        for path in ("inbox", "changes"):
            await page.goto(f"{desk.front.url}desk/{path}")
            await page.locator("#inbox, #changes[data-going='']").wait_for()  # and not while changes are prepared
            found += await violations(page, f"{path}, {name}", "body")
            wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert (path, name, wide) == (path, name, 0)
            for colours in ("light", "dark") if SHOTS else ():
                await page.emulate_media(color_scheme=colours, forced_colors="none")
                await page.wait_for_timeout(500)
                await page.screenshot(path=f"{SHOTS}/{path}-{name}-{colours}.png")

    assert found == []
