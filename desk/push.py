"""Tells open desks that something has changed: the queue, a conversation, somebody writing. Never what was said.

A browser that is told, or has been away, asks for what it has not got (`/desk/c/<id>/rows?since=…`); a lost notice
costs a second, because every second is looked whether anything changed by another front's hand.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any, Mapping, Optional, Sequence

import socketio
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from base.clock import Clock
from base.database import Database
from desk import seen
from desk.sessions import DeskSessions, SignedIn
from switchboard import agents
from switchboard.history import standings
from switchboard.log import Row, mark_read
from switchboard.models import HUMAN, Conversation
from switchboard.notices import Notices

log = logging.getLogger(__name__)

SOCKET_PATH = "/desk/socket.io"
MAX_EVENT_BYTES = 4_000
LOOK_S = 1.0
TOGETHER_S = 0.3
SEEN_EVERY = 30  # looks
LONGEST_ID = 60
EVERYBODY = "everybody"


@dataclass(eq=False)
class OpenDesk:
    """One tab of an agent's."""

    sid: str
    signed_in: SignedIn
    conversation_id: Optional[str] = None


@dataclass
class Known:
    """What was last told: how far conversations had got, and a mark of the lists."""

    seqs: dict[str, tuple[int, int]] = field(default_factory=dict)
    mark: str = ""


