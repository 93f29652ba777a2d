"""Customers' Telegram chats: docs/telegram.md says what is guaranteed.

Updates become messages in `inbox.py`, rows of the log become Telegram's messages in `delivery.py`.
One front at a time speaks to Telegram (`duty.py`); any of them takes what is brought to the webhook.
"""

import asyncio
import hmac
from dataclasses import dataclass
from hashlib import sha256
from typing import Optional, Sequence

from sanic import Sanic

from base.clock import Clock
from base.database import Database
from connectors.arriving import OWN_TEXTS as ARRIVING_TEXTS
from connectors.receiving import REFUSALS, Receiving
from connectors.telegram.asides import Asides
from connectors.telegram.bot import make_bot
from connectors.telegram.commands import ASK_OF_ONE, asked_text, menu, menu_texts
from connectors.telegram.delivery import Delivery
from connectors.telegram.duty import RENEW_S, Duty
from connectors.telegram.fetching import LOST, Fetching, most_bytes
from connectors.telegram.inbox import (
    CHANNEL,
    FILE_TEXT,
    FILES_TEXT,
    OVER_TEXT,
    WELCOME_TEXT,
    CommittingQueue,
    Front,
    Inbox,
    Key,
)
from connectors.telegram.offers import Pending
from connectors.telegram.pace import Pace
from connectors.telegram.source import POLL_S, Source, Webhook
from connectors.telegram.updates import (
    A_PHONE_TEXT,
    ADDRESS_TEXT,
    EDITED,
    FILE_KINDS,
    KINDS,
    LOCATION,
    MY_PHONE_TEXT,
    PLACE_TEXT,
    TOO_LONG_TEXT,
)
from connectors.telegram.ways import OWN_TEXTS as WAYS_TEXTS
from connectors.telegram.ways import Ways
from connectors.telegram.webhook import add_webhook
from connectors.telegram.writing import Chats, Typing
from switchboard import bots, deliveries
from switchboard.elsewhere import Elsewhere
from switchboard.log import Row
from switchboard.texts import Texts

GROUP_TEXT = "utter_telegram_group"
OWN_TEXTS = (
    WELCOME_TEXT,
    OVER_TEXT,
    TOO_LONG_TEXT,
    GROUP_TEXT,
    MY_PHONE_TEXT,
    A_PHONE_TEXT,
    PLACE_TEXT,
    ADDRESS_TEXT,
    *(asked_text(name) for name in ASK_OF_ONE),
    *(f"utter_telegram_{kind}" for kind in (*KINDS, LOCATION, EDITED)),
    *(f"utter_telegram_noted_{kind}" for kind in (*KINDS, LOCATION)),
    *(f"utter_telegram_noted_{kind}" for kind in FILE_KINDS),
    *(f"utter_error_{code}" for code in (*REFUSALS, LOST)),
    FILE_TEXT,
    FILES_TEXT,
    *menu_texts(),
    *ARRIVING_TEXTS,
    *WAYS_TEXTS,
)


@dataclass(frozen=True)
class TelegramSettings:
    """How the bot is reached, and how it is to be reached: asked for updates where `webhook` is None."""

    token: str
    api_url: str
    webhook: Optional[Webhook] = None
    poll_s: float = POLL_S
    renew_s: float = RENEW_S


class TelegramChannel:
    """Customers' Telegram chats of one front process."""

    def __init__(
        self,
        database: Database,
        texts: Texts,
        clock: Clock,
        front: Front,
        key: Key,
        receiving: Receiving,
        elsewhere: Elsewhere,
        settings: TelegramSettings,
        pace: Optional[Pace] = None,
    ) -> None:
        self._database, self._settings, self._clock = database, settings, clock
        self._bot = make_bot(settings.token, settings.api_url)
        pace = pace or Pace()
        self._asides = Asides(self._bot, texts.say(GROUP_TEXT))
        self._typing = Typing(self._bot, Chats(self._chat_of), pace)
        bot_id = settings.token.partition(":")[0]
        pending, most = Pending(), most_bytes(receiving)
        self.inbox = Inbox(database, texts, clock, front, key, bot_id, self._asides, self._typing, pending, most)
        self._fetching = Fetching(database, self._bot, clock, front.id, receiving, self.inbox, pending)
        queue = CommittingQueue(self.inbox)
        self._source = Source(self._bot, queue, menu(texts), settings.webhook, self._named, settings.poll_s)
        ways = Ways(database, clock, texts, elsewhere)
        self._delivery = Delivery(database, self._bot, clock, front.id, CHANNEL, pace, receiving.intake.folder, ways)
        self.duty = Duty(database, clock, front.id, self._begin, self._end, settings.renew_s)

    def attach(self, app: Sanic) -> None:
        """Serve the webhook, where there is one."""
        if self._settings.webhook:
            add_webhook(app, self._settings.webhook, self._bot, self.inbox)

    async def start(self) -> None:
        """Begin to work, as soon as no other front does; returns at once, whatever Telegram does."""
        await self.duty.start()

    async def stop(self) -> None:
        """Take nothing more, and let what is being sent arrive."""
        await self.duty.stop()
        await self._typing.stop()
        await self._asides.stop()
        await self._bot.shutdown()

    async def new_rows(self, conversation_id: str, rows: Sequence[Row] = ()) -> None:
        """The log of a conversation has grown."""
        await self._typing.new_rows(conversation_id, rows)
        await self._delivery.new_rows(conversation_id, rows)

    async def typing(self, conversation_id: str, on: bool, name: Optional[str] = None) -> None:
        """Somebody began or stopped preparing an answer."""
        await self._typing.typing(conversation_id, on, name)

    async def _begin(self) -> None:
        await self._delivery.start()
        await self._fetching.workers.start()
        await self._source.start()

    async def _end(self) -> None:
        await asyncio.gather(self._source.stop(), self._delivery.stop(), self._fetching.workers.stop())

    async def _named(self, name: str) -> None:
        await self._database.write(bots.tell, CHANNEL, name, self._clock.now())

    async def _chat_of(self, conversation_id: str) -> Optional[str]:
        return await self._database.read(deliveries.address_of, conversation_id, CHANNEL)


def webhook_secret(secret: str) -> str:
    """What Telegram shows with each update: made of the installation's key, the same on every front."""
    return hmac.new(secret.encode(), b"telegram-webhook", sha256).hexdigest()
