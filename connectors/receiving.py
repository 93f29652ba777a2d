"""Takes a file from a customer, whatever the channel: is there room, onto the disk, then its row."""

import asyncio
import errno
from typing import Any, AsyncIterator, Callable, Optional

from sqlalchemy.exc import IntegrityError

from attachments import kinds
from attachments.intake import Intake
from attachments.kinds import STORED, FileRefused
from base.clock import Clock
from base.database import Database
from switchboard import uploads
from switchboard.attachments import SentFile, clean_name
from switchboard.body import Reply
from switchboard.people import Sender
from switchboard.uploads import FileLimits, NewFile, NoRoom

REFUSALS = (*kinds.REFUSALS, *uploads.REFUSALS)


class Receiving:
    """What every channel of a front gives its customers' files to."""

    def __init__(self, database: Database, intake: Intake, limits: FileLimits, clock: Clock) -> None:
        self.intake, self.limits = intake, limits
        self._database, self._clock = database, clock

    async def receive(
        self, sender: Sender, external_id: str, name: str, chunks: AsyncIterator[bytes], welcome: Reply
    ) -> SentFile:
        """The file of these bytes, kept for its sender and not sent yet; one that came before under this id as it was.

        Args:
            name: what the customer calls it.
            welcome: what a conversation that begins with it opens with.

        Raises:
            FileRefused: it cannot be taken; nothing is left of it.
            IdentityEnded: the sender has left.
            OSError, SQLAlchemyError: disk or database do not take it now.
        """
        before = (sender, external_id, self.limits, welcome)
        known = await self._write(uploads.check_room, *before)
        if known is not None:
            return known
        if await asyncio.to_thread(self.intake.folder.is_full):
            raise OSError(errno.ENOSPC, "the disk of the attachments is nearly full")
        stored = await self.intake.take(chunks)
        shown = clean_name(name, STORED[stored.media_type].suffix)
        new = NewFile(external_id, stored.id, stored.media_type, shown, stored.bytes, stored.width, stored.height)
        kept: Optional[SentFile] = None
        try:
            kept = await self._write(uploads.keep, sender, new, self.limits, welcome)
        finally:
            if kept is None or kept.id != stored.id:
                await asyncio.to_thread(self.intake.folder.remove, stored.id)
        return kept

    async def _write(self, function: Callable[..., Any], *args: Any) -> Any:
        try:
            try:
                return await self._database.write(function, *args, self._clock.now())
            except IntegrityError:  # another process opened the conversation in this moment
                return await self._database.write(function, *args, self._clock.now())
        except NoRoom as error:
            raise FileRefused("too_many_files_now" if error.hourly else "too_many_files") from error
