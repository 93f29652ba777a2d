"""A customer in the browser goes on in Telegram and comes back; links that are stolen, used, over, and several tabs."""

import re
import shutil
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Browser, Locator, expect

from base.clock import SystemClock, write_shift
from base.database import Database
from base.settings import ROOT, Register
from switchboard import email_proofs
from switchboard.models import Conversation, Identity
from switchboard.texts import Texts
from tests.connectors.telegram.bot_api import BOT, TOKEN, BotApi
from tests.e2e.site import NO_LIMITS
from tests.e2e.widget_site import DESKTOP, Chat, Front
from tests.front.fake_engine import Answer, FakeEngine, answer, until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
ANNA, THIEF = 11, 99
TEXTS = Texts.load(ROOT / "data" / "responses", Register.TU)
OVER = TEXTS.say("utter_error_link_over")
CARDS = {"telegram": "Continua su Telegram", "web": "Continua sul sito"}
WAIT_S = 30.0


async def scripted(request: dict[str, Any]) -> Answer:
    """Offers to go on elsewhere when asked "telegram?" or by the command /sito, and echoes everything else."""
    result = answer(request, f"eco: {request['text']}")
    wanted = "telegram" if request["text"] == "telegram?" else "web" if request["text"] == "/sito" else None
    if wanted:
        card = {"kind": "continue", "to": wanted, "title": CARDS[wanted], "action": "Apri"}
        result["replies"] = [{"text": "Certo.", "buttons": [], "card": card, "response": None}]
    return result


@dataclass
class Shop:
    """A front with a bot, and a browser."""

    front: Front
    api: BotApi
    browser: Browser
    var: Path
    chats: list[Chat] = field(default_factory=list)

    async def visit(self, url: str = "", **context: Any) -> Chat:
        chat = await Chat.visit(self.browser, url or self.front.url, **{**DESKTOP, **context})
        self.chats.append(chat)
        return chat

    async def opened(self) -> Chat:
        chat = await self.visit()
        await chat.open()
        return chat

    async def tells(self, customer: int, text: str) -> None:
        """The customer reads this from the bot."""
        await until(lambda: any(text in read for read in self.api.texts(customer)), seconds=WAIT_S)


@asynccontextmanager
async def shop(browser: Browser, migrated_sqlite: Path, folder: Path) -> AsyncIterator[Shop]:
    file = Path(shutil.copy(migrated_sqlite, folder / "sportello.db"))
    async with BotApi().serving() as api, FakeEngine(scripted).serving() as engine:
        bot = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url, "SPORTELLO_DEV": "1"}
        front = Front(file, engine.port, folder, **bot, **NO_LIMITS)
        await front.start()
        await until(lambda: api.commands, seconds=WAIT_S)
        shop = Shop(front, api, browser, folder)
        expect.set_options(timeout=WAIT_S * 1000)
        try:
            yield shop
            assert [fault for chat in shop.chats for fault in chat.faults] == []
        finally:
            await front.kill()


async def menu(chat: Chat, title: str) -> None:
    await chat.page.get_by_role("button", name="Altre opzioni").click()
    await chat.page.get_by_role("button", name=title, exact=True).click()


def telegram_link(place: Locator) -> Locator:
    return place.get_by_role("link", name=re.compile("Apri Telegram"))


async def start_word(place: Locator) -> str:
    """What the customer's Telegram sends after it has opened the link."""
    url = await telegram_link(place).get_attribute("href")
    assert url and url.startswith(f"https://t.me/{BOT['username']}?start=")
    return f"/start {parse_qs(urlsplit(url).query)['start'][0]}"


async def test_from_the_browser_to_telegram_and_back(browser: Browser, migrated_sqlite: Path, tmp_path: Path) -> None:
    async with shop(browser, migrated_sqlite, tmp_path) as place:
        chat = await place.opened()
        await chat.say("il mio ordine è 104206")
        await chat.message("eco: il mio ordine").wait_for()
        await chat.say("telegram?")
        card = chat.page.get_by_role("region", name="Continua su Telegram")
        await expect(card.get_by_role("img", name=re.compile("Codice QR"))).to_be_visible()

        place.api.say(ANNA, await start_word(card))
        await place.tells(ANNA, "eco: Continuo qui su Telegram.")
        await chat.message("La conversazione continua su Telegram").wait_for()
        place.api.say(ANNA, "un segreto")
        await place.tells(ANNA, "eco: un segreto")
        await chat.log.get_by_text("Su Telegram: 4 messaggi").wait_for()
        await chat.say("sono di nuovo al computer")
        await chat.message("eco: sono di nuovo al computer").wait_for()
        assert "segreto" not in await chat.log.inner_text()

        place.api.say(ANNA, "/sito")
        await place.tells(ANNA, "Certo.")
        link = place.api.sent[-1].links[0]
        other = await place.visit(link)
        await other.page.get_by_role("button", name="Continua qui").click()
        await other.message("eco: Continuo qui sul sito").wait_for()
        shown = await other.log.inner_text()
        assert "104206" not in shown and "segreto" not in shown
        assert "#" not in other.page.url
        await place.tells(ANNA, TEXTS.say("utter_moved_to_web"))
        await chat.page.reload()
        await chat.message("eco: sono di nuovo al computer").wait_for()
        await chat.log.get_by_text("Su Telegram: 4 messaggi").wait_for()
        await chat.log.get_by_text("Su un altro dispositivo: 2 messaggi").wait_for()


