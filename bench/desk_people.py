"""Customers and agents of a busy desk, as their browsers behave: sockets that tell of news, and forms."""

import asyncio
import re
import secrets
import time
from typing import Any, Optional

import aiohttp
import socketio

PASSWORD = "una parola d'ordine lunga"
WAIT_S = 30.0
TOGETHER_S = 0.12  # as desk.js
CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
SEQ = re.compile(r'data-seq="(\d+)"')
JSON = {"Accept": "application/json"}


class Missing(Exception):
    """Something did not come, or was refused."""


class Awaited:
    """A text that is waited for, and when it was there (`time.perf_counter`)."""

    def __init__(self, text: str) -> None:
        self.text, self._seen = text, asyncio.get_running_loop().create_future()

    def look(self, shown: str) -> None:
        """Something is on the screen now."""
        if self.text in shown and not self._seen.done():
            self._seen.set_result(time.perf_counter())

    async def at(self) -> float:
        """When it was seen.

        Raises:
            Missing: it was not within `WAIT_S`.
        """
        try:
            return await asyncio.wait_for(self._seen, WAIT_S)
        except asyncio.TimeoutError:
            raise Missing(self.text) from None


class DeskCustomer:
    """A customer with the chat open."""

    def __init__(self) -> None:
        self._socket = socketio.AsyncClient(reconnection=False)
        self._socket.on("rows", self._rows)
        self._awaited: Optional[Awaited] = None
        self.conversation_id = ""

    async def open(self, url: str, address: str) -> None:
        """Begin a conversation from `address`."""
        await self._socket.connect(url, headers={"X-Forwarded-For": address}, transports=["websocket"])
        told = await self._socket.call("session_request", {"session_id": None, "protocol": 1, "since": 0})
        self.conversation_id = told["conversation"]

    async def say(self, text: str) -> None:
        """Send a message; it is in the log afterwards."""
        said = {"message": text, "message_id": secrets.token_hex(8)}
        told = await self._socket.call("user_uttered", said, timeout=WAIT_S)
        if not told["ok"]:
            raise Missing(told["error"]["code"])

    def awaits(self, text: str) -> Awaited:
        """This text is looked for from now on."""
        self._awaited = Awaited(text)
        return self._awaited

    async def close(self) -> None:
        """Leave."""
        await self._socket.disconnect()

    async def _rows(self, data: dict[str, Any]) -> None:
        if self._awaited:
            for row in data["rows"]:
                self._awaited.look(row["body"]["text"])


class DeskAgent:
    """An agent who is signed in and looks at one conversation at a time; every change is fetched as it is told."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._socket = socketio.AsyncClient(reconnection=False)
        self._socket.on("changed", self._changed)
        self._socket.on("lists", self._lists)
        self._awaited: Optional[Awaited] = None
        self._watched, self._since, self._csrf = "", 0, ""
        self._lists_due = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def sign_in(self, email: str) -> None:
        """Fill in the form, and open the socket."""
        fields = {"email": email, "password": PASSWORD, "to": "/desk/"}
        async with self._http.post(f"{self._url}/desk/sign-in", data=fields, allow_redirects=False) as response:
            if response.status != 303:
                raise Missing(f"sign-in: {response.status}")
        found = CSRF.search(await self.page("/desk/"))
        if not found:
            raise Missing("csrf")
        self._csrf = found[1]
        cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in self._http.cookie_jar)
        await self._socket.connect(
            self._url, headers={"Cookie": cookies}, socketio_path="/desk/socket.io", transports=["websocket"]
        )

    async def page(self, path: str) -> str:
        """A page, whole.

        Raises:
            Missing: it is not given.
        """
        async with self._http.get(f"{self._url}{path}") as response:
            if response.status != 200:
                raise Missing(f"{path}: {response.status}")
            return await response.text()

    async def watch(self, conversation_id: str) -> None:
        """Open a conversation."""
        found = SEQ.search(await self.page(f"/desk/c/{conversation_id}"))
        self._watched, self._since = conversation_id, int(found[1]) if found else 0
        await self._socket.emit("watch", {"conversation": conversation_id})

    def awaits(self, text: str) -> Awaited:
        """This text is looked for on the screen from now on."""
        self._awaited = Awaited(text)
        return self._awaited

    async def reply(self, text: str) -> None:
        """Answer the customer of the conversation that is open."""
        form = {"csrf": self._csrf, "id": secrets.token_hex(12), "text": text}
        path = f"{self._url}/desk/c/{self._watched}/reply"
        async with self._http.post(path, data=form, headers=JSON) as response:
            told = await response.json()
        if not told["ok"]:
            raise Missing(str(told.get("error")))

    async def close(self) -> None:
        """Go home."""
        await self._socket.disconnect()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.close()

    async def _changed(self, _data: Any = None) -> None:
        self._do(self._fetch_rows())

    async def _lists(self, _data: Any = None) -> None:
        if not self._lists_due:
            self._lists_due = True
            self._do(self._fetch_lists())

    def _do(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fetch_rows(self) -> None:
        watched = self._watched
        path = f"{self._url}/desk/c/{watched}/rows?since={self._since}&noted="
        async with self._http.get(path, headers=JSON) as response:
            told = await response.json()
        if told["ok"] and watched == self._watched:
            self._since = max(self._since, int(told["last_seq"]))
            if self._awaited:
                self._awaited.look(told["rows"])

    async def _fetch_lists(self) -> None:
        await asyncio.sleep(TOGETHER_S)
        self._lists_due = False
        async with self._http.get(f"{self._url}/desk/lists?list=", headers=JSON) as response:
            await response.read()
