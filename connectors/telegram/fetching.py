"""Fetches what customers send: each file once, onto the disk, and then its message into the log.

What Telegram answers decides: later (away, too fast, broken), or never, and the customer is told at once.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from typing import Any, AsyncIterator, Callable, Optional
from weakref import WeakValueDictionary

from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot
from telegram.constants import FileSizeLimit
from telegram.error import BadRequest, RetryAfter, TelegramError

from attachments.kinds import FileRefused
from base.clock import Clock
from base.database import Database
from connectors.receiving import Receiving
from connectors.telegram import offers
from connectors.telegram.bot import retry_after
from connectors.telegram.inbox import Inbox
from connectors.telegram.offers import KIND, Offer, Pending
from connectors.telegram.workers import Workers
from switchboard import jobs
from switchboard.attachments import SentFile
from switchboard.jobs import TakenJob
from switchboard.people import IdentityEnded

log = logging.getLogger(__name__)

TOGETHER = 4
DOWNLOAD_S = 60.0
CHUNK = 64 * 1024
LOST, TOO_BIG = "file_lost", "file_too_big"


def most_bytes(receiving: Receiving) -> int:
    """How large a file may be: ours, or what Telegram lets a bot fetch."""
    return min(receiving.intake.most_bytes, int(FileSizeLimit.FILESIZE_DOWNLOAD))


class Fetching:
    """Everything one front fetches from Telegram."""

    def __init__(
        self,
        database: Database,
        bot: Bot,
        clock: Clock,
        owner: str,
        receiving: Receiving,
        inbox: Inbox,
        pending: Pending,
    ) -> None:
        self._database, self._bot, self._clock = database, bot, clock
        self._receiving, self._inbox, self._pending = receiving, inbox, pending
        self._chats: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.workers = Workers(database, clock, owner, KIND, TOGETHER, self._do)

    async def _do(self, job: TakenJob) -> None:
        offer = Offer(**job.payload)
        lock = self._chats.setdefault(offer.chat, asyncio.Lock())  # one chat's files come in order
        async with lock:
            try:
                await self._fetch_all(job)
            except RetryAfter as error:
                again_at = self._clock.now() + timedelta(seconds=retry_after(error))
                await self._database.write(jobs.finish, job, self._clock.now(), again_at)
            except IdentityEnded:
                await self._write(offers.done, [offer])
            except (TelegramError, SQLAlchemyError, OSError, asyncio.TimeoutError) as error:
                log.warning("a file cannot be fetched now (%s), attempt %d", type(error).__name__, job.attempt)
                await self._later(job, offer, error)
            except Exception as error:
                log.exception("fetching a file broke, attempt %d", job.attempt)
                await self._later(job, offer, error)
            finally:
                self._pending.end([offer])

    async def _fetch_all(self, job: TakenJob) -> None:
        """The files of one message, and the message."""
        wanted = await self._database.read(offers.together, job)
        found: list[SentFile] = []
        refused: Optional[str] = None
        for offer in wanted:
            if not await self._write(jobs.hold, job):
                return
            try:
                found.append(await self._receive(offer))
            except FileRefused as error:
                refused = error.code
        if wanted:
            await self._inbox.take_files(wanted, found, refused)
            self._pending.end(wanted)

    async def _receive(self, offer: Offer) -> SentFile:
        """Raises `FileRefused` what will never be taken, and what `_do` tries again."""
        sender = self._inbox.sender(offer.user)
        external_id = f"{self._inbox.external_id(offer.chat, str(offer.message))}/file"
        chunks, welcome = self._chunks(offer), self._inbox.welcome(sender)
        return await self._receiving.receive(sender, external_id, offer.name, chunks, welcome)

    async def _chunks(self, offer: Offer) -> AsyncIterator[bytes]:
        content = await asyncio.wait_for(self._download(offer), DOWNLOAD_S)
        for start in range(0, len(content), CHUNK):
            yield bytes(content[start : start + CHUNK])

    async def _download(self, offer: Offer) -> bytearray:
        try:
            file = await self._bot.get_file(offer.file_id)
        except BadRequest as error:
            raise FileRefused(TOO_BIG if "too big" in error.message.lower() else LOST) from error
        if (file.file_size or 0) > most_bytes(self._receiving):
            raise FileRefused(TOO_BIG)
        return await file.download_as_bytearray()

    async def _later(self, job: TakenJob, offer: Offer, error: Exception) -> None:
        """Again with growing pauses; after the last one the customer hears that it was not received."""
        if await self._database.write(jobs.fail, job, type(error).__name__, self._clock.now()):
            log.error("a file was not fetched after %d attempts", job.attempt)
            with suppress(IdentityEnded):
                await self._inbox.take_files([offer], [], LOST)

    async def _write(self, function: Callable[..., Any], *args: Any) -> Any:
        return await self._database.write(function, *args, self._clock.now())
