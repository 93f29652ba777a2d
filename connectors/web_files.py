"""Files of the web chat over HTTP: a customer's upload, and the way back by a link that only that session has.

docs/web-protocol.md tells the two requests. Nothing of a file's content or name reaches the log.
"""

import asyncio
import logging
import math
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, AsyncIterator, Callable
from urllib.parse import unquote

from sanic import Blueprint, Sanic
from sanic.exceptions import PayloadTooLarge
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response
from sqlalchemy.exc import SQLAlchemyError

from attachments.kinds import FileRefused
from attachments.responses import HEADERS, send_file
from base.clock import Clock
from base.database import Database
from base.limits import RateLimit
from connectors.receiving import REFUSALS, Receiving
from connectors.web_events import CHANNEL, IDENTITY_KIND, TOO_MANY_S, WELCOME_TEXT
from connectors.web_file_links import PATH, FileLinks
from connectors.web_protocol import CLIENT_ID, Refused
from connectors.web_session import WebSessions
from switchboard.attachments import UnknownAttachment
from switchboard.people import IdentityEnded, Sender
from switchboard.sides import file_of
from switchboard.texts import Texts

log = logging.getLogger(__name__)

UPLOADS_PER_MINUTE = 60  # of a session; its burst is a quarter
OF_ADDRESS = 4  # an address may send as much as so many customers
UPLOAD_S = 600.0
TOGETHER_OF_SESSION, TOGETHER = 3, 24
LONGEST_RAW_NAME = 2_000
REFUSED_STATUS = {"no_session": 401, "later": 503, "too_fast": 429, "too_many_files": 429, "too_many_files_now": 429}
DRAINED = 4  # a refused upload is read on, up to so many times the limit, so that its sender hears why
MEGABYTE = 1_000_000
OWN_TEXTS = ("utter_file_gone", *(f"utter_error_{code}" for code in REFUSALS))
PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, X-Upload-Id, X-File-Name",
    "Access-Control-Max-Age": "600",
}


@dataclass(frozen=True)
class Upload:
    """What a client says of a file besides its bytes."""

    sender: Sender
    external_id: str
    name: str


