"""Sends conversations what they have not got: one durable job each (`switchboard.deliveries`), several at a time.

What Telegram answers decides: sent; later (too fast, away, broken: nobody else waits for it); never (blocked, deleted).
"""

import asyncio
import logging
from datetime import timedelta
from typing import Any, Callable, Mapping, Optional, Sequence

import httpx
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from attachments.folder import Folder
from base.clock import Clock
from base.database import Database
from connectors.telegram.bot import retry_after
from connectors.telegram.format import Part, parts_of
from connectors.telegram.pace import Pace
from connectors.telegram.ways import Ways
from connectors.telegram.workers import Workers
from switchboard import deliveries, jobs
from switchboard.deliveries import REFUSED, SENT, WAITING, Outgoing
from switchboard.jobs import TakenJob
from switchboard.log import Row

log = logging.getLogger(__name__)

TOGETHER = 20
TURN_S = 25.0  # a conversation with more to send goes on after the others
LONGEST_RETRY = timedelta(seconds=30)  # customers wait: once Telegram is back, not longer than this
TOKEN_REFUSED_S = 10.0
GONE = ("chat not found", "user is deactivated", "user not found", "chat_id is empty", "peer_id_invalid")
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Gone(Exception):
    """Nothing can be sent to this chat any more; `outgoing` was the last thing tried."""

    def __init__(self, outgoing: Outgoing) -> None:
        super().__init__()
        self.outgoing = outgoing


