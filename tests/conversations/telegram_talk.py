"""The talks of rehearsal/talk.py in a Telegram chat: with its inbox and formatting, or through all of it by HTTP."""

import re
from contextlib import asynccontextmanager
from datetime import timedelta
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any, AsyncIterator, Optional, Sequence

from rasa.core.agent import Agent
from telegram import Update

from base.clock import FixedClock
from base.database import Database
from base.settings import Register
from connectors.telegram.format import parts_of
from connectors.telegram.inbox import Front, Inbox
from connectors.telegram.offers import Offer, Pending
from connectors.telegram.updates import Incoming, read_meaning
from engine.turn_request import read_request
from rehearsal.ground import Ground
from rehearsal.talk import FRONT, NoSuchButton, Shown, Talk
from switchboard.log import Row
from switchboard.models import DONE, Delivery, DeliveryMark, Message, Turn
from switchboard.notices import Notices
from switchboard.turns import ClaimedTurn
from tests.attachments import pictures
from tests.connectors.telegram.bot_api import BOT, BotApi, Sent
from tests.connectors.telegram.front import MOST_BYTES, hasty_pace, telegram
from tests.front.fake_engine import until

CHANNEL = "telegram"
FIRST_CHAT = 1_001
ANSWERED_S = 30.0
ALBUM = timedelta(seconds=5)  # for which the photos of an album are waited for, and more
PHOTO = pictures.encoded("JPEG")
STRONG = re.compile("<b>(.*)</b>")
STANDING = ("⚠", "●")  # how a card's lines begin at the steps where it stands still (connectors/telegram/cards.py)


class ChatTalk(Talk):
    """A chat with the bot. `api` makes what Telegram would bring, and takes what it is given as Telegram does."""

    def __init__(self, agent: Agent, database: Database, clock: FixedClock, ground: Optional[Ground] = None) -> None:
        super().__init__(agent, database, clock, ground)
        self.api = BotApi()
        self._chats: dict[str, int] = {}
        self._sent: Sequence[Sent] = ()

    async def _write(self, text: str, files: int) -> None:
        if files:
            await self._bring_photos(text, files)
        else:
            await self._bring(self.api.say(self._chat, text))

    async def _press(self, title: str) -> None:
        shown = [sent for sent in self._sent if title in dict(sent.buttons)]
        if not shown:
            raise NoSuchButton(title, self.shown.buttons)
        await self._bring(self.api.press(shown[-1], title))

    async def send(self, **content: Any) -> None:
        """Send something that is no text, as `BotApi.send` takes it."""
        self._begin()
        await self._bring(self.api.send(self._chat, **content))

    def stands_still(self, note: Optional[str]) -> bool:
        """A step is one line: its sign and label, its day and its note where there are any."""
        lines = [line for line in self.shown.words.splitlines() if line.startswith(STANDING)]
        return len(lines) == 1 and lines[0].endswith(f" · {note}" if note else "")

    @property
    def _chat(self) -> int:
        return self._chats.setdefault(self.session, FIRST_CHAT + len(self._chats))

    async def _bring(self, update: dict[str, Any]) -> None:
        raise NotImplementedError

    async def _bring_photos(self, caption: str, count: int) -> None:
        """An album, or one photo; `caption` stands under the first."""
        raise NotImplementedError

    def _read(self, sent: Sequence[Sent]) -> None:
        self._sent, self.shown = sent, _shown(sent)


