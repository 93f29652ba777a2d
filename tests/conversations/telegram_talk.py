"""One customer talking to the whole assistant on Telegram.

What talk.py leaves out is here: the channel with python-telegram-bot, a Bot API server, the front's dispatcher and its
HTTP calls. Everything is read as the customer reads it, from the messages that Telegram shows.
"""

import re
from contextlib import AsyncExitStack
from itertools import count
from typing import Any, Optional

from base.clock import FixedClock
from base.database import Database
from connectors.telegram.pace import Pace
from engine.turn_request import read_request
from switchboard.deliveries import kind_of
from switchboard.models import Job, Turn
from tests.connectors.telegram.bot_api import BotApi, Sent
from tests.connectors.telegram.running import telegram
from tests.conversations.talk import PAUSE, Talk
from tests.front.fake_engine import until

STANDING = re.compile(r"^[●⚠] (.*)$", re.MULTILINE)
TITLE = re.compile(r"^<b>(.*)</b>$", re.MULTILINE)
ANSWERED_S = 30.0


class TelegramTalk(Talk):
    """A conversation in a Telegram chat; another session is another customer's chat."""

    def __init__(self, agent: Any, database: Database, clock: FixedClock) -> None:
        super().__init__(agent, database, clock)
        self._stack, self._api = AsyncExitStack(), BotApi()
        self._results: list[dict[str, Any]] = []
        self._read: list[Sent] = []

    async def hang_up(self) -> None:
        """End the channel and its server."""
        await self._stack.aclose()

    async def press(self, title: str) -> None:
        """Use the button with this title under the latest message that has one, and see its keyboard go."""
        (*_, shown) = (sent for sent in self._api.sent if title in dict(sent.buttons) and sent.chat == self._chat)
        await self._send(button=(shown, title))
        await until(lambda: not shown.buttons)

    @property
    def words(self) -> str:
        return "\n".join(sent.text for sent in self._read).replace("\xa0", " ")

    @property
    def titles(self) -> list[str]:
        return [found[1] for sent in self._read if (found := TITLE.search(sent.raw["text"]))]

    def stands_at(self, note: Optional[str]) -> bool:
        standing = [found[1] for sent in self._read for found in STANDING.finditer(sent.text)]
        return len(standing) == 1 and (note is None or standing[0].endswith(f" · {note}"))

    @property
    def _chat(self) -> int:
        return int(self.session.rpartition("_")[2])

    async def _send(self, text: str = "", button: Optional[tuple[Sent, str]] = None) -> None:
        if not self._messages:
            await self._begin()
        self._clock.move(PAUSE)
        self._messages += 1
        known = any(sent.chat == self._chat for sent in self._api.sent)
        before = len(self._api.sent)
        if button:
            self._api.press(*button)
        else:
            self._api.say(self._chat, text)
        await until(self._settled, ANSWERED_S)
        self._read = self._api.sent[before if known else before + 1 :]  # after the welcome
        assert all("parse_mode" in sent.raw for sent in self._read), "Telegram did not take the formatting"
        self.responses = [reply["response"] for reply in self._results[-1]["replies"]]
        self.effects = self._results[-1]["effects"]

    async def _begin(self) -> None:
        await self._stack.enter_async_context(self._api.serving())
        unhurried = Pace(now=count(step=60).__next__)  # a minute goes past between any two messages
        running = telegram(self._database, self._clock, self._api, self._run, texts=self._texts, pace=unhurried)
        await self._stack.enter_async_context(running)

    async def _run(self, request: dict[str, Any]) -> dict[str, Any]:
        """What the engine does when it is asked."""
        result = await self._turns.run(read_request(request))
        self._results.append(result)
        return result

    def _settled(self) -> bool:
        """Whether the latest message was answered, and the whole answer has arrived."""
        if len(self._results) < self._messages:
            return False
        with self._database.reading() as session:
            turns = session.query(Turn).filter(Turn.state != "done").count()
            sending = session.query(Job).filter(Job.kind == kind_of("telegram"), Job.finished_at.is_(None)).count()
            return not turns and not sending
