"""The network between a browser and the front, in a test's hands: one address that can fall silent, break, or forbid
websockets. A cut cable sends no goodbye, so neither does `silence`.
"""

import asyncio
from contextlib import asynccontextmanager
from typing import AsyncIterator

HEAD_S = 10
CHUNK = 65_536
FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Passage:
    """One TCP connection through the line. `dead`: it stays open and carries nothing any more."""

    def __init__(self, *writers: asyncio.StreamWriter) -> None:
        self.writers = writers
        self.dead = False

    def close(self) -> None:
        for writer in self.writers:
            writer.close()


class Line:
    """A TCP proxy in front of `port`, at `url`."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._passages: set[Passage] = set()
        self._tasks: set[asyncio.Task] = set()
        self._silent = self._broken = False
        self.websockets_forbidden = False
        self.websockets = self.refused_websockets = 0
        self.url = ""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Line"]:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        try:
            yield self
        finally:
            server.close()
            self._close_all()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def silence(self) -> None:
        """Every connection stays open and never carries anything again; new ones are taken and get no answer."""
        self._silent = True
        for passage in self._passages:
            passage.dead = True

    def cut(self) -> None:
        """Every connection is closed, and new ones are closed at once."""
        self._broken = True
        self._close_all()

    def mend(self) -> None:
        """New connections work again; those that fell silent stay silent."""
        self._silent = self._broken = False

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passage, task = Passage(writer), asyncio.current_task()
        assert task is not None
        self._passages.add(passage)
        self._tasks.add(task)
        try:
            await self._carry(passage, reader, writer)
        except (OSError, EOFError, asyncio.TimeoutError, asyncio.LimitOverrunError):
            pass  # either end has left: the other one is told by the closing below
        finally:
            self._passages.discard(passage)
            self._tasks.discard(task)
            passage.close()

    async def _carry(self, passage: Passage, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._broken:
            return
        passage.dead = self._silent
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), None if passage.dead else HEAD_S)
        if b"upgrade: websocket" in head.lower():
            if self.websockets_forbidden:
                self.refused_websockets += 1
                writer.write(FORBIDDEN)
                return await writer.drain()
            self.websockets += 1
        from_front, to_front = await asyncio.open_connection("127.0.0.1", self._target)
        passage.writers = (writer, to_front)
        if not passage.dead:
            to_front.write(head)
        ways = [_pump(reader, to_front, passage), _pump(from_front, writer, passage)]
        tasks = [asyncio.create_task(way) for way in ways]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if passage.dead:  # the end that left cannot tell the other one
                await asyncio.wait(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _close_all(self) -> None:
        for passage in tuple(self._passages):
            passage.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passage: Passage) -> None:
    while data := await reader.read(CHUNK):
        if not passage.dead:
            writer.write(data)
            await writer.drain()
