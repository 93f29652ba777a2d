"""A web channel on a real port with a real Socket.IO client, for tests."""

import asyncio
import secrets
import socket
from contextlib import asynccontextmanager, suppress
from typing import Any, AsyncIterator, Optional
from unittest.mock import patch

import socketio
from sanic import Sanic
from sanic.server import AsyncioServer
from sanic.touchup import TouchUp

from attachments.intake import Intake
from base.clock import Clock
from base.database import Database
from connectors.arriving import OWN_TEXTS as ARRIVING_TEXTS
from connectors.receiving import REFUSALS as FILE_REFUSALS
from connectors.receiving import Receiving
from connectors.web import WebChannel
from connectors.web_events import NOWHERE, TurnQueued, WebLimits
from connectors.web_file_links import FileLinks
from connectors.web_files import WebFiles
from connectors.web_login import Logins
from connectors.web_protocol import REFUSALS
from connectors.web_session import WebSessions
from switchboard.codes import Codes
from switchboard.elsewhere import Elsewhere
from switchboard.texts import Texts
from switchboard.turns import ClaimedTurn
from switchboard.uploads import FileLimits

SECRET = "k" * 40
CALL_S = 20
LIMITS = WebLimits(messages_per_minute=40, sessions_per_minute=30)
FILE_LIMITS = FileLimits(per_hour=100, per_conversation=100)
NO_LIMITS = WebLimits(messages_per_minute=100_000, sessions_per_minute=100_000)
TEXTS = Texts(
    {
        "utter_welcome": [{"text": "Sono un assistente automatico. Informativa: /privacy"}],
        "utter_file_gone": [{"text": "Il file non c'è più."}],
        "utter_file_alone": [{"text": "[allegato]"}],
        "utter_files_alone": [{"text": "[{count} allegati]"}],
        **{key: [{"text": f"Testo di {key}."}] for key in ARRIVING_TEXTS},
        "utter_customer_left": [{"text": "Il cliente è uscito."}],
        **{f"utter_error_{code}": [{"text": f"Testo di {code}."}] for code in (*REFUSALS, *FILE_REFUSALS)},
    }
)


class Server:
    """A running web channel; `queued` lists the conversations in which a turn was queued, `claimed` those turns.

    `hand_over` gets them, where somebody answers.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        allowed_origins: tuple[str, ...] = (),
        limits: WebLimits = LIMITS,
        codes: Optional[Codes] = None,
        logins: Optional[Logins] = None,
        intake: Optional[Intake] = None,
        files: FileLimits = FILE_LIMITS,
        elsewhere: Elsewhere = NOWHERE,
        texts: Texts = TEXTS,
    ) -> None:
        self.hand_over: Optional[TurnQueued] = None
        self.queued: list[str] = []
        self.claimed: list[Optional[ClaimedTurn]] = []
        self.customers_typing: list[tuple[str, bool]] = []
        self.sessions, links = WebSessions(SECRET), FileLinks(SECRET, clock)
        self.web = WebChannel(
            database,
            self.sessions,
            links,
            texts,
            clock,
            self._turn_queued,
            "front",
            limits,
            allowed_origins,
            codes,
            logins,
            self._customer_typing,
            elsewhere,
        )
        receiving = intake and Receiving(database, intake, files, clock)
        self.files = receiving and WebFiles(
            database, self.sessions, links, receiving, TEXTS, clock, self.web.origin_allowed
        )
        self.port = 0

    async def _customer_typing(self, conversation_id: str, on: bool) -> None:
        self.customers_typing.append((conversation_id, on))

    def _turn_queued(self, conversation_id: str, turn: Optional[ClaimedTurn]) -> None:
        self.queued.append(conversation_id)
        self.claimed.append(turn)
        if self.hand_over:
            self.hand_over(conversation_id, turn)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Server"]:
        app = Sanic(f"test-{secrets.token_hex(4)}", configure_logging=False)
        self.web.server.attach(app)
        if self.files:
            self.files.attach(app)
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        server = await app.create_server(
            sock=listening, return_asyncio_server=True, access_log=False, asyncio_server_kwargs={"start_serving": True}
        )
        await _start_up(server)
        await self.web.start()
        try:
            yield self
        finally:
            await self.web.stop()
            server.close()


async def _start_up(server: AsyncioServer) -> None:
    """Start `server`; Sanic 21.12 rewrites its own methods then, and can do so only once in a process."""
    if _start_up.__dict__.setdefault("done", False):
        with patch.object(TouchUp, "run"):
            await server.startup()
    else:
        await server.startup()
        _start_up.__dict__["done"] = True


class Client:
    """A customer's browser: what it got, in the order in which it came."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.bot_uttered: list[dict[str, Any]] = []
        self.typing: list[dict[str, Any]] = []
        self.read: list[dict[str, Any]] = []
        self.standing: list[dict[str, Any]] = []
        self.ended = 0
        self.confirmed: list[str] = []
        self.socket = socketio.AsyncClient(reconnection=False)
        self.socket.on("rows", lambda data: self.rows.extend(data["rows"]))
        self.socket.on("bot_uttered", self.bot_uttered.append)
        self.socket.on("typing", self.typing.append)
        self.socket.on("read", self.read.append)
        self.socket.on("standing", self.standing.append)
        self.socket.on("session_ended", self._ended)
        self.socket.on("session_confirm", self.confirmed.append)

    def _ended(self, _data: Any) -> None:
        self.ended += 1

    @property
    def texts(self) -> list[str]:
        return [row["body"]["text"] for row in self.rows]

    async def call(self, event: str, data: Any = None) -> dict[str, Any]:
        return await self.socket.call(event, data, timeout=CALL_S)

    async def open(self, token: Optional[str] = None, since: int = 0) -> dict[str, Any]:
        """Ask for a session as the widget does; its rows are kept like pushed ones."""
        answer = await self.call("session_request", {"session_id": token, "protocol": 1, "since": since})
        self.rows.extend(answer.get("rows", []))
        return answer

    async def say(self, message: str, message_id: Optional[str] = None) -> dict[str, Any]:
        return await self.call("user_uttered", {"message": message, "message_id": message_id or secrets.token_hex(6)})


@asynccontextmanager
async def connected(
    port: int, origin: Optional[str] = None, transports: tuple[str, ...] = ("websocket",)
) -> AsyncIterator[Client]:
    client = Client()
    headers = {"Origin": origin} if origin else {}
    await client.socket.connect(f"http://127.0.0.1:{port}", headers=headers, transports=list(transports))
    try:
        yield client
    finally:
        with suppress(asyncio.TimeoutError):  # a polling client would wait for its last poll to end by itself
            await asyncio.wait_for(client.socket.disconnect(), 1)