class DeskPush:
    """The Socket.IO server of the desk; a `switchboard.notices.Listener`."""

    def __init__(self, database: Database, sessions: DeskSessions, clock: Clock, notices: Notices) -> None:
        self._database, self._sessions, self._clock, self._notices = database, sessions, clock, notices
        self._desks: dict[str, OpenDesk] = {}
        self._known = Known()
        self._task: Optional[asyncio.Task] = None
        self._lists_told: Optional[asyncio.Task] = None
        self.server = socketio.AsyncServer(
            async_mode="sanic",
            async_handlers=False,
            cors_allowed_origins=lambda origin, environ: _own(origin, environ.get("HTTP_HOST", "")),
            max_http_buffer_size=MAX_EVENT_BYTES,
            cookie=None,
            logger=False,
            engineio_logger=False,
        )
        self.server.on("connect", self._connect)
        self.server.on("disconnect", self._disconnect)
        self.server.on("watch", self._watch)
        self.server.on("typing", self._typing)
        self.server.on("read", self._read)

    def attach(self, app: Sanic) -> None:
        """Add the route; it has a name of its own beside that of the web chats."""

        async def handle(request: Request) -> Optional[HTTPResponse]:
            return await self.server.handle_request(request)

        app.add_route(handle, SOCKET_PATH, methods=["GET", "POST", "OPTIONS"], name="desk_socket")

    async def start(self) -> None:
        """Begin to look for what other fronts change."""
        self._task = asyncio.create_task(self._every_second())

    async def stop(self) -> None:
        """Stop looking and close every socket."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.server.shutdown()

    async def new_rows(self, conversation_id: str, rows: Sequence[Row] = ()) -> None:
        """The log of this conversation has grown, or somebody else has it."""
        if self._desks:
            await self._tell_conversation(conversation_id)
            self._tell_lists()

    async def typing(self, conversation_id: str, on: bool, name: Optional[str] = None) -> None:
        """An agent or the assistant is writing: the other agents who look see it."""
        await self._emit_to(conversation_id, "typing", {"who": name, "on": on})

    async def customer_typing(self, conversation_id: str, on: bool) -> None:
        """The customer is writing."""
        await self._emit_to(conversation_id, "customer_typing", {"on": on})

    async def _connect(self, sid: str, environ: Mapping[str, Any], _auth: Any = None) -> None:
        signed_in = await self._sessions.find(_cookies(environ), self._clock.now())
        if signed_in is None:
            raise socketio.exceptions.ConnectionRefusedError("sign_in")
        if not signed_in.agent.attends:
            raise socketio.exceptions.ConnectionRefusedError("forbidden")
        self._desks[sid] = OpenDesk(sid, signed_in)
        await self.server.enter_room(sid, EVERYBODY)

    async def _disconnect(self, sid: str, *_reason: Any) -> None:
        desk = self._desks.pop(sid, None)
        if desk and desk.conversation_id:
            await self._tell_who_looks(desk.conversation_id)

    async def _watch(self, sid: str, data: Any = None, *_more: Any) -> dict[str, Any]:
        """The tab shows this conversation from now on, or none."""
        desk, conversation_id = self._desks.get(sid), _id_in(data)
        if desk is None or (conversation_id and not await self._may_read(desk, conversation_id)):
            return {"ok": False}
        before, desk.conversation_id = desk.conversation_id, conversation_id
        if before:
            await self.server.leave_room(sid, before)
            await self._tell_who_looks(before)
        if conversation_id:
            await self.server.enter_room(sid, conversation_id)
            await self._tell_who_looks(conversation_id)
        return {"ok": True}

    async def _typing(self, sid: str, data: Any = None, *_more: Any) -> None:
        """The agent who has the conversation is writing to the customer."""
        desk = self._desks.get(sid)
        if desk is None or desk.conversation_id is None or not isinstance(data, dict):
            return
        if await self._database.read(_is_held_by, desk.conversation_id, desk.signed_in.agent.id):
            await self._notices.typing(desk.conversation_id, data.get("on") is True, desk.signed_in.agent.name)

    async def _read(self, sid: str, data: Any = None, *_more: Any) -> None:
        """The agent who has the conversation has it before his eyes, up to row `seq`."""
        desk = self._desks.get(sid)
        if desk is None or desk.conversation_id is None or not isinstance(data, dict):
            return
        seq = data.get("seq")
        if not isinstance(seq, int) or not 0 < seq < 2**31:
            return
        if await self._database.read(_is_held_by, desk.conversation_id, desk.signed_in.agent.id):
            await self._database.write(mark_read, desk.conversation_id, seq)

    async def _may_read(self, desk: OpenDesk, conversation_id: str) -> bool:
        return bool(await self._database.read(seen.may_read, desk.signed_in.agent, conversation_id))

    async def _tell_who_looks(self, conversation_id: str) -> None:
        looking = [desk for desk in self._desks.values() if desk.conversation_id == conversation_id]
        for desk in looking:
            names = sorted({d.signed_in.agent.name for d in looking if d.signed_in.agent.id != desk.signed_in.agent.id})
            await self.server.emit("looking", {"names": names}, to=desk.sid)

    async def _tell_conversation(self, conversation_id: str) -> None:
        await self._emit_to(conversation_id, "changed", {"conversation": conversation_id})

    def _tell_lists(self) -> None:
        """Everybody's lists have changed; changes that come close together are told once."""
        if self._lists_told is None or self._lists_told.done():
            self._lists_told = asyncio.create_task(self._tell_lists_soon())

    async def _tell_lists_soon(self) -> None:
        await asyncio.sleep(TOGETHER_S)
        await self.server.emit("lists", {}, to=EVERYBODY)

    async def _emit_to(self, conversation_id: str, event: str, data: dict[str, Any]) -> None:
        if any(desk.conversation_id == conversation_id for desk in self._desks.values()):
            await self.server.emit(event, data, to=conversation_id)

    async def _every_second(self) -> None:
        looks = 0
        while True:
            await asyncio.sleep(LOOK_S)
            looks += 1
            if not self._desks:
                continue
            try:
                await self._look(looks % SEEN_EVERY == 0)
            except Exception:  # the database may be away for a while; looking must outlive that
                log.exception("looking for changes failed and goes on")

    async def _look(self, check_sessions: bool) -> None:
        mark = (await self._database.read(seen.counts, "")).mark
        if mark != self._known.mark:
            self._known.mark = mark
            self._tell_lists()
        watched = sorted({desk.conversation_id for desk in self._desks.values() if desk.conversation_id})
        seqs = {s.id: s for s in await self._database.read(standings, watched)} if watched else {}
        versions = await self._database.read(_versions, watched) if watched else {}
        now_known = {id_: (standing.last_seq, versions.get(id_, 0)) for id_, standing in seqs.items()}
        for id_, known in now_known.items():
            if self._known.seqs.get(id_) != known:
                await self._tell_conversation(id_)
        self._known.seqs = now_known
        if check_sessions:
            await self._check_sessions()

    async def _check_sessions(self) -> None:
        """An open desk is in use; one whose session is over is told to sign in again."""
        now = self._clock.now()
        for desk in list(self._desks.values()):
            if await self._database.read(_is_signed_in, desk.signed_in.token_hash, now):
                await self._sessions.seen(desk.signed_in, now)
            else:
                await self.server.emit("signed_out", {}, to=desk.sid)
                await self.server.disconnect(desk.sid)


def _own(origin: str, host: str) -> bool:
    return origin in (f"http://{host}", f"https://{host}")


def _cookies(environ: Mapping[str, Any]) -> dict[str, str]:
    try:
        parsed: SimpleCookie = SimpleCookie(environ.get("HTTP_COOKIE", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in parsed.items()}


def _id_in(data: Any) -> Optional[str]:
    id_ = data.get("conversation") if isinstance(data, dict) else None
    return id_ if isinstance(id_, str) and len(id_) <= LONGEST_ID else None


def _is_held_by(session: Any, conversation_id: str, agent_id: str) -> bool:
    conversation = session.get(Conversation, conversation_id)
    return conversation is not None and conversation.owner == HUMAN and conversation.agent_id == agent_id


def _versions(session: Any, conversation_ids: Sequence[str]) -> dict[str, int]:
    found = session.query(Conversation.id, Conversation.version).filter(Conversation.id.in_(conversation_ids))
    return dict(found.all())


def _is_signed_in(session: Any, token_hash: str, now: Any) -> bool:
    return agents.of_session(session, token_hash, now) is not None
