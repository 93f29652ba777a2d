"""What a module of widget tests shares: one front with a scripted engine, one browser, and a hand on the log."""

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, AsyncIterator, Optional

from playwright.async_api import Browser, expect

from base.database import Database
from base.settings import Register
from connectors.web_session import WebSessions
from switchboard import log
from switchboard.body import Reply
from switchboard.people import lock_conversation, open_conversation_of
from tests.e2e.widget_site import DESKTOP, Chat, Front, chromium, scripted
from tests.front.fake_engine import FakeEngine

WAIT_MS = 15_000
NO_LIMITS = {"SPORTELLO_MESSAGES_PER_MINUTE": "100000", "SPORTELLO_SESSIONS_PER_MINUTE": "100000"}


@dataclass
class Site:
    """A running front, its engine, its database, and a browser to visit it with."""

    front: Front
    engine: FakeEngine
    database: Database
    browser: Browser
    chats: list[Chat] = field(default_factory=list)

    async def visit(self, url: Optional[str] = None, **context: Any) -> Chat:
        """A new visitor on the front's page, or on `url`; on a desktop unless `context` says otherwise."""
        chat = await Chat.visit(self.browser, url or self.front.url, **{**DESKTOP, **context})
        self.chats.append(chat)
        return chat

    async def opened(self, **context: Any) -> Chat:
        """A new visitor with the chat open and the welcome on screen."""
        chat = await self.visit(**context)
        await chat.open()
        return chat

    async def write(self, chat: Chat, *replies: Reply, kind: str = "bot", author: Optional[str] = None) -> None:
        """Put rows into the log of this chat's conversation, as another front would."""
        session_id = await self._session_of(chat)
        now = datetime.now(timezone.utc)

        def append(session: Any) -> None:
            found = open_conversation_of(session, "web", session_id)
            assert found is not None, "this chat has no open conversation"
            conversation = lock_conversation(session, found.id)
            for reply in replies:
                log.append_reply(session, conversation, "web", reply, now, author_kind=kind, author=author)

        await self.database.write(append)

    async def forget_visitors(self) -> None:
        """Close every page, and tell whether one of them had a script error or broke its policy."""
        faults = [fault for chat in self.chats for fault in chat.faults]
        self.chats.clear()
        self.engine.behaviour = scripted
        for context in self.browser.contexts:
            await context.close()
        assert faults == []

    async def _session_of(self, chat: Chat) -> str:
        token = await chat.page.evaluate("localStorage.getItem('sportello.session')")
        session_id = WebSessions(self.front.secret).read(token, datetime.now(timezone.utc))
        assert session_id is not None, "this page has no session"
        return session_id


@asynccontextmanager
async def serving_site(
    database_file: Path, var: Path, *args: str, register: Register = Register.TU, **env: str
) -> AsyncIterator[Site]:
    """Front and browser, started; `register` is the shop's, `args` and `env` are the browser's.

    No limits on sessions and messages, because all visitors have one address here.
    """
    expect.set_options(timeout=WAIT_MS)
    async with FakeEngine(scripted).serving() as engine, chromium(*args, **env) as browser:
        front = Front(database_file, engine.port, var, SPORTELLO_REGISTER=register.value, **NO_LIMITS)
        await front.start()
        database = Database(f"sqlite:///{database_file}")
        try:
            yield Site(front, engine, database, browser)
        finally:
            database.close()
            await front.kill()
