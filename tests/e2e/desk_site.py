"""A real front with customers' and agents' browsers before it; the engine behind it is scripted."""

from contextlib import asynccontextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, AsyncIterator, Optional, Sequence

from playwright.async_api import Browser, ConsoleMessage, Page, expect

from base.clock import SystemClock
from base.database import Database
from shop.importer import import_shop
from shop.shop_file import read_shop_file
from tests.desk.desk_server import PASSWORD, account
from tests.e2e.site import NO_LIMITS, WAIT_MS
from tests.e2e.widget_site import DESKTOP, Chat, Front, chromium
from tests.front.fake_engine import Answer, FakeEngine, answer

SHOP = Path(__file__).parent.parent / "conversations" / "shop.json"
WAITS = "Aspetta una persona: sei al posto {queue_position} della coda."
TOLD = {"case": "report_item_problem", "order_number": "104206", "description": "una gamba è rotta"}


async def scripted(request: dict[str, Any]) -> Answer:
    """Hands over whoever asks for an operator; answers anything else with an echo, a button with its intent."""
    if request["button"]:
        return answer(request, f"pulsante: {request['button']['intent']}")
    if "operatore" not in request["text"]:
        return answer(request, f"eco: {request['text']}")
    result = answer(request, WAITS, effects=({"kind": "handoff", "reason": "asked", "about": TOLD},))
    back = {"title": "Continuo con l'assistente", "intent": "back_to_assistant", "entities": {}}
    result["replies"][0] = {**result["replies"][0], "buttons": [back], "response": "utter_person_waiting"}
    return {**result, "understood": {"intent": "ask_human", "confidence": 0.9, "entities": {}}}


class Agent:
    """Somebody's desk in a browser. `faults`: script errors, refusals of the page's policy, and opened dialogs."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.faults: list[str] = []
        self.text = page.get_by_role("textbox", name="Scrivi al cliente")
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._console)
        page.on("dialog", lambda dialog: self.faults.append(f"dialog: {dialog.message}"))

    async def sign_in(self, name: str, first: str = "Coda") -> None:
        """Sign in; `first` is the heading of the page that opens."""
        await self.page.goto(f"{self.url}desk/")
        await self.page.get_by_label("E-mail").fill(f"{name.lower()}@shop.example")
        await self.page.get_by_label("Password").fill(PASSWORD)
        await self.page.get_by_role("button", name="Entra").click()
        await self.page.get_by_role("heading", name=first, exact=True).wait_for()
        await self.page.wait_for_load_state()  # else a key comes before the script that waits for it

    async def accept(self) -> None:
        """Take the first customer of the queue."""
        await self.page.get_by_role("button", name="Rispondo io").first.click()
        await self.text.wait_for()

    async def say(self, text: str) -> None:
        await self.text.fill(text)
        await self.text.press("Enter")

    async def menu(self, name: str) -> None:
        """Open one of the menus under the conversation."""
        await self.page.locator("summary", has_text=name).click()

    def said(self, text: str) -> Any:
        return self.page.locator(".rows .bubble", has_text=text)

    async def texts(self) -> list[str]:
        return await self.page.locator(".rows .bubble").all_inner_texts()

    def _console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.faults.append(message.text)


class DeskSite:
    """What the tests use."""

    def __init__(self, front: Front, browser: Browser, database: Database) -> None:
        self.front, self.browser, self.database = front, browser, database
        self.agents: list[Agent] = []

    async def agent(self, name: str, first: str = "Coda", **context: Any) -> Agent:
        """A new browser in which this person has signed in."""
        opened = await self.browser.new_context(locale="it-IT", **{**DESKTOP, **context})
        agent = Agent(await opened.new_page(), self.front.url)
        self.agents.append(agent)
        await agent.sign_in(name, first)
        return agent

    async def customer(self, **context: Any) -> Chat:
        """A new customer with the chat open."""
        chat = await Chat.visit(self.browser, self.front.url, **{**DESKTOP, **context})
        await chat.open()
        return chat

    async def forget(self) -> None:
        """Close every browser; there were no faults."""
        faults = [fault for agent in self.agents for fault in agent.faults]
        self.agents.clear()
        for context in self.browser.contexts:
            await context.close()
        assert faults == []


@asynccontextmanager
async def serving(
    database_file: Path, var: Path, home: Optional[Path] = None, departments: Sequence[str] = ()
) -> AsyncIterator[DeskSite]:
    """Front, engine and browser; Giulia answers, Marco is her supervisor. `home`: the shop's own folder.

    Marco takes part in these departments.
    """
    expect.set_options(timeout=WAIT_MS)
    database = Database(f"sqlite:///{database_file}")
    with database.writing() as session:
        import_shop(session, read_shop_file(SHOP), datetime.now(timezone.utc))
    account(database, SystemClock(), "Giulia")
    account(database, SystemClock(), "Marco", "supervisor", departments)
    async with FakeEngine(scripted).serving() as engine, chromium() as browser:
        own = {"SPORTELLO_HOME": str(home)} if home else {}
        front = Front(database_file, engine.port, var, **NO_LIMITS, **own)
        await front.start()
        try:
            yield DeskSite(front, browser, database)
        finally:
            await front.kill()
            database.close()
