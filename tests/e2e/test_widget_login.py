"""A page of the shop whose customer is logged in gives the chat a token; and later, nobody is."""

import secrets
import shutil
import time
from datetime import datetime, timezone
from pathlib import Path

import jwt
import pytest
from playwright.async_api import Page, Route

from base.database import Database
from connectors.web_session import WebSessions
from switchboard import email_proofs
from switchboard.people import open_conversation_of
from tests.e2e.widget_site import DESKTOP, Chat, Front, chromium, scripted
from tests.front.fake_engine import FakeEngine, until

KEY = "k" * 40
ANNA = "anna.rossi@example.it"
PAGE = """<!doctype html><html lang="it"><body><sportello-chat {login}></sportello-chat>
<script type="module" src="/widget/sportello-chat.js"></script></body></html>"""

pytestmark = pytest.mark.e2e


def token(email: str = ANNA, key: str = KEY) -> str:
    now = int(time.time())
    claims = {"aud": "sportello", "email": email, "iat": now, "exp": now + 300, "jti": secrets.token_hex(8)}
    return jwt.encode(claims, key, algorithm="HS256", headers={"kid": "2026"})


async def test_a_login_of_the_page_is_shown_before_the_first_message_and_ends_with_it(
    migrated_sqlite: Path, tmp_path: Path
) -> None:
    file = Path(shutil.copy(migrated_sqlite, tmp_path / "sportello.db"))
    database = Database(f"sqlite:///{file}")
    async with FakeEngine(scripted).serving() as engine, chromium() as browser:
        front = Front(file, engine.port, tmp_path, SPORTELLO_LOGIN_KEYS=f"2026:{KEY}")
        await front.start()
        try:
            chat = Chat(await (await browser.new_context(locale="it-IT", **DESKTOP)).new_page())

            await _shows(chat.page, front, f'login="{token()}"')
            await chat.open()
            await chat.say("ciao")
            await chat.message("eco: ciao").wait_for()
            assert await _owns(chat, front, database) == [(ANNA, "login")]

            await _shows(chat.page, front, f'login="{token("ladro@example.it", "x" * 40)}"')  # not the shop's key
            await chat.say("ancora")
            await chat.message("eco: ancora").wait_for()
            assert await _owns(chat, front, database) == [(ANNA, "login")]

            await _shows(chat.page, front, "")  # a page that does not say
            await chat.say("e poi")
            await chat.message("eco: e poi").wait_for()
            assert await _owns(chat, front, database) == [(ANNA, "login")]

            await _shows(chat.page, front, 'login=""')
            await chat.say("fine")
            await chat.message("eco: fine").wait_for()
            assert await _owns(chat, front, database) == []

            later = token("bruno@example.it")
            await chat.page.locator("sportello-chat").evaluate("(e, login) => e.setAttribute('login', login)", later)
            await until(lambda: _bruno(database))
            assert chat.faults == []
        finally:
            database.close()
            await front.kill()


async def _shows(page: Page, front: Front, login: str) -> None:
    """The shop's page, with what it says about its customer."""

    async def answer(route: Route) -> None:
        await route.fulfill(body=PAGE.format(login=login), content_type="text/html; charset=utf-8")

    await page.unroute_all()
    await page.route(f"{front.url}negozio", answer)
    await page.goto(f"{front.url}negozio")


async def _owns(chat: Chat, front: Front, database: Database) -> list[tuple[str, str]]:
    now = datetime.now(timezone.utc)
    written = await chat.page.evaluate("localStorage.getItem('sportello.session')")
    with database.reading() as session:
        conversation = open_conversation_of(session, "web", str(WebSessions(front.secret).read(written, now)))
        assert conversation
        return [(owner.email, owner.method) for owner in email_proofs.proved_emails(session, conversation.id, now)]


def _bruno(database: Database) -> bool:
    with database.reading() as session:
        proved = session.execute(email_proofs.PROVED.select()).all()
    return [row.email for row in proved] == ["bruno@example.it"]
