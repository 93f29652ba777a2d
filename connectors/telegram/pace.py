"""How fast a bot may speak: a message a second in one chat, thirty a second in all, slower when Telegram says so."""

import asyncio
import time
from typing import Awaitable, Callable

from base.limits import RateLimit

CHAT_BURST, CHAT_PER_S = 4, 1.0  # the few messages of one answer may come at once
ALL_BURST, ALL_PER_S = 5, 22.0  # never 30 in a second, also where the network bunches them
EVERYBODY = "*"
LEAST_S = 0.001  # less is lost where times are added


class Pace:
    """Lets each message wait for its turn; counted in this process, which is the only one that sends."""

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._now, self._sleep = now, sleep
        self._chats = RateLimit(CHAT_BURST, CHAT_PER_S, now)
        self._all = RateLimit(ALL_BURST, ALL_PER_S, now)
        self._held: dict[str, float] = {}  # chats that Telegram asked to wait, until when
        self._all_held = 0.0

    async def turn(self, chat: str) -> None:
        """Return when this chat may get a message."""
        for limit, key in ((self._chats, chat), (self._all, EVERYBODY)):
            while wait := limit.wait(key):
                await self._sleep(max(LEAST_S, wait))
        while (wait := self._all_held - self._now()) > 0:
            await self._sleep(wait)

    def may_type(self) -> bool:
        """Whether there is room for what can be left out."""
        return self._all_held <= self._now() and not self._all.wait(EVERYBODY)

    def hold(self, chat: str, seconds: float) -> None:
        """Telegram wants this chat to wait. When another one has to wait already, it means everybody."""
        now = self._now()
        self._held = {held: until for held, until in self._held.items() if until > now and held != chat}
        if self._held:
            self._all_held = max(self._all_held, min(now + seconds, *self._held.values()))
        self._held[chat] = now + seconds

    def hold_all(self, seconds: float) -> None:
        """Nobody gets anything for so long."""
        self._all_held = max(self._all_held, self._now() + seconds)
