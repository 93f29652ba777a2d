"""Where updates come from: asked for (long polling), or brought to a webhook. Begun again until it works.

Nothing here ends when Telegram is away, refuses the token, wants us to wait, or speaks to somebody else as well: it is
said once in the log, and tried again with growing pauses.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Awaitable, Callable, Optional

from telegram import BotCommand
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.ext import Updater

from connectors.telegram.bot import ALLOWED_UPDATES, TelegramBot, TokenRefused, retry_after
from connectors.telegram.inbox import CommittingQueue, NotTaken

log = logging.getLogger(__name__)

POLL_S = 25
FIRST_RETRY_S, LONGEST_RETRY_S = 1.0, 30.0
STOP_S, CANCEL_S = 2.0, 1.0


@dataclass(frozen=True)
class Webhook:
    """Where Telegram is to bring updates, and the word by which it is known to be Telegram."""

    url: str
    secret: str


class Source:
    """Begins to get updates, in a task of its own, and goes on until it is stopped.

    `named` is told what the bot is called, before anybody can write to it.
    """

    def __init__(
        self,
        bot: TelegramBot,
        queue: CommittingQueue,
        menu: list[tuple[str, str]],
        webhook: Optional[Webhook],
        named: Callable[[str], Awaitable[None]],
        poll_s: float = POLL_S,
    ) -> None:
        self._bot, self._menu, self._webhook, self._poll_s = bot, menu, webhook, poll_s
        self._named = named
        self._updater = Updater(bot, queue)
        self._task: Optional[asyncio.Task] = None
        self._trouble = ""

    async def start(self) -> None:
        """Begin; returns at once."""
        self._task = asyncio.create_task(self._begin())

    async def stop(self) -> None:
        """Ask no more. What was taken is confirmed, if Telegram answers soon enough; else it comes again."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        if self._updater.running:
            stopping = asyncio.create_task(self._updater.stop())
            await asyncio.wait({stopping}, timeout=STOP_S)
            stopping.cancel()  # it may be in a long pause
            await asyncio.wait({stopping}, timeout=CANCEL_S)

    async def _begin(self) -> None:
        pause = FIRST_RETRY_S
        while True:
            try:
                await self._begin_once()
                break
            except RetryAfter as error:
                await asyncio.sleep(retry_after(error))
            except TelegramError as error:
                self._note(error)
                await asyncio.sleep(pause)
                pause = min(LONGEST_RETRY_S, pause * 2)
            except Exception:
                log.exception("Telegram could not be begun and is tried again")
                await asyncio.sleep(LONGEST_RETRY_S)
        log.info("Telegram: bot @%s, %s", self._bot.username, "webhook" if self._webhook else "long polling")
        await self._show_menu()

    async def _begin_once(self) -> None:
        await self._updater.initialize()
        await self._named(self._bot.username)
        if self._webhook:
            await self._bot.set_webhook(
                self._webhook.url, secret_token=self._webhook.secret, allowed_updates=ALLOWED_UPDATES
            )
            return
        await self._updater.start_polling(
            timeout=int(self._poll_s), allowed_updates=ALLOWED_UPDATES, error_callback=self._note
        )

    async def _show_menu(self) -> None:
        """The menu can wait: without it everything works."""
        commands = [BotCommand(name, description) for name, description in self._menu]
        for pause in (0.0, 5.0, 60.0):
            await asyncio.sleep(pause)
            try:
                await self._bot.set_my_commands(commands)
                return
            except TelegramError as error:
                log.info("the bot's menu was not set: %s", type(error).__name__)

    def _note(self, error: TelegramError) -> None:
        """Say what is wrong, once as long as it is the same."""
        trouble = _trouble(error)
        if trouble != self._trouble:
            self._trouble = trouble
            log.warning("Telegram: %s; tried again (`sportello doctor telegram` says more)", trouble)


def _trouble(error: TelegramError) -> str:
    if isinstance(error, (InvalidToken, TokenRefused)):
        return "the token is refused"
    if isinstance(error, Conflict):
        return "somebody else gets this bot's updates"
    if isinstance(error, NotTaken):
        return "the database does not take updates"
    return f"no good answer ({type(error).__name__})"
