"""Closes sockets that nobody uses: opened and left without a session, or left over when a session ended."""

import asyncio
import time
from contextlib import suppress
from typing import Callable, Optional

import socketio

from connectors.web_sockets import Sockets

UNUSED_S = 60.0
CLOSE_S = 1.0


class UnusedSockets:
    """Knows since when each transport of Engine.IO has had no session; some never get as far as a Socket.IO socket."""

    def __init__(
        self,
        server: socketio.AsyncServer,
        sockets: Sockets,
        unused_s: float = UNUSED_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._server, self._sockets, self._unused_s, self._now = server, sockets, unused_s, now
        self._since: dict[str, float] = {}

    async def close(self) -> None:
        """Close those that were unused for `unused_s` seconds."""
        now = self._now()
        unused = [transport for transport in self._server.eio.sockets if not self._used(transport)]
        self._since = {transport: self._since.get(transport, now) for transport in unused}
        over = [transport for transport, since in self._since.items() if now - since >= self._unused_s]
        await asyncio.gather(*(self._close(transport) for transport in over))

    async def _close(self, transport: str) -> None:
        sid = self._sid(transport)
        if sid:
            await self._server.disconnect(sid)  # tells a decent client not to come back by itself
        with suppress(asyncio.TimeoutError):  # whoever does not take what is sent has gone
            await asyncio.wait_for(self._server.eio.disconnect(transport), CLOSE_S)

    def _used(self, transport: str) -> bool:
        connection = self._sockets.find(self._sid(transport) or "")
        return connection is not None and connection.session_id is not None

    def _sid(self, transport: str) -> Optional[str]:
        return self._server.manager.sid_from_eio_sid(transport, "/")
