"""A running front process with a scripted engine behind it, and a browser before it: what the widget's tests share."""

import asyncio
import os
import secrets
import shutil
import socket
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, AsyncIterator, Optional

import aiohttp
from playwright.async_api import Browser, ConsoleMessage, Locator, Page, async_playwright

from base.settings import ROOT
from tests.front.fake_engine import SECRET, Answer, answer

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-features=LocalNetworkAccessChecks",  # a page that a test makes up has no address: no websocket to ours
]
START_S = 20
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}

CARD = {
    "kind": "timeline",
    "title": "Ordine 104233",
    "steps": [
        {"label": "Pagato", "at": "venerdì 20 novembre", "state": "done", "note": None},
        {"label": "In viaggio", "at": "oggi alle 9.15", "state": "current", "note": "Ultimo passaggio: Bologna"},
        {"label": "Consegna non riuscita", "at": None, "state": "problem", "note": None},
        {"label": "Consegnato", "at": None, "state": "todo", "note": None},
    ],
    "facts": [{"label": "Corriere", "value": "BRT"}],
    "links": [{"title": "Segui la spedizione", "url": "https://www.example.it/segui"}],
}


async def scripted(request: dict[str, Any]) -> Answer:
    """Answers "ordine" with a card and a button, anything else with an echo."""
    result = answer(request, f"eco: {request['text']}")
    if request["text"] == "ordine":
        button = {"title": "Altro ordine", "intent": "track_order", "entities": {}}
        result["replies"] = [{"text": "È in viaggio.", "buttons": [button], "card": CARD, "response": None}]
    return result


class Front:
    """The front as a process of its own, on an address that stays the same when it is killed and started again."""

    def __init__(self, database: Path, engine_port: int, var: Path, **env: str) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.secret = secrets.token_hex(20)
        self._env = {
            "PATH": os.environ["PATH"],
            "SPORTELLO_PORT": str(self.port),
            "SPORTELLO_ENGINE_PORT": str(engine_port),
            "SPORTELLO_SECRET": self.secret,
            "SPORTELLO_ENGINE_SECRET": SECRET,
            "SPORTELLO_VAR": str(var),
            "DATABASE_URL": f"sqlite:///{database}",
            **env,
        }
        self._process: Optional[asyncio.subprocess.Process] = None

    def set(self, name: str, value: str) -> None:
        """A variable of its environment from the next start on."""
        self._env[name] = value

    async def start(self) -> None:
        """Start the process and wait until it answers."""
        self._process = await asyncio.create_subprocess_exec(sys.executable, "-m", "front", cwd=ROOT, env=self._env)
        await asyncio.wait_for(self._answering(), START_S)

    async def kill(self) -> None:
        """End it as a power cut would."""
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def _answering(self) -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"{self.url}health") as response:
                        if response.status == 200:
                            return
                except aiohttp.ClientConnectionError:
                    assert self._process is not None and self._process.returncode is None, "the front ended at once"
                await asyncio.sleep(0.05)


@asynccontextmanager
async def chromium(*args: str, **env: str) -> AsyncIterator[Browser]:
    """A headless Chromium: the system's when there is one, else Playwright's own. `env` adds to its environment.

    The one without windows starts a page with a fifth of the processor time.
    """
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"),
            args=[*CHROMIUM, *args],
            env={**os.environ, **env},
        )
        yield browser
        await browser.close()


class Chat:
    """A customer's page with the chat on it. `faults` lists script errors and what the page's policy refused."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        self.launcher = page.get_by_role("button", name="Apri la chat")
        self.input = page.get_by_role("textbox", name="Scrivi un messaggio")
        self.log = page.get_by_role("log")
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._console)

    @classmethod
    async def visit(cls, browser: Browser, url: str, **context: Any) -> "Chat":
        """A new visitor on the page; without animations, so that checks of colours do not depend on the moment."""
        visitor = await browser.new_context(locale="it-IT", reduced_motion="reduce", **context)
        chat = cls(await visitor.new_page())
        await chat.page.goto(url)
        return chat

    async def open(self) -> None:
        await self.launcher.click()
        await self.message("assistente automatico del negozio").wait_for()

    async def say(self, text: str) -> None:
        await self.input.fill(text)
        await self.input.press("Enter")

    def message(self, text: str) -> Locator:
        return self.log.locator(".bubble", has_text=text)

    async def said(self, who: str = "") -> list[str]:
        """The texts on screen, in their order; of one author with `who` ("customer", "bot")."""
        return await self.log.locator(f"{f'.from-{who} ' if who else ''}.bubble").all_inner_texts()

    async def focused(self) -> Optional[str]:
        """What has the focus: an element's class or name inside the chat, None outside of it."""
        return await self.page.locator("sportello-chat").evaluate(
            "chat => (e => e && (e.className || e.localName))(chat.shadowRoot.activeElement)"
        )

    def _console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.faults.append(message.text)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]
