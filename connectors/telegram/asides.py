"""What a bot does beside the conversation, at once and without a promise: buttons answered, groups left.

Nothing here is needed for an answer to arrive. What fails is only noted.
"""

import asyncio
import logging
from contextlib import suppress
from typing import Any, Awaitable, Callable, Optional

from telegram import Bot
from telegram.constants import CallbackQueryLimit
from telegram.error import TelegramError

from connectors.telegram.updates import Pressed

log = logging.getLogger(__name__)

TOGETHER = 8
MOST_WAITING = 1_000
ASIDE_S = 15.0


class Asides:
    """A few small calls at a time, in tasks of their own."""

    def __init__(self, bot: Bot, group_text: str) -> None:
        self._bot, self._group_text = bot, group_text
        self._places = asyncio.Semaphore(TOGETHER)
        self._tasks: set[asyncio.Task] = set()

    def button_used(self, chat: str, pressed: Pressed, title: str) -> None:
        """Confirm the button and take the keyboard away."""
        self._begin(lambda: self._answer_button(chat, pressed, title, alert=False))

    def button_over(self, chat: str, pressed: Optional[Pressed], text: str) -> None:
        """Say kindly that the button is no longer valid, and take the keyboard away."""
        if pressed:
            self._begin(lambda: self._answer_button(chat, pressed, text, alert=True))

    def leave(self, chat: str, talks: bool) -> None:
        """Leave a group, with a word, or a channel."""
        self._begin(lambda: self._leave(chat, talks))

    async def stop(self) -> None:
        """Let what is under way go."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, call: Callable[[], Awaitable[None]]) -> None:
        if len(self._tasks) >= MOST_WAITING:
            return log.warning("too much to do beside the conversations: a button or a group is not answered")
        task = asyncio.create_task(self._in_turn(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return None

    async def _in_turn(self, call: Callable[[], Awaitable[None]]) -> None:
        async with self._places:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(call(), ASIDE_S)

    async def _answer_button(self, chat: str, pressed: Pressed, text: str, alert: bool) -> None:
        shown = text[: CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH]
        await _quietly(self._bot.answer_callback_query(pressed.query_id, text=shown or None, show_alert=alert))
        await _quietly(self._bot.edit_message_reply_markup(int(chat), pressed.message_id, reply_markup=None))

    async def _leave(self, chat: str, talks: bool) -> None:
        if talks:
            await _quietly(self._bot.send_message(int(chat), self._group_text))
        await _quietly(self._bot.leave_chat(int(chat)))


async def _quietly(call: Awaitable[Any]) -> None:
    try:
        await call
    except TelegramError as error:  # too old a question, a keyboard that is gone already, a group that threw us out
        log.info("Telegram did not do something small: %s", type(error).__name__)