async def test_a_stolen_a_used_and_an_old_link(browser: Browser, migrated_sqlite: Path, tmp_path: Path) -> None:
    async with shop(browser, migrated_sqlite, tmp_path) as place:
        chat = await place.opened()
        await chat.say("il mio ordine è 104206, anna.rossi@example.it")
        await chat.message("eco: il mio ordine").wait_for()
        await menu(chat, "Continua altrove")
        sheet = chat.page.get_by_role("alertdialog")
        stolen = await start_word(sheet)

        place.api.say(THIEF, stolen)
        await place.tells(THIEF, "eco: Continuo qui su Telegram.")
        place.api.say(ANNA, stolen)
        await place.tells(ANNA, OVER)
        assert "104206" not in str(place.api.texts(THIEF)) and "anna" not in str(place.api.texts(THIEF))

        second = await place.opened()
        await menu(second, "Continua altrove")
        old = await start_word(second.page.get_by_role("alertdialog"))
        write_shift(place.var, timedelta(minutes=16))
        place.api.say(33, old)
        await until(lambda: OVER in place.api.texts(33), seconds=WAIT_S)


async def test_two_tabs_follow_and_a_link_of_the_site_is_used_once(
    browser: Browser, migrated_sqlite: Path, tmp_path: Path
) -> None:
    async with shop(browser, migrated_sqlite, tmp_path) as place:
        place.api.say(ANNA, "salve")
        await place.tells(ANNA, "eco: salve")
        place.api.say(ANNA, "/sito")
        await place.tells(ANNA, "Certo.")
        link = place.api.sent[-1].links[0]

        first = await place.opened()
        await first.say("una domanda sul sito")
        await first.message("eco: una domanda sul sito").wait_for()
        tab = Chat(await first.page.context.new_page())
        place.chats.append(tab)
        await tab.page.goto(link)
        await tab.page.get_by_role("button", name="Continua qui").click()
        await tab.message("eco: Continuo qui sul sito").wait_for()
        await first.message("eco: Continuo qui sul sito").wait_for()  # the other tab of the same browser, by itself

        thief = await place.visit(link)
        await thief.page.get_by_role("button", name="Continua qui").click()
        await expect(thief.page.get_by_role("alert")).to_have_text(OVER)
        await thief.page.get_by_role("button", name="Annulla").click()
        await thief.say("posso scrivere lo stesso")
        await thief.message("eco: posso scrivere lo stesso").wait_for()
        await expect(thief.log).not_to_contain_text("Telegram")


async def test_after_a_code_for_the_same_email_what_was_said_in_telegram_is_read_here(
    browser: Browser, migrated_sqlite: Path, tmp_path: Path
) -> None:
    async with shop(browser, migrated_sqlite, tmp_path) as place:
        chat = await place.opened()
        await chat.say("telegram?")
        card = chat.page.get_by_role("region", name="Continua su Telegram")
        place.api.say(ANNA, await start_word(card))
        await place.tells(ANNA, "eco: Continuo qui su Telegram.")
        place.api.say(ANNA, "un segreto")
        await place.tells(ANNA, "eco: un segreto")
        await chat.log.get_by_text("Su Telegram: 4 messaggi").wait_for()

        prove_on_every_side(tmp_path, "anna@example.it")
        await chat.say("eccomi")

        await chat.message("eco: un segreto").wait_for()
        await chat.message("eco: eccomi").wait_for()
        await expect(chat.log.get_by_text("Su Telegram: 4 messaggi")).to_have_count(0)
        assert await chat.message("eco: un segreto").count() == 1
        shown = await chat.log.inner_text()
        assert shown.count("Su Telegram") == shown.count("Nella chat del sito") == 1


def prove_on_every_side(folder: Path, email: str) -> None:
    """As if its customer had typed a code on each of them."""
    database, now = Database(f"sqlite:///{folder / 'sportello.db'}"), SystemClock().now()
    with database.writing() as session:
        (conversation,) = session.query(Conversation).filter(Conversation.closed_at.is_(None))
        for identity in session.query(Identity).filter_by(person_id=conversation.person_id).all():
            until_then = now + timedelta(hours=1)
            email_proofs.prove(session, conversation.id, identity.id, email, email_proofs.CODE, now, until_then)


async def test_who_says_no_to_a_link_stays_where_he_is(browser: Browser, migrated_sqlite: Path, tmp_path: Path) -> None:
    async with shop(browser, migrated_sqlite, tmp_path) as place:
        place.api.say(ANNA, "/sito")
        await place.tells(ANNA, "Certo.")
        link = place.api.sent[-1].links[0]

        chat = await place.visit(link)
        await chat.page.get_by_role("button", name="Annulla").click()
        await chat.say("solo una domanda")
        await chat.message("eco: solo una domanda").wait_for()

        await expect(chat.log).not_to_contain_text("Telegram")
        later = await place.visit(link)  # it was not used
        await later.page.get_by_role("button", name="Continua qui").click()
        await later.message("eco: Continuo qui sul sito").wait_for()
