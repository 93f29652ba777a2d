"""A Telegram channel with its dispatcher, an engine that answers, and a real database, for tests."""

from contextlib import asynccontextmanager
from pathlib import Path
from typing import AsyncIterator, Optional

from attachments.folder import Folder
from attachments.intake import Intake
from base.clock import Clock
from base.database import Database
from base.settings import ROOT, Register
from connectors.receiving import Receiving
from connectors.telegram.channel import TelegramChannel, TelegramSettings
from connectors.telegram.inbox import Front
from connectors.telegram.pace import Pace
from connectors.telegram.source import Webhook
from connectors.web_session import WebSessions
from front.dispatcher import Dispatcher, Patience
from front.engine_client import EngineClient
from switchboard.elsewhere import Elsewhere
from switchboard.models import Conversation, Identity, Message
from switchboard.notices import Notices
from switchboard.texts import Texts
from switchboard.uploads import FileLimits
from tests.connectors.telegram.bot_api import TOKEN, BotApi
from tests.front.fake_engine import SECRET, Behaviour, FakeEngine, echo

TEXTS = Texts.load(ROOT / "data" / "responses", Register.TU)
WELCOME = TEXTS.render("utter_welcome", "").text
CHAT_URL = "https://shop.example.it/aiuto"
MOST_BYTES = 10_000_000
PATIENCE = Patience(typing_s=0.05, meanwhile_s=30.0)


class TelegramFront:
    """The parts of a front that a Telegram chat needs."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        api: BotApi,
        engine: FakeEngine,
        front_id: str,
        webhook: Optional[Webhook],
        texts: Texts,
        pace: Optional[Pace],
        files: Path,
    ) -> None:
        self.notices = Notices()
        self.client = EngineClient(f"http://127.0.0.1:{engine.port}", SECRET)
        self.dispatcher = Dispatcher(database, self.client, self.notices, texts, clock, front_id, PATIENCE)
        self.channel = TelegramChannel(
            database,
            texts,
            clock,
            Front(front_id, self.dispatcher.wake, self.notices),
            WebSessions("k" * 40).key,
            Receiving(database, Intake(Folder(files), MOST_BYTES), FileLimits(50, 50), clock),
            Elsewhere(telegram=True, chat_url=CHAT_URL),
            TelegramSettings(TOKEN, api.url, webhook, poll_s=2, renew_s=0.2),
            pace,
        )
        self.notices.add(self.channel)

    async def start(self) -> None:
        await self.dispatcher.start()
        await self.channel.start()

    async def stop(self) -> None:
        await self.channel.stop()
        await self.dispatcher.stop()
        await self.client.close()


@asynccontextmanager
async def telegram(
    database: Database,
    clock: Clock,
    api: BotApi,
    behaviour: Behaviour = echo,
    front_id: str = "front-1",
    webhook: Optional[Webhook] = None,
    texts: Texts = TEXTS,
    pace: Optional[Pace] = None,
    files: Path = Path("/nonexistent"),
) -> AsyncIterator[TelegramFront]:
    """A running channel that speaks to `api`, which is serving; `files` is the folder of its files."""
    async with FakeEngine(behaviour).serving() as engine:
        front = TelegramFront(database, clock, api, engine, front_id, webhook, texts, pace, files)
        await front.start()
        try:
            yield front
        finally:
            await front.stop()


def hasty_pace() -> Pace:
    """Telegram's pace with nobody waiting for it."""
    seconds = [0.0]

    async def sleep(length: float) -> None:
        seconds[0] += length

    return Pace(lambda: seconds[0], sleep)


def log_of(database: Database, user: int) -> list[Message]:
    """Every row of this Telegram user's conversations, in order."""
    with database.reading() as session:
        return (
            session.query(Message)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .join(Identity, Identity.person_id == Conversation.person_id)
            .filter(Identity.kind == "telegram", Identity.value == str(user))
            .order_by(Conversation.opened_at, Message.seq)
            .all()
        )


def said(database: Database, user: int, author_kind: str = "customer") -> list[str]:
    """What this author said in the conversations of this user."""
    return [row.body["text"] for row in log_of(database, user) if row.author_kind == author_kind]