class WebFiles:
    """Uploads and downloads of one front."""

    def __init__(
        self,
        database: Database,
        sessions: WebSessions,
        links: FileLinks,
        receiving: Receiving,
        texts: Texts,
        clock: Clock,
        origin_allowed: Callable[[str, str], bool],
    ) -> None:
        self._database, self._sessions, self._links, self._receiving = database, sessions, links, receiving
        self._texts, self._clock, self._origin_allowed = texts, clock, origin_allowed
        self._most_bytes = receiving.intake.most_bytes
        self._uploads = RateLimit.per_minute(UPLOADS_PER_MINUTE)
        of_address = receiving.limits.per_hour * OF_ADDRESS
        self._from_address = RateLimit(burst=of_address, per_second=of_address / 3600)
        self._together: Counter[str] = Counter()

    def attach(self, app: Sanic) -> None:
        """Add the routes."""
        routes = Blueprint("attachments")  # Sanic marks its handlers, which only functions can be

        @routes.post(PATH, stream=True, name="attachment_upload")
        async def upload(request: Request) -> HTTPResponse:
            return await self._upload(request)

        @routes.options(PATH, name="attachment_preflight")
        async def preflight(request: Request) -> HTTPResponse:
            return HTTPResponse(status=204, headers={**self._cors(request), **PREFLIGHT})

        @routes.get(f"{PATH}/<token>", name="attachment_file")
        async def file(_request: Request, token: str) -> HTTPResponse:
            return await self._send(token, thumb=False)

        @routes.get(f"{PATH}/<token>/thumb", name="attachment_thumb")
        async def thumb(_request: Request, token: str) -> HTTPResponse:
            return await self._send(token, thumb=True)

        app.blueprint(routes)

    async def _upload(self, request: Request) -> HTTPResponse:
        answer: dict[str, Any]
        try:
            answer = {"ok": True, "attachment": await asyncio.wait_for(self._take(request), UPLOAD_S)}
        except FileRefused as error:
            answer = await self._refusal(request, Refused(error.code))
        except Refused as refused:
            answer = await self._refusal(request, refused)
        except asyncio.TimeoutError:
            answer = await self._refusal(request, Refused("bad_request"))
        except (SQLAlchemyError, OSError):
            log.exception("a file could not be stored")
            answer = await self._refusal(request, Refused("later", retry_after=5))
        status = 200 if answer["ok"] else REFUSED_STATUS.get(answer["error"]["code"], 400)
        return json_response(answer, status=status, headers={**self._cors(request), "Cache-Control": "no-store"})

    async def _take(self, request: Request) -> dict[str, Any]:
        upload = self._read(request)
        welcome = self._texts.render(WELCOME_TEXT, upload.sender.identity, {}, CHANNEL)
        async with self._place(upload.sender):
            request.stream.request_max_size = self._most_bytes * (1 + DRAINED)
            chunks = self._chunks(request)
            try:
                file = await self._receiving.receive(upload.sender, upload.external_id, upload.name, chunks, welcome)
            except IdentityEnded as error:
                raise Refused("no_session") from error
        return self._links.with_links(file.as_body(), upload.sender.identity)

    def _read(self, request: Request) -> Upload:
        """Raises `Refused`: who sends it has no session, or is not allowed to."""
        if not self._from_here(request):
            raise Refused("bad_request")
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        session_id = self._sessions.read(token, self._clock.now()) if kind == "Bearer" else None
        if session_id is None:
            raise Refused("no_session")
        upload_id = request.headers.get("x-upload-id", "")
        if not CLIENT_ID.fullmatch(upload_id):
            raise Refused("bad_request")
        address_key = self._sessions.address_key(request.remote_addr or request.ip)
        sender = Sender(CHANNEL, IDENTITY_KIND, session_id, self._sessions.key("session", session_id), address_key)
        for limit, key in ((self._uploads, session_id), (self._from_address, address_key)):
            wait = limit.wait(key)
            if wait:
                raise Refused("too_fast", retry_after=wait)
        if int(request.headers.get("content-length") or 0) > self._most_bytes:
            raise FileRefused("file_too_big")
        name = unquote(request.headers.get("x-file-name", "")[:LONGEST_RAW_NAME])
        return Upload(sender, f"{session_id}:{upload_id}", name)

    @asynccontextmanager
    async def _place(self, sender: Sender) -> AsyncIterator[None]:
        """One of the few uploads that go on at once."""
        if self._together[sender.identity] >= TOGETHER_OF_SESSION or sum(self._together.values()) >= TOGETHER:
            raise Refused("too_fast", retry_after=TOO_MANY_S)
        self._together[sender.identity] += 1
        try:
            yield
        finally:
            self._together[sender.identity] -= 1
            if not self._together[sender.identity]:
                del self._together[sender.identity]

    async def _chunks(self, request: Request) -> AsyncIterator[bytes]:
        try:
            async for chunk in request.stream:
                yield chunk
        except PayloadTooLarge as error:
            raise FileRefused("file_too_big") from error

    async def _read_on(self, request: Request) -> None:
        """Read the rest of an upload that was refused: a browser that is cut off while it sends hears no answer."""
        request.stream.request_max_size = most = self._most_bytes * DRAINED
        if int(request.headers.get("content-length") or 0) > most:
            return
        try:
            async for _ in request.stream:
                pass
        except PayloadTooLarge:
            return

    async def _send(self, token: str, thumb: bool) -> HTTPResponse:
        """The file of a link; one answer for everything that opens nothing."""
        meant = self._links.read(token)
        try:
            if meant is None:
                raise UnknownAttachment("no link")
            attachment_id, session_id = meant
            sender = Sender(CHANNEL, IDENTITY_KIND, session_id, "", "")
            file = await self._database.read(file_of, sender, attachment_id, self._clock.now())
            return await send_file(self._receiving.intake.folder, file, thumb)
        except (UnknownAttachment, IdentityEnded, FileNotFoundError):
            gone = self._texts.render("utter_file_gone", "", {}).text
            return HTTPResponse(gone, status=404, content_type="text/plain; charset=utf-8", headers=HEADERS)

    def _from_here(self, request: Request) -> bool:
        origin = request.headers.get("origin")
        return origin is None or self._origin_allowed(origin, request.headers.get("host", ""))

    def _cors(self, request: Request) -> dict[str, str]:
        origin = request.headers.get("origin")
        allowed = origin is not None and self._from_here(request)
        return {"Vary": "Origin", **({"Access-Control-Allow-Origin": origin} if allowed else {})}

    async def _refusal(self, request: Request, refused: Refused) -> dict[str, Any]:
        await self._read_on(request)
        values = {"megabytes": self._most_bytes // MEGABYTE}
        text = self._texts.render(f"utter_error_{refused.code}", "", values, CHANNEL).text
        wait = math.ceil(refused.retry_after) if refused.retry_after else None
        return {"ok": False, "error": {"code": refused.code, "text": text, "retry_after": wait}}
