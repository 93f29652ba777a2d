"""Photos and documents that an agent adds to a reply: taken like a customer's, told by their content, drawn anew.

A file comes as the body of a request, before the reply it goes with; the reply names it. Nobody sees it until then.
"""

import asyncio
import errno
import logging
from typing import AsyncIterator
from urllib.parse import unquote

from sanic.exceptions import PayloadTooLarge
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from attachments.intake import Intake
from attachments.kinds import STORED, FileRefused
from base.clock import Clock
from base.database import Database
from desk import seen
from desk.sessions import SignedIn
from desk.steps import CLIENT_ID
from desk.words import Words
from switchboard import staff_files
from switchboard.attachments import SentFile, clean_name
from switchboard.attending import NotHeld, SomebodyElses
from switchboard.staff_files import TooManyUnsent
from switchboard.uploads import NewFile

log = logging.getLogger(__name__)

UPLOAD_S = 600.0
LONGEST_RAW_NAME = 2_000
MEGABYTE = 1_000_000
DRAINED = 4  # a refused upload is read on, up to so many times the limit, so that the page hears why


class StaffFiles:
    """Takes the files of one front's agents."""

    def __init__(self, database: Database, intake: Intake, words: Words, clock: Clock) -> None:
        self._database, self._intake, self._words, self._clock = database, intake, words, clock

    async def upload(self, request: Request, signed_in: SignedIn, conversation_id: str) -> HTTPResponse:
        """The id and name of the file that was taken, or why it was not."""
        try:
            file = await asyncio.wait_for(self._take(request, signed_in, conversation_id), UPLOAD_S)
        except FileRefused as refused:
            megabytes = self._intake.most_bytes // MEGABYTE
            return await self._refusal(request, self._words.say(f"error_{refused.code}", megabytes=megabytes))
        except (NotHeld, SomebodyElses, TooManyUnsent) as error:
            key = "error_too_many_files" if isinstance(error, TooManyUnsent) else "error_not_held"
            return await self._refusal(request, self._words.say(key))
        except (OSError, asyncio.TimeoutError):
            log.exception("an agent's file could not be stored")
            return await self._refusal(request, self._words.say("error_later"), 503)
        return json_response({"ok": True, "id": file.id, "name": file.name})

    async def _take(self, request: Request, signed_in: SignedIn, conversation_id: str) -> SentFile:
        agent, upload_id = signed_in.agent, request.headers.get("x-upload-id", "")
        if not CLIENT_ID.fullmatch(upload_id) or not await self._database.read(seen.may_read, agent, conversation_id):
            raise NotHeld("")
        external_id = staff_files.external_id_of(agent, upload_id)
        known = await self._database.write(staff_files.check_room, conversation_id, agent, external_id)
        if known is not None:
            return known
        if await asyncio.to_thread(self._intake.folder.is_full):
            raise OSError(errno.ENOSPC, "the disk of the attachments is nearly full")
        request.stream.request_max_size = self._intake.most_bytes * (1 + DRAINED)
        stored = await self._intake.take(_chunks(request))
        name = unquote(request.headers.get("x-file-name", "")[:LONGEST_RAW_NAME])
        shown = clean_name(name, STORED[stored.media_type].suffix)
        new = NewFile(external_id, stored.id, stored.media_type, shown, stored.bytes, stored.width, stored.height)
        kept = None
        try:
            kept = await self._database.write(staff_files.keep, conversation_id, agent, new, self._clock.now())
        finally:
            if kept is None or kept.id != stored.id:
                await asyncio.to_thread(self._intake.folder.remove, stored.id)
        return kept

    async def _refusal(self, request: Request, text: str, status: int = 409) -> HTTPResponse:
        """Why it was not taken; a browser that is cut off while it sends hears no answer."""
        request.stream.request_max_size = most = self._intake.most_bytes * DRAINED
        if int(request.headers.get("content-length") or 0) <= most:
            try:
                async for _ in request.stream:
                    pass
            except PayloadTooLarge:
                log.info("an agent's file goes on beyond what is read")
        return json_response({"ok": False, "error": text}, status=status)


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream:
            yield chunk
    except PayloadTooLarge as error:
        raise FileRefused("file_too_big") from error
