"""Shows "sta scrivendo…" in a chat while its answer is being prepared."""

import asyncio
import logging
from collections import OrderedDict
from typing import Awaitable, Callable, Optional, Sequence

from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError

from connectors.telegram.pace import Pace
from switchboard.log import Row

log = logging.getLogger(__name__)

AGAIN_S = 4.5  # Telegram shows it for five seconds, or until a message comes
LONGEST_S = 60.0
MOST_CHATS = 10_000


class Chats:
    """Which chat a conversation is in, for those this front has heard of lately. `None`: it is not on Telegram."""

    def __init__(self, look_up: Callable[[str], Awaitable[Optional[str]]]) -> None:
        self._look_up = look_up
        self._known: OrderedDict[str, Optional[str]] = OrderedDict()

    def remember(self, conversation_id: str, chat: Optional[str]) -> None:
        """This conversation is in this chat."""
        self._known[conversation_id] = chat
        self._known.move_to_end(conversation_id)
        while len(self._known) > MOST_CHATS:
            self._known.popitem(last=False)

    async def of(self, conversation_id: str) -> Optional[str]:
        """The conversation's chat."""
        if conversation_id not in self._known:
            self.remember(conversation_id, await self._look_up(conversation_id))
        return self._known[conversation_id]


class Typing:
    """One task for each chat in which somebody is writing."""

    def __init__(self, bot: Bot, chats: Chats, pace: Pace) -> None:
        self._bot, self.chats, self._pace = bot, chats, pace
        self._writing: dict[str, asyncio.Task] = {}

    async def new_rows(self, conversation_id: str, rows: Sequence[Row] = ()) -> None:
        """What was being written is there."""
        if any(row.author_kind != "customer" for row in rows):
            self._end(conversation_id)

    async def typing(self, conversation_id: str, on: bool, _name: Optional[str] = None) -> None:
        """Somebody began or stopped writing."""
        self._end(conversation_id)
        chat = await self.chats.of(conversation_id) if on else None
        if chat is not None:
            self._writing[conversation_id] = asyncio.create_task(self._show(conversation_id, chat))

    async def stop(self) -> None:
        """Nobody is writing any more."""
        tasks = list(self._writing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _end(self, conversation_id: str) -> None:
        task = self._writing.pop(conversation_id, None)
        if task:
            task.cancel()

    async def _show(self, conversation_id: str, chat: str) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + LONGEST_S
        try:
            while loop.time() < end:
                if self._pace.may_type():
                    await self._bot.send_chat_action(int(chat), ChatAction.TYPING)
                await asyncio.sleep(AGAIN_S)
        except TelegramError as error:
            log.info("Telegram did not show that somebody is writing: %s", type(error).__name__)
        finally:
            if self._writing.get(conversation_id) is asyncio.current_task():
                del self._writing[conversation_id]
