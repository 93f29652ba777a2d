"""Sends open web chats what they have not got: the rows of the log after the last one each of them has.

A lost notice or a restart costs a moment and never a message: a notice says when to look. It may bring the rows that
were just committed; a chat to which nothing else is missing gets those without a look into the log, unless its customer
is known on several channels: what it may read of the others is looked up each time, and when that has changed, the chat
is told to begin anew.
"""

from contextlib import suppress
from typing import Optional, Sequence

import socketio

from base.clock import Clock
from base.database import Database
from connectors.web_file_links import FileLinks
from connectors.web_protocol import bot_uttered_json, is_uttered, row_json, standing_json, typing_json
from connectors.web_sockets import Connection, Sockets, WithWhom
from switchboard.history import CATCH_UP, NotTheirs, new_rows
from switchboard.log import Row
from switchboard.people import IdentityEnded, Sender

CHANNEL = IDENTITY_KIND = "web"
PAGES_AT_ONCE = 5


class WebDelivery:
    """Everything a front sends to its web chats without being asked."""

    def __init__(
        self, database: Database, server: socketio.AsyncServer, sockets: Sockets, links: FileLinks, clock: Clock
    ) -> None:
        self._database, self._server, self._sockets, self._links = database, server, sockets, links
        self._clock = clock

    async def confirm(self, connection: Connection) -> None:
        """Give this socket its session's token, the way clients written for Rasa expect it."""
        await self._server.emit("session_confirm", connection.token, to=connection.sid)

    async def new_rows(self, conversation_id: str, rows: Sequence[Row] = ()) -> None:
        """Send every chat that shows this conversation the rows it has not got; `rows` are the latest, if known."""
        for connection in self._sockets.showing(conversation_id):
            if not await self._push_known(connection, conversation_id, rows):
                await self.push(connection)

    async def typing(self, conversation_id: str, on: bool, name: Optional[str] = None) -> None:
        """Show or hide that the person of this name, or the assistant (None), is preparing an answer."""
        for connection in self._sockets.showing(conversation_id):
            await self._emit(connection, "typing", typing_json(on, name))

    async def push(self, connection: Connection) -> None:
        """Send this socket the rows it has not got, page by page; other chats go on in between.

        What is more than `PAGES_AT_ONCE` follows at the next look, so that no poll is answered with all of a long log.
        """
        for _ in range(PAGES_AT_ONCE):
            if not await self._push_page(connection):
                return

    async def look_again(self, session_id: str) -> None:
        """What this session may read has perhaps changed, though nothing new was said."""
        for connection in self._sockets.of_session(session_id):
            if connection.sides is not None:
                await self.push(connection)

    async def tell_read(self, conversation_id: str, read_seq: int) -> None:
        """Tell every chat that shows this conversation how far a person of the shop has read."""
        for connection in self._sockets.showing(conversation_id):
            if read_seq > connection.read_seq:
                connection.read_seq = read_seq
                await self._emit(connection, "read", {"conversation": conversation_id, "seq": read_seq})

    async def tell_with_whom(self, conversation_id: str, with_whom: Optional[WithWhom]) -> None:
        """Tell every chat that shows this conversation who answers in it, where that has changed."""
        for connection in self._sockets.showing(conversation_id):
            if connection.with_whom != with_whom:
                connection.with_whom = with_whom
                await self._emit(connection, "standing", standing_json(conversation_id, with_whom))

    async def move(self, connections: Sequence[Connection], conversation_id: str) -> None:
        """These sockets follow their customer into another conversation and get it from its first row on."""
        for connection in connections:
            if connection.conversation_id == conversation_id:
                continue
            async with connection.pushing:
                self._sockets.show(connection, conversation_id)
            await self._emit(connection, "typing", typing_json(False, None))  # nobody ends what began over there
            await self.push(connection)

    async def end_session(self, session_id: str) -> None:
        """The customer has left: every socket of the session is told, and shows nothing any more."""
        for connection in self._sockets.of_session(session_id):
            async with connection.pushing:
                if connection.session_id == session_id:  # else somebody was faster
                    self._sockets.release(connection)
                    await self._server.emit("session_ended", {}, to=connection.sid)

    async def _push_known(self, connection: Connection, conversation_id: str, rows: Sequence[Row]) -> bool:
        """Send `rows` if they are the very next ones that this socket has to get; whether they were."""
        async with connection.pushing:
            session_id, following = connection.session_id, (connection.conversation_id, connection.sent_seq + 1)
            if session_id is None or not rows or following != (conversation_id, rows[0].seq):
                return False
            if connection.sides is not None or any(row.identity_id for row in rows):
                return False
            await self._send_rows(connection, conversation_id, session_id, rows)
            return True

    async def _push_page(self, connection: Connection) -> bool:
        """Send one page; whether there may be another one."""
        async with connection.pushing:
            conversation_id, session_id = connection.conversation_id, connection.session_id
            if conversation_id is None or session_id is None:
                return False
            sender, since = Sender(CHANNEL, IDENTITY_KIND, session_id, "", ""), connection.sent_seq
            with suppress(NotTheirs, IdentityEnded):  # the next look moves this socket, or ends it
                page = await self._database.read(new_rows, sender, conversation_id, since, self._clock.now())
                if page.rows:
                    await self._send_rows(connection, conversation_id, session_id, page.rows)
                await self._look_anew(connection, page.sides)
                return len(page.rows) == CATCH_UP
            return False

    async def _look_anew(self, connection: Connection, sides: Optional[frozenset[str]]) -> None:
        """Tell the client when it may read other rows now than it was shown."""
        changed = sides != connection.sides and connection.sides is not None
        connection.sides = sides
        if changed:
            await self._emit(connection, "view_changed", {"conversation": connection.conversation_id})

    async def _send_rows(
        self, connection: Connection, conversation_id: str, session_id: str, rows: Sequence[Row]
    ) -> None:
        """The next rows of a conversation, as its session's socket shows them. The caller has `connection.pushing`."""
        connection.sent_seq = rows[-1].seq
        shown = [row_json(row, session_id, self._links) for row in rows] if connection.protocol else []
        await self._emit(connection, "rows", {"conversation": conversation_id, "rows": shown})
        for row in rows:
            if not connection.protocol and is_uttered(row):
                await self._server.emit("bot_uttered", bot_uttered_json(row), to=connection.sid)

    async def _emit(self, connection: Connection, event: str, data: dict) -> None:
        if connection.protocol:
            await self._server.emit(event, data, to=connection.sid)
