"""The web chat of one front: a Socket.IO server whose protocol is docs/web-protocol.md.

What clients ask for is in `web_events.py`, what they are sent unasked in `web_delivery.py`.
"""

import logging
import math
from typing import Any, Awaitable, Callable, Mapping, Optional

import socketio
from sqlalchemy.exc import SQLAlchemyError

from base.clock import Clock
from base.database import Database
from connectors.arriving import OWN_TEXTS as ARRIVING_TEXTS
from connectors.web_delivery import WebDelivery
from connectors.web_events import (
    CHANNEL,
    FILE_TEXT,
    FILES_TEXT,
    IDENTITY_KIND,
    LEFT_TEXT,
    NOWHERE,
    WELCOME_TEXT,
    Answer,
    CustomerTyping,
    Handler,
    TurnQueued,
    WebEvents,
    WebLimits,
)
from connectors.web_file_links import FileLinks
from connectors.web_login import Logins
from connectors.web_look import WebLook
from connectors.web_protocol import REFUSALS, Refused
from connectors.web_session import WebSessions
from connectors.web_sockets import Connection, Sockets
from connectors.web_unused import UnusedSockets
from switchboard.codes import Codes
from switchboard.elsewhere import Elsewhere
from switchboard.people import IdentityEnded
from switchboard.texts import Texts

log = logging.getLogger(__name__)

MAX_EVENT_BYTES = 64_000
OWN_TEXTS = (
    WELCOME_TEXT,
    LEFT_TEXT,
    FILE_TEXT,
    FILES_TEXT,
    *(f"utter_error_{code}" for code in REFUSALS),
    *ARRIVING_TEXTS,
)


class WebChannel:
    """Customers' web chats of one front process."""

    def __init__(
        self,
        database: Database,
        sessions: WebSessions,
        links: FileLinks,
        texts: Texts,
        clock: Clock,
        turn_queued: TurnQueued,
        front_id: str,
        limits: WebLimits,
        allowed_origins: tuple[str, ...] = (),
        codes: Optional[Codes] = None,
        logins: Optional[Logins] = None,
        customer_typing: Optional[CustomerTyping] = None,
        elsewhere: Elsewhere = NOWHERE,
    ) -> None:
        self._sessions, self._texts, self._allowed_origins = sessions, texts, allowed_origins
        self._proxy_noticed = self._closing = False
        self.server = socketio.AsyncServer(
            async_mode="sanic",
            async_handlers=False,  # one client's events are handled in the order in which they came
            cors_allowed_origins=lambda origin, environ: self.origin_allowed(origin, environ.get("HTTP_HOST", "")),
            max_http_buffer_size=MAX_EVENT_BYTES,
            cookie=None,
            logger=False,
            engineio_logger=False,
        )
        self.sockets = Sockets()
        self.delivery = WebDelivery(database, self.server, self.sockets, links, clock)
        unused = UnusedSockets(self.server, self.sockets)
        self.look = WebLook(database, self.sockets, self.delivery, unused, IDENTITY_KIND)
        events = WebEvents(
            database,
            sessions,
            texts,
            clock,
            turn_queued,
            front_id,
            self.sockets,
            self.delivery,
            limits,
            links,
            codes,
            logins,
            customer_typing,
            elsewhere,
        )
        self.server.on("connect", self._connect)
        self.server.on("disconnect", self._disconnect)
        for event, handler in events.handlers.items():
            self.server.on(event, self._answering(handler))

    async def start(self) -> None:
        """Begin to look after the open chats."""
        await self.look.start()

    async def stop(self) -> None:
        """Take nothing more and close every socket; clients connect again to whoever is there."""
        self._closing = True
        await self.look.stop()
        await self.server.shutdown()

    def origin_allowed(self, origin: str, host: str) -> bool:
        """Whether a page of this origin may talk to us, whom it reaches as `host`."""
        return origin in self._allowed_origins or origin in (f"http://{host}", f"https://{host}")

    async def _connect(self, sid: str, environ: Mapping[str, Any], _auth: Any = None) -> None:
        if self.sockets.find(sid):
            return  # a client may send an event of this name
        request = environ["sanic.request"]
        if not request.remote_addr and request.headers.get("x-forwarded-for") and not self._proxy_noticed:
            self._proxy_noticed = True
            log.warning("a proxy forwards web chats but SPORTELLO_PROXIES is 0: all customers count as one address")
        self.sockets.add(Connection(sid, self._sessions.address_key(request.remote_addr or request.ip)))

    async def _disconnect(self, sid: str, *_reason: Any) -> None:
        if self.server.manager.is_connected(sid, "/"):
            return  # a client may send an event of this name
        self.sockets.drop(sid)

    def _answering(self, handler: Handler) -> Callable[..., Awaitable[Answer]]:
        """`handler` as Socket.IO calls it: whatever a client sends, it gets an acknowledgement it can use."""

        async def handle(sid: str, data: Any = None, *_more: Any) -> Answer:
            try:
                return await self._handle(handler, sid, data)
            except Refused as refused:
                return self._refusal(refused)
            except SQLAlchemyError:
                log.exception("the database did not take a web event")
                return self._refusal(Refused("later", retry_after=2))

        return handle

    async def _handle(self, handler: Handler, sid: str, data: Any) -> Answer:
        connection = self.sockets.find(sid)
        if self._closing:
            raise Refused("later", retry_after=2)
        if connection is None:
            raise Refused("no_session")
        try:
            return await handler(connection, data)
        except IdentityEnded as error:  # left on another front, a moment ago
            if connection.session_id is not None:
                await self.delivery.end_session(connection.session_id)
            raise Refused("no_session") from error

    def _refusal(self, refused: Refused) -> Answer:
        text = self._texts.render(f"utter_error_{refused.code}", "", {}, CHANNEL).text
        retry_after = math.ceil(refused.retry_after) if refused.retry_after else None
        return {"ok": False, "error": {"code": refused.code, "text": text, "retry_after": retry_after}}
