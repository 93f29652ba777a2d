"""Sends open web chats the rows they have not got, always read from the log, from the last row each of them has.

A lost notice or a restart costs a moment and never a message: a notice only says when to look, and once a second
everything that is open is looked after anyway, because another front may have written.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Optional

import socketio

from base.database import Database
from connectors.web_protocol import bot_uttered_json, row_json
from switchboard.log import Row, grown, rows_since

log = logging.getLogger(__name__)

TYPING_S = 10
PAGE = 500
LOOK_S = 1.0


@dataclass(eq=False)
class Connection:
    """One socket: whose it is and how much of the log it has."""

    sid: str
    address_key: str
    session_id: Optional[str] = None
    conversation_id: Optional[str] = None
    protocol: int = 0
    sent_seq: int = 0
    pushing: asyncio.Lock = field(default_factory=asyncio.Lock)


class WebDelivery:
    """The open sockets of one front process, and what each has got."""

    def __init__(self, database: Database, server: socketio.AsyncServer) -> None:
        self._database, self._server = database, server
        self.connections: dict[str, Connection] = {}
        self._watching: dict[str, set[Connection]] = {}
        self._looking: Optional[asyncio.Task] = None

    async def start(self) -> None:
        """Begin to look for rows that no notice told of."""
        self._looking = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Stop looking."""
        if self._looking:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    def drop(self, sid: str) -> None:
        """A socket was closed."""
        connection = self.connections.pop(sid, None)
        if connection:
            self._unwatch(connection)

    async def new_rows(self, conversation_id: str) -> None:
        """Send every watcher of this conversation the rows it has not got."""
        for connection in tuple(self._watching.get(conversation_id, ())):
            await self.push(connection)

    async def typing(self, conversation_id: str, on: bool) -> None:
        """Show or hide that an answer is being prepared."""
        for connection in tuple(self._watching.get(conversation_id, ())):
            if connection.protocol:
                await self._server.emit("typing", {"who": "bot", "on": on, "expires_in": TYPING_S}, to=connection.sid)

    async def push(self, connection: Connection) -> None:
        """Send this socket every row it has not got."""
        async with connection.pushing:
            conversation_id, session_id = connection.conversation_id, connection.session_id
            if conversation_id is None or session_id is None:
                return
            rows = await self.rows(conversation_id, connection.sent_seq)
            if not rows:
                return
            connection.sent_seq = rows[-1].seq
            if connection.protocol:
                shown = [row_json(row, session_id) for row in rows]
                await self._server.emit("rows", {"conversation": conversation_id, "rows": shown}, to=connection.sid)
                return
            for row in rows:
                if row.author_kind != "customer":
                    await self._server.emit("bot_uttered", bot_uttered_json(row), to=connection.sid)

    async def rows(self, conversation_id: str, since: int) -> list[Row]:
        """All rows of a conversation after `since`."""
        rows: list[Row] = []
        while True:
            page = await self._database.read(rows_since, conversation_id, since, PAGE)
            rows.extend(page)
            if len(page) < PAGE:
                return rows
            since = page[-1].seq

    async def move(self, session_id: str, conversation_id: str) -> None:
        """Every tab of this session follows it into its new conversation."""
        for connection in tuple(self.connections.values()):
            if connection.session_id == session_id:
                async with connection.pushing:
                    self.watch(connection, conversation_id)

    def watch(self, connection: Connection, conversation_id: str) -> None:
        """From now on this socket gets this conversation's rows, from the first one on."""
        self._unwatch(connection)
        if self.connections.get(connection.sid) is not connection:
            return  # it left meanwhile
        connection.conversation_id, connection.sent_seq = conversation_id, 0
        self._watching.setdefault(conversation_id, set()).add(connection)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self._push_grown()
            except Exception:  # the database may be away for a while; looking must outlive that
                log.exception("looking for new rows failed and goes on")

    async def _push_grown(self) -> None:
        watched = list(self._watching)
        for start in range(0, len(watched), PAGE):
            known = {
                conversation_id: min(connection.sent_seq for connection in self._watching[conversation_id])
                for conversation_id in watched[start : start + PAGE]
                if conversation_id in self._watching
            }
            for conversation_id in await self._database.read(grown, known):
                await self.new_rows(conversation_id)

    def _unwatch(self, connection: Connection) -> None:
        watchers = self._watching.get(connection.conversation_id or "")
        if watchers:
            watchers.discard(connection)
            if not watchers:
                self._watching.pop(connection.conversation_id or "", None)
