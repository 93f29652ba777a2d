"""A stubborn customer: sends until the message is in the log, whatever dies meanwhile, as the widget does."""

import asyncio
import secrets
from typing import Any, Optional

import socketio

CALL_S = 5
ANSWER_S = 60


class Customer:
    """One web session that survives restarts of the front."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._socket: Optional[socketio.AsyncClient] = None
        self.token: Optional[str] = None
        self.conversation: Optional[str] = None
        self.rows: dict[int, dict[str, Any]] = {}

    async def say(self, message: str) -> int:
        """Send `message` under one id until it is acknowledged; its place in the log."""
        return await self._send({"message": message, "message_id": secrets.token_hex(8)})

    async def press(self, title: str) -> int:
        """Use the latest button with this title."""
        for row in reversed(self.all_rows):
            for button in row["body"]["buttons"]:
                if button["title"] == title:
                    return await self._send({"button": button["id"], "message_id": secrets.token_hex(8)})
        raise AssertionError(f"no button {title!r} in {self.texts}")

    async def ask(self, message: str) -> list[str]:
        """Say something and wait for the answer; the texts of the answer."""
        seq = await self.say(message)
        return await self.answer_after(seq)

    async def answer_after(self, seq: int, quiet_s: float = 0.4) -> list[str]:
        """The texts the assistant said after row `seq`, when it has said something and then been quiet for a moment."""
        loop = asyncio.get_running_loop()
        end = loop.time() + ANSWER_S
        known, since = -1, loop.time()
        while loop.time() < end:
            await self.catch_up()
            answers = [row["body"]["text"] for row in self.all_rows if row["seq"] > seq and row["author_kind"] == "bot"]
            if len(answers) != known:
                known, since = len(answers), loop.time()
            if answers and loop.time() - since > quiet_s:
                return answers
            await asyncio.sleep(0.05)
        raise AssertionError(f"no answer after row {seq}: {self.texts}")

    async def catch_up(self) -> None:
        """Ask for everything after the last row this client has."""
        answer = await self._call("rows_since", {"since": max(self.rows, default=0)})
        if answer and answer["ok"]:
            self._keep(answer["rows"])

    async def close(self) -> None:
        """Leave."""
        if self._socket:
            await self._socket.disconnect()
            self._socket = None

    @property
    def all_rows(self) -> list[dict[str, Any]]:
        return [self.rows[seq] for seq in sorted(self.rows)]

    @property
    def texts(self) -> list[str]:
        return [row["body"]["text"] for row in self.all_rows]

    async def _send(self, data: dict[str, Any]) -> int:
        loop = asyncio.get_running_loop()
        end = loop.time() + ANSWER_S
        while loop.time() < end:
            answer = await self._call("user_uttered", data)
            if answer and answer["ok"]:
                return answer["seq"]
            assert not answer or answer["error"]["code"] in ("later", "too_fast", "no_session"), answer
            await asyncio.sleep(answer["error"]["retry_after"] or 0.1 if answer else 0.1)
        raise AssertionError("the message was never acknowledged")

    async def _call(self, event: str, data: dict[str, Any]) -> Optional[dict[str, Any]]:
        """The acknowledgement, or None when the connection broke on the way."""
        try:
            socket = await self._connected()
            return await socket.call(event, data, timeout=CALL_S)
        except (socketio.exceptions.SocketIOError, asyncio.TimeoutError):
            self._socket = None
            return None

    async def _connected(self) -> socketio.AsyncClient:
        if self._socket is None or not self._socket.connected:
            socket = socketio.AsyncClient(reconnection=False)
            await socket.connect(self._url, transports=["websocket"], wait_timeout=3)
            request = {"session_id": self.token, "protocol": 1, "since": max(self.rows, default=0)}
            answer = await socket.call("session_request", request, timeout=CALL_S)
            assert answer["ok"], answer
            self.token, self.conversation = answer["session"], answer["conversation"]
            self._keep(answer["rows"])
            self._socket = socket
        return self._socket

    def _keep(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            self.rows[row["seq"]] = row