class RenderedTalk(ChatTalk):
    """Nothing but the channel's own parts: updates are handed to its inbox, rows to its formatting."""

    def addressed_as(self, register: Register) -> None:
        super().addressed_as(register)
        asides = SimpleNamespace(button_used=_nothing, button_over=_nothing, leave=_nothing)
        typing = SimpleNamespace(chats=SimpleNamespace(remember=_nothing))
        front = Front(FRONT, self._queued, Notices(), self.codes)
        bot_id = str(BOT["id"])
        given = (self.database, self.texts, self.clock, front, _key, bot_id, asides, typing, Pending(), MOST_BYTES)
        self._inbox = Inbox(*given)  # type: ignore
        self._turn: Optional[ClaimedTurn] = None

    def _queued(self, _conversation_id: str, turn: Optional[ClaimedTurn]) -> None:
        self._turn = turn

    async def _bring(self, update: dict[str, Any]) -> None:
        self._turn = None
        await self._inbox.take(Update.de_json(update, None))
        await self._read_turn()

    async def _bring_photos(self, caption: str, count: int) -> None:
        self._turn = None
        user, sender = str(self._chat), self._inbox.sender(str(self._chat))
        offers = [Offer(user, user, self.messages * 100 + n, "f", 1, "", "photo", caption) for n in range(count)]
        files = [self.upload(sender, self._inbox.welcome(sender), place) for place in range(count)]
        await self._inbox.take_files(offers, files, None)
        await self._read_turn()

    async def _read_turn(self) -> None:
        assert self._turn
        rows = await self.complete(self._turn)
        self._read([self.api.receive(message) for row in rows for message in self._messages(row)])

    def _messages(self, row: Row) -> list[dict[str, Any]]:
        """As they are given to Telegram."""
        return [
            {
                "chat_id": self._chat,
                "text": part.html,
                "parse_mode": "HTML",
                "reply_markup": {"inline_keyboard": [[{"text": t, "callback_data": id_}] for id_, t in part.buttons]},
            }
            for part in parts_of(row.body)
        ]


class ConnectedTalk(ChatTalk):
    """Through the whole channel: python-telegram-bot, a Bot API server, dispatcher, an engine that is asked by HTTP."""

    async def engine(self, data: dict[str, Any]) -> dict[str, Any]:
        """The engine's answer to a request of the front's."""
        return await self.answer(read_request(data))

    async def _bring(self, update: dict[str, Any]) -> None:
        await self._until_answered(update)

    async def _bring_photos(self, caption: str, count: int) -> None:
        album = {"media_group_id": f"album{self.messages}"} if count > 1 else {}
        said = {"caption": caption} if caption else {}
        updates = [self.api.send_photo(self._chat, PHOTO, **album, **({} if n else said)) for n in range(count)]
        await until(lambda: not self.api.pending, seconds=ANSWERED_S)
        self.clock.move(ALBUM)
        await self._until_answered(updates[0])

    async def _until_answered(self, update: dict[str, Any]) -> None:
        meaning = read_meaning(Update.de_json(update, None))
        assert isinstance(meaning, Incoming)
        external_id = f"tg:{self._chat}:{BOT['id']}.{meaning.own_id}"
        await until(lambda: self._answer_to(external_id) is not None, seconds=ANSWERED_S)
        ids = self._answer_to(external_id)
        self._read([sent for sent in self.api.sent if str(sent.message_id) in (ids or ())])

    def _answer_to(self, external_id: str) -> Optional[list[Optional[str]]]:
        """Telegram's numbers of everything that was said to this message; None while it is not all sent."""
        with self.database.reading() as session:
            message = session.query(Message).filter_by(channel=CHANNEL, external_id=external_id).one_or_none()
            if message is None or session.get(Turn, message.id).state != DONE:
                return None
            later = session.query(Message).filter(
                Message.conversation_id == message.conversation_id, Message.seq > message.seq
            )
            seqs = {row.id: row.seq for row in later}
            delivery = session.get(Delivery, (message.conversation_id, CHANNEL))
            if delivery.sent_seq < max(seqs.values()):
                return None
            marks = session.query(DeliveryMark).filter(DeliveryMark.message_id.in_(seqs))
            return [mark.external_id for mark in sorted(marks, key=lambda mark: (seqs[mark.message_id], mark.part))]


@asynccontextmanager
async def connected(
    agent: Agent, database: Database, clock: FixedClock, register: Register, files: Path
) -> AsyncIterator[ConnectedTalk]:
    """A talk whose channel is running."""
    talk = ConnectedTalk(agent, database, clock)
    talk.addressed_as(register)
    async with (
        talk.api.serving() as api,
        telegram(database, clock, api, talk.engine, texts=talk.texts, pace=hasty_pace(), files=files),
    ):
        yield talk


def _shown(sent: Sequence[Sent]) -> Shown:
    lines = [line for message in sent for line in message.raw["text"].splitlines()]
    return Shown(
        words="\n".join(message.text for message in sent).replace("\xa0", " "),
        buttons=[title for message in sent for title, _ in message.buttons],
        cards=[unescape(found[1]) for line in lines if (found := STRONG.fullmatch(line))],
    )


def _nothing(*_args: Any) -> None:
    pass


def _key(kind: str, name: str) -> str:
    return f"{kind}:{name}"