class Delivery:
    """Everything one front sends to Telegram chats without being asked."""

    def __init__(
        self,
        database: Database,
        bot: Bot,
        clock: Clock,
        owner: str,
        channel: str,
        pace: Pace,
        folder: Folder,
        ways: Ways,
    ) -> None:
        self._database, self._bot, self._clock = database, bot, clock
        self._channel, self._pace = channel, pace
        self._folder, self._ways = folder, ways
        self._workers = Workers(database, clock, owner, deliveries.kind_of(channel), TOGETHER, self._do)

    async def start(self) -> None:
        """Take back what this front had begun before it died, and begin to send."""
        await self._workers.start()

    async def stop(self) -> None:
        """Begin nothing more, and let what is being sent arrive: it would be sent again otherwise."""
        await self._workers.stop()

    async def new_rows(self, _conversation_id: str, _rows: Sequence[Row] = ()) -> None:
        """A log has grown: look at once instead of within a second."""
        self._workers.wake()

    async def _do(self, job: TakenJob) -> None:
        try:
            await self._send_all(job)
        except RetryAfter as error:
            await self._again(job, retry_after(error))
        except TelegramError as error:
            log.warning("a conversation cannot be sent now (%s), attempt %d", type(error).__name__, job.attempt)
            await self._later(job, error)
        except Gone as gone:
            await self._write(deliveries.give_up_address, job, gone.outgoing, self._channel)
        except Exception as error:
            log.exception("sending a conversation broke, attempt %d", job.attempt)
            await self._later(job, error)

    async def _send_all(self, job: TakenJob) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + TURN_S
        while True:
            outgoing = await self._database.write(deliveries.next_row, job, self._channel, self._clock.now())
            if outgoing is None:
                return None
            if self._workers.stopping or loop.time() > end:
                return await self._again(job, 0)
            parts = parts_of(await self._ways.shown(outgoing.message_id, outgoing.body))
            for place, part in enumerate(parts[outgoing.parts_sent :], start=outgoing.parts_sent):
                if not await self._send_part(job, outgoing, place, part):
                    return None
            if not await self._write(deliveries.settle_row, job, outgoing, self._channel):
                return None

    async def _send_part(self, job: TakenJob, outgoing: Outgoing, place: int, part: Part) -> bool:
        """Send one part; False when the job is somebody else's by now.

        Raises:
            Gone: the chat cannot be reached any more.
            TelegramError: later.
        """
        await self._pace.turn(outgoing.address)
        doubts = await self._write(deliveries.begin_part, job, outgoing, self._channel, place)
        if doubts is None:
            return False
        if doubts:
            log.warning("part %d of message %s may be there already: sent again", place, outgoing.message_id)
        try:
            external_id = await self._call(outgoing.address, part)
        except TelegramError as error:
            if isinstance(error, RetryAfter):
                self._pace.hold(outgoing.address, retry_after(error))
            if _was_not_sent(error):
                await self._end(outgoing, place, WAITING)
            if _is_gone(error):
                raise Gone(outgoing) from error
            if not isinstance(error, BadRequest):
                raise
            log.error("Telegram refuses part %d of message %s for good", place, outgoing.message_id)
            await self._end(outgoing, place, REFUSED)
            return True
        await self._end(outgoing, place, SENT, external_id)
        return True

    async def _call(self, chat: str, part: Part) -> str:
        """Have Telegram show the part, without its formatting rather than not at all; the id it has there."""
        if part.file is not None:
            return await self._send_file(int(chat), part.file)
        keyboard = [[InlineKeyboardButton(title, callback_data=id_)] for id_, title in part.buttons]
        options: dict[str, Any] = {
            "reply_markup": InlineKeyboardMarkup(keyboard) if keyboard else None,
            "link_preview_options": LinkPreviewOptions(is_disabled=True),
        }
        pictured = LinkPreviewOptions(url=part.image, prefer_large_media=True) if part.image else None
        try:
            message = await self._bot.send_message(
                int(chat),
                part.html,
                parse_mode=ParseMode.HTML,
                **{**options, **({"link_preview_options": pictured} if pictured else {})},
            )
        except BadRequest as error:
            if _is_gone(error):
                raise
            log.warning("Telegram does not take a formatted message: sent without formatting")
            message = await self._bot.send_message(int(chat), part.plain, **options)
        return str(message.message_id)

    async def _send_file(self, chat: int, file: Mapping[str, Any]) -> str:
        """A picture as a photo, if Telegram takes it for one, anything else as a document; the id it has there."""
        path = self._folder.path(file["id"], file["type"])
        try:
            content = await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError as error:
            raise BadRequest("the file was erased") from error
        named = InputFile(content, filename=file["name"] or path.name)
        if file["width"]:
            try:
                return str((await self._bot.send_photo(chat, named)).message_id)
            except BadRequest as error:
                if _is_gone(error):
                    raise
                log.warning("Telegram does not take a picture as a photo: sent as a document")
        return str((await self._bot.send_document(chat, named)).message_id)

    async def _end(self, outgoing: Outgoing, place: int, state: str, external_id: Optional[str] = None) -> None:
        now = self._clock.now()
        await self._database.write(deliveries.end_part, outgoing, self._channel, place, state, now, external_id)

    async def _write(self, function: Callable[..., Any], *args: Any) -> Any:
        return await self._database.write(function, *args, self._clock.now())

    async def _again(self, job: TakenJob, seconds: float) -> None:
        now = self._clock.now()
        await self._database.write(jobs.finish, job, now, now + timedelta(seconds=seconds))

    async def _later(self, job: TakenJob, error: Exception) -> None:
        if isinstance(error, InvalidToken):
            self._pace.hold_all(TOKEN_REFUSED_S)
        now = self._clock.now()
        await self._database.write(jobs.fail, job, type(error).__name__, now, True, LONGEST_RETRY)


def _was_not_sent(error: TelegramError) -> bool:
    """Whether the message is certainly not there: Telegram said so, or the call did not reach it."""
    said_no = isinstance(error, (RetryAfter, Forbidden, BadRequest, InvalidToken, Conflict, ChatMigrated))
    return said_no or isinstance(error.__cause__, NEVER_SENT)


def _is_gone(error: TelegramError) -> bool:
    if isinstance(error, BadRequest):
        return any(words in error.message.lower() for words in GONE)
    return isinstance(error, (Forbidden, ChatMigrated))
