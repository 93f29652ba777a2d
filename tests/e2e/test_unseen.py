"""A customer closes the page, a person answers, the mail comes, its link goes on: browsers, front and SMTP are real."""

import re
import shutil
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import AsyncIterator, Optional

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import update

from base.clock import SystemClock
from base.database import Database
from base.settings import ROOT, Register
from switchboard import contacts
from switchboard.models import Conversation, Job, JoinLink
from switchboard.texts import Texts
from switchboard.unseen import JOB
from tests.desk.desk_server import account
from tests.e2e.desk_site import Agent, scripted
from tests.e2e.site import NO_LIMITS, WAIT_MS
from tests.e2e.widget_site import DESKTOP, PHONE, Chat, Front
from tests.front.fake_engine import FakeEngine, until
from tests.front.smtp_server import MailServer, mail_server

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
OVER = Texts.load(ROOT / "data" / "responses", Register.TU).say("utter_error_link_over")
LINK = re.compile(r"http://127\.0\.0\.1:\d+/\S*#sportello=[\w-]{43}")
WAIT_S = 30.0
ANNA = "anna@example.it"


class Shop:
    """A front that mails, Giulia at the desk, and customers."""

    def __init__(self, front: Front, browser: Browser, database: Database, mails: MailServer) -> None:
        self.front, self.browser, self.database, self.mails = front, browser, database, mails
        self.pages: list[Chat] = []

    async def visit(self, url: str = "", **context: object) -> Chat:
        chat = await Chat.visit(self.browser, url or self.front.url, **{**DESKTOP, **context})
        self.pages.append(chat)
        return chat

    async def agent(self) -> Agent:
        page = await (await self.browser.new_context(locale="it-IT", **DESKTOP)).new_page()
        agent = Agent(page, self.front.url)
        await agent.sign_in("Giulia")
        return agent

    def wants_mail(self, email: str) -> None:
        with self.database.writing() as session:
            (conversation,) = session.query(Conversation).filter(Conversation.closed_at.is_(None))
            contacts.keep(session, conversation.id, email)

    def two_minutes_later(self) -> None:
        """What has to be looked at is due."""
        with self.database.writing() as session:
            session.execute(update(Job).where(Job.kind == JOB).values(due=datetime.now(timezone.utc)))

    def seen(self) -> int:
        """The last row that the customer is known to have had before him."""
        with self.database.reading() as session:
            return session.query(Conversation.seen_seq).filter(Conversation.closed_at.is_(None)).scalar()

    def last(self) -> int:
        with self.database.reading() as session:
            return session.query(Conversation.last_seq).filter(Conversation.closed_at.is_(None)).scalar()

    def make_links_old(self) -> None:
        with self.database.writing() as session:
            session.execute(update(JoinLink).values(expires_at=datetime.now(timezone.utc)))

    async def letter(self) -> str:
        """The customer's first; the shop gets mails of its own while somebody waits."""
        await until(lambda: self._letters() != [], seconds=WAIT_S)
        return self._letters()[0]

    def _letters(self) -> list[str]:
        return [mail.get_content() for mail in self.mails.mails if mail["To"] == ANNA]


@asynccontextmanager
async def shop(browser: Browser, migrated_sqlite: Path, folder: Path) -> AsyncIterator[Shop]:
    expect.set_options(timeout=WAIT_MS)
    file = Path(shutil.copy(migrated_sqlite, folder / "sportello.db"))
    database = Database(f"sqlite:///{file}")
    account(database, SystemClock(), "Giulia")
    async with mail_server() as mails, FakeEngine(scripted).serving() as engine:
        front = Front(file, engine.port, folder, **NO_LIMITS, **smtp(mails))
        front.set("SPORTELLO_CHAT_URL", front.url)
        await front.start()
        place = Shop(front, browser, database, mails)
        try:
            yield place
            assert [fault for page in place.pages for fault in page.faults] == []
        finally:
            await front.kill()
            database.close()


def smtp(mails: MailServer) -> dict[str, str]:
    return {
        "SPORTELLO_SMTP_HOST": "127.0.0.1",
        "SPORTELLO_SMTP_PORT": str(mails.port),
        "SPORTELLO_SMTP_TLS": "none",
        "SPORTELLO_MAIL_FROM": "negozio@casalume.example",
    }


async def asks_for_a_person(place: Shop, giulia: Agent) -> Chat:
    customer = await place.visit()
    await customer.open()
    await customer.say("voglio un operatore")
    await customer.message("posto 1").wait_for()
    place.wants_mail(ANNA)
    await giulia.accept()
    await customer.message("Giulia del negozio è qui").wait_for()
    return customer


async def goes_on_by(place: Shop, link: str, **context: object) -> Chat:
    other = await place.visit(link, **context)
    await other.page.get_by_role("button", name="Continua qui").click()
    return other


async def test_the_page_is_closed_the_mail_comes_and_its_link_goes_on(
    browser: Browser, migrated_sqlite: Path, tmp_path: Path
) -> None:
    async with shop(browser, migrated_sqlite, tmp_path) as place:
        giulia = await place.agent()
        customer = await asks_for_a_person(place, giulia)
        await customer.page.close()
        await giulia.say("Il bonifico è partito oggi")
        await giulia.said("Il bonifico è partito oggi").wait_for()
        place.two_minutes_later()

        letter = await place.letter()
        assert "Il bonifico è partito oggi" in letter
        link = _link(letter)
        phone = await goes_on_by(place, link, **PHONE)
        await phone.message("Continuo qui sul sito").wait_for()
        assert "bonifico" not in await phone.log.inner_text() and "#" not in phone.page.url
        await phone.say("grazie, rispondo dal telefono")
        await giulia.said("grazie, rispondo dal telefono").wait_for()
        await giulia.say("Bene!")
        await phone.message("Bene!").wait_for()

        thief = await goes_on_by(place, link)
        await expect(thief.page.get_by_role("alert")).to_have_text(OVER)
        assert "Bene!" not in await thief.log.inner_text()


async def test_a_mailed_link_that_is_over_opens_nothing(
    browser: Browser, migrated_sqlite: Path, tmp_path: Path
) -> None:
    async with shop(browser, migrated_sqlite, tmp_path) as place:
        giulia = await place.agent()
        customer = await asks_for_a_person(place, giulia)
        await customer.page.close()
        await giulia.say("C'è ancora?")
        await giulia.said("C'è ancora?").wait_for()
        place.two_minutes_later()
        link = _link(await place.letter())
        place.make_links_old()

        late = await goes_on_by(place, link)

        await expect(late.page.get_by_role("alert")).to_have_text(OVER)
        assert "C'è ancora?" not in await late.log.inner_text()


async def test_what_the_customer_looks_at_is_not_mailed(
    browser: Browser, migrated_sqlite: Path, tmp_path: Path
) -> None:
    async with shop(browser, migrated_sqlite, tmp_path) as place:
        giulia = await place.agent()
        customer = await asks_for_a_person(place, giulia)
        await giulia.say("Eccomi")
        await customer.message("Eccomi").wait_for()
        await until(lambda: place.seen() >= place.last(), seconds=WAIT_S)
        await customer.page.get_by_role("button", name="Chiudi la chat").click()
        await giulia.say("Ci sei?")
        await giulia.said("Ci sei?").wait_for()
        place.two_minutes_later()

        letter = await place.letter()

        assert "Ci sei?" in letter and "Eccomi" not in letter


def _link(letter: str) -> str:
    found: Optional[re.Match[str]] = LINK.search(letter)
    assert found, letter
    return found.group()
