"""The web chat's events, from Socket.IO to the switchboard's log. The protocol is docs/web-protocol.md.

A client's message is acknowledged after it is in the log; `web_delivery.py` sends what the log has.
"""

import logging
import math
from typing import Any, Awaitable, Callable, Mapping

import socketio
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from base.clock import Clock
from base.database import Database
from connectors.limits import RateLimit
from connectors.web_delivery import Connection, WebDelivery
from connectors.web_protocol import REFUSALS, Refused, read_session_request, read_since, read_uttered, row_json
from connectors.web_session import WebSessions
from switchboard import log as conversation_log
from switchboard.log import InboundMessage, UnknownButton
from switchboard.people import Sender
from switchboard.texts import Texts

log = logging.getLogger(__name__)

CHANNEL = "web"
MAX_EVENT_BYTES = 64_000
MESSAGES_PER_MINUTE = 40
SESSIONS_PER_MINUTE = 30
LOOKS_PER_MINUTE = 240  # questions for a session or for rows, of one socket
WELCOME_TEXT = "utter_welcome"
OWN_TEXTS = (WELCOME_TEXT, *(f"utter_error_{code}" for code in REFUSALS))

Answer = dict[str, Any]


class WebChannel:
    """Customers' web chats of one front process."""

    def __init__(
        self,
        database: Database,
        sessions: WebSessions,
        texts: Texts,
        clock: Clock,
        turn_queued: Callable[[str], None],
        allowed_origins: tuple[str, ...] = (),
        messages_per_minute: int = MESSAGES_PER_MINUTE,
        sessions_per_minute: int = SESSIONS_PER_MINUTE,
    ) -> None:
        self._database, self._sessions, self._texts = database, sessions, texts
        self._clock, self._turn_queued, self._allowed_origins = clock, turn_queued, allowed_origins
        self._proxy_noticed = self._closing = False
        self._messages = RateLimit.per_minute(messages_per_minute)
        self._new_sessions = RateLimit.per_minute(sessions_per_minute)
        self._looks = RateLimit.per_minute(LOOKS_PER_MINUTE)
        self.server = socketio.AsyncServer(
            async_mode="sanic",
            async_handlers=False,  # one client's events are handled in the order in which they came
            cors_allowed_origins=self._origin_allowed,
            max_http_buffer_size=MAX_EVENT_BYTES,
            cookie=None,
            logger=False,
            engineio_logger=False,
        )
        self.delivery = WebDelivery(database, self.server)
        self.server.on("connect", self._connect)
        self.server.on("disconnect", self._disconnect)
        self.server.on("session_request", self._answering(self._session_request))
        self.server.on("user_uttered", self._answering(self._user_uttered))
        self.server.on("rows_since", self._answering(self._rows_since))

    async def stop(self) -> None:
        """Take nothing more and close every socket; clients connect again to whoever is there."""
        self._closing = True
        await self.delivery.stop()
        await self.server.shutdown()

    def _origin_allowed(self, origin: str, environ: Mapping[str, Any]) -> bool:
        if origin in self._allowed_origins:
            return True
        host = environ.get("HTTP_HOST", "")
        return origin in (f"http://{host}", f"https://{host}")

    async def _connect(self, sid: str, environ: Mapping[str, Any], _auth: Any = None) -> None:
        if sid in self.delivery.connections:
            return  # a client may send an event of this name
        request = environ["sanic.request"]
        if not request.remote_addr and request.headers.get("x-forwarded-for") and not self._proxy_noticed:
            self._proxy_noticed = True
            log.warning("a proxy forwards web chats but SPORTELLO_PROXIES is 0: all customers count as one address")
        self.delivery.connections[sid] = Connection(sid, self._sessions.address_key(request.remote_addr or request.ip))

    async def _disconnect(self, sid: str, *_reason: Any) -> None:
        if self.server.manager.is_connected(sid, "/"):
            return  # a client may send an event of this name
        self.delivery.drop(sid)

    def _answering(self, handler: Callable[[Connection, Any], Awaitable[Answer]]) -> Callable[..., Awaitable[Answer]]:
        """`handler` as Socket.IO calls it: whatever a client sends, it gets an acknowledgement it can use."""

        async def handle(sid: str, data: Any = None, *_more: Any) -> Answer:
            connection = self.delivery.connections.get(sid)
            try:
                if self._closing:
                    raise Refused("later", retry_after=2)
                if connection is None:
                    raise Refused("no_session")
                return await handler(connection, data)
            except Refused as refused:
                return self._refusal(refused)
            except SQLAlchemyError:
                log.exception("the database did not take a web event")
                return self._refusal(Refused("later", retry_after=2))

        return handle

    async def _session_request(self, connection: Connection, data: Any) -> Answer:
        asked = read_session_request(data)
        self._slow_down(self._looks, connection.sid)
        now = self._clock.now()
        session_id = self._sessions.read(asked.token, now)
        token = asked.token
        if session_id is None:
            self._slow_down(self._new_sessions, connection.address_key)
            session_id, token = self._sessions.issue(now)
        connection.session_id, connection.protocol = session_id, asked.protocol
        sender = self._sender(connection)
        conversation_id, last_seq = await self._twice_if_raced(_open, sender, self._welcome(session_id), now)
        async with connection.pushing:
            self.delivery.watch(connection, conversation_id)
            rows = await self.delivery.rows(conversation_id, asked.since) if asked.protocol else []
            fresh = not asked.protocol and token != asked.token
            connection.sent_seq = rows[-1].seq if rows else (0 if fresh else last_seq)
        await self.server.emit("session_confirm", token, to=connection.sid)
        await self.delivery.push(connection)
        return {
            "ok": True,
            "session": token,
            "conversation": conversation_id,
            "rows": [row_json(row, session_id) for row in rows],
            "last_seq": last_seq,
        }

    async def _user_uttered(self, connection: Connection, data: Any) -> Answer:
        if connection.session_id is None:
            raise Refused("no_session")
        uttered = read_uttered(data)
        self._slow_down(self._messages, connection.session_id)
        inbound = InboundMessage(
            sender=self._sender(connection),
            external_id=f"{connection.session_id}:{uttered.client_id}",
            text=uttered.text,
            button_id=uttered.button_id,
        )
        try:
            accepted = await self._twice_if_raced(
                conversation_log.accept, inbound, self._welcome(connection.session_id), self._clock.now()
            )
        except UnknownButton as error:
            raise Refused("unknown_button") from error
        if not accepted.repeated:
            if accepted.conversation_id != connection.conversation_id:
                await self.delivery.move(connection.session_id, accepted.conversation_id)
            self._turn_queued(accepted.conversation_id)
            await self.delivery.new_rows(accepted.conversation_id)
        return {
            "ok": True,
            "message_id": uttered.client_id,
            "seq": accepted.seq,
            "conversation": accepted.conversation_id,
        }

    async def _rows_since(self, connection: Connection, data: Any) -> Answer:
        if connection.session_id is None or connection.conversation_id is None:
            raise Refused("no_session")
        since = read_since(data)
        self._slow_down(self._looks, connection.sid)
        rows = await self.delivery.rows(connection.conversation_id, since)
        return {
            "ok": True,
            "conversation": connection.conversation_id,
            "rows": [row_json(row, connection.session_id) for row in rows],
            "last_seq": rows[-1].seq if rows else since,
        }

    async def _twice_if_raced(self, function: Callable[..., Any], *args: Any) -> Any:
        """Two fronts may open the same conversation in the same moment: the slower one finds it the second time."""
        try:
            return await self._database.write(function, *args)
        except IntegrityError:
            return await self._database.write(function, *args)

    def _sender(self, connection: Connection) -> Sender:
        session_id = connection.session_id or ""
        return Sender(CHANNEL, CHANNEL, session_id, self._sessions.key("session", session_id), connection.address_key)

    def _welcome(self, session_id: str) -> Any:
        return self._texts.render(WELCOME_TEXT, session_id, {}, CHANNEL)

    @staticmethod
    def _slow_down(limit: RateLimit, key: str) -> None:
        wait = limit.wait(key)
        if wait:
            raise Refused("too_fast", retry_after=wait)

    def _refusal(self, refused: Refused) -> Answer:
        text = self._texts.render(f"utter_error_{refused.code}", "", {}, CHANNEL).text
        retry_after = math.ceil(refused.retry_after) if refused.retry_after else None
        return {"ok": False, "error": {"code": refused.code, "text": text, "retry_after": retry_after}}


def _open(session: Session, sender: Sender, welcome: Any, now: Any) -> tuple[str, int]:
    conversation = conversation_log.open_conversation(session, sender, welcome, now)
    return conversation.id, conversation.last_seq
