"""A customer on Telegram and an agent in a browser: both ways, the end, nobody who comes, and a change of channel."""

import shutil
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Browser, expect

from base.clock import SystemClock, write_shift
from base.database import Database
from base.settings import ROOT, Register
from front.handoff_jobs import PROMISE_JOB
from switchboard.models import Handoff, Job
from switchboard.texts import Texts
from tests.connectors.telegram.bot_api import TOKEN, BotApi
from tests.desk.desk_server import account
from tests.e2e.desk_site import Agent, scripted
from tests.e2e.site import NO_LIMITS, WAIT_MS
from tests.e2e.widget_site import DESKTOP, Chat, Front
from tests.front.fake_engine import FakeEngine, until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
ANNA = 11
TEXTS = Texts.load(ROOT / "data" / "responses", Register.TU)
WAIT_S = 30.0


class Shop:
    """A front with a bot and a desk."""

    def __init__(self, front: Front, browser: Browser, database: Database, api: BotApi, var: Path) -> None:
        self.front, self.browser, self.database, self.api, self.var = front, browser, database, api, var

    async def agent(self) -> Agent:
        page = await (await self.browser.new_context(locale="it-IT", **DESKTOP)).new_page()
        agent = Agent(page, self.front.url)
        await agent.sign_in("Giulia")
        return agent

    def has_planned_a_promise(self) -> bool:
        with self.database.reading() as session:
            return session.query(Job).filter_by(kind=PROMISE_JOB).count() == 1

    async def is_told(self, text: str) -> None:
        """The customer reads this in Telegram."""
        await until(lambda: any(text in read for read in self.api.texts(ANNA)), seconds=WAIT_S)


@asynccontextmanager
async def shop(browser: Browser, migrated_sqlite: Path, folder: Path) -> AsyncIterator[Shop]:
    expect.set_options(timeout=WAIT_MS)
    file = Path(shutil.copy(migrated_sqlite, folder / "sportello.db"))
    database = Database(f"sqlite:///{file}")
    account(database, SystemClock(), "Giulia")
    async with BotApi().serving() as api, FakeEngine(scripted).serving() as engine:
        bot = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url, "SPORTELLO_DEV": "1"}
        front = Front(file, engine.port, folder, **bot, **NO_LIMITS)
        await front.start()
        await until(lambda: api.commands, seconds=WAIT_S)
        try:
            yield Shop(front, browser, database, api, folder)
        finally:
            await front.kill()
            database.close()


async def test_a_customer_on_telegram_and_an_agent_talk_until_it_is_solved(
    browser: Browser, migrated_sqlite: Path, tmp_path: Path
) -> None:
    async with shop(browser, migrated_sqlite, tmp_path) as place:
        giulia = await place.agent()
        place.api.say(ANNA, "voglio un operatore")
        await place.is_told("posto 1")
        await giulia.accept()
        await place.is_told("Giulia del negozio è qui")
        await giulia.say("Buongiorno, sono Giulia")
        await place.is_told("Buongiorno, sono Giulia")
        place.api.say(ANNA, "la gamba della sedia è rotta")
        await giulia.said("la gamba della sedia è rotta").wait_for()

        await giulia.menu("Chiudi")
        await giulia.page.locator(".menu[open]").get_by_label("Una frase per il cliente").fill("parte domani")
        await giulia.page.get_by_role("button", name="Chiudi").click()
        await place.is_told("parte domani. È risolto?")
        asked = next(sent for sent in reversed(place.api.sent) if sent.buttons)
        place.api.press(asked, "Sì, è risolto")
        await place.is_told("pulsante: tell_solved")

    with place.database.reading() as session:
        handoff = session.query(Handoff).one()
        assert (handoff.customer_says, handoff.ending) == ("solved", "closed")
    said = [text for text in place.api.texts(ANNA) if not text.startswith("Ciao!")]  # each conversation has its welcome
    assert len(said) == len(set(said))


async def test_whom_nobody_comes_to_is_promised_an_answer_by_a_day_there_too(
    browser: Browser, migrated_sqlite: Path, tmp_path: Path
) -> None:
    async with shop(browser, migrated_sqlite, tmp_path) as place:
        place.api.say(ANNA, "voglio un operatore")
        await place.is_told("posto 1")
        await until(place.has_planned_a_promise, seconds=WAIT_S)
        write_shift(place.var, timedelta(minutes=16))

        await place.is_told("Ti rispondono qui entro")


async def test_a_customer_who_goes_on_in_telegram_keeps_the_person_he_talks_to(
    browser: Browser, migrated_sqlite: Path, tmp_path: Path
) -> None:
    async with shop(browser, migrated_sqlite, tmp_path) as place:
        giulia = await place.agent()
        chat = await Chat.visit(place.browser, place.front.url, **DESKTOP)
        await chat.open()
        await chat.say("voglio un operatore")
        await giulia.accept()
        await chat.message("Giulia del negozio è qui").wait_for()
        await chat.page.get_by_role("button", name="Altre opzioni").click()
        await chat.page.get_by_role("button", name="Continua altrove", exact=True).click()
        link = chat.page.get_by_role("alertdialog").get_by_role("link", name="Apri Telegram")
        token = parse_qs(urlsplit(await link.get_attribute("href") or "").query)["start"][0]

        place.api.say(ANNA, f"/start {token}")
        await place.is_told(TEXTS.say("utter_arrived_with_person"))
        await giulia.say("La leggo anche qui")
        await place.is_told("La leggo anche qui")
        await giulia.said("La leggo anche qui").wait_for()
        await expect(giulia.page.locator("#pending")).to_be_empty()
        await giulia.page.reload()
        await giulia.said("Continuo qui su Telegram.").wait_for()
