"""The Sportello side: a whole `sportello up` of its own, and customers on its web channel."""

import asyncio
import secrets
import shutil
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator, Sequence

import socketio

from base.ids import new_id
from base.settings import Actions
from bench.load import ANSWER_S, NoAnswer, Talk
from bench.processes import family, free_ports, running, wait_until_ready
from bench.script import REGISTER, Conversation
from bench.shop import make_demo_shop
from engine.models import ModelInfo, sealed, write_current

NAME = "sportello"
NO_LIMIT = "1000000"  # messages and sessions a minute: here everybody is in a hurry and comes from one computer
PROXIES = "1"  # customers say in X-Forwarded-For which address they come from, as behind a shop's proxy


@dataclass(frozen=True)
class Sportello:
    """A running Sportello; `ready_s` is how long it took from its start until all processes answered."""

    url: str
    root: int
    ready_s: float

    async def ready(self, conversations: Sequence[Conversation]) -> list[Talk]:
        """A new customer with an open chat for each conversation."""
        customers = [WebCustomer() for _ in conversations]
        for number, customer in enumerate(customers):
            await customer.open(self.url, address=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
        return [Talk(customer, lines) for customer, lines in zip(customers, conversations)]

    def processes(self) -> list[int]:
        """The process ids of the whole side."""
        return family(self.root)


class WebCustomer:
    """One web session. A turn's rows come together: with them the answer is complete."""

    def __init__(self) -> None:
        self._socket = socketio.AsyncClient(reconnection=False)
        self._words: list[str] = []
        self._last_row = 0.0
        self._complete = asyncio.Event()
        self._socket.on("rows", self._rows)

    async def open(self, url: str, address: str) -> None:
        """Connect as somebody at `address` and begin a session."""
        await self._socket.connect(url, headers={"X-Forwarded-For": address}, transports=["websocket"])
        await self._call("session_request", {"session_id": None, "protocol": 1, "since": 0})

    async def say(self, text: str) -> tuple[str, float]:
        """See `bench.load.Customer`."""
        self._words.clear()
        self._complete.clear()
        await self._call("user_uttered", {"message": text, "message_id": secrets.token_hex(8)})
        try:
            await asyncio.wait_for(self._complete.wait(), ANSWER_S)
        except asyncio.TimeoutError:
            raise NoAnswer("timeout") from None
        return "\n".join(self._words), self._last_row

    async def close(self) -> None:
        """Leave."""
        await self._socket.disconnect()

    async def _call(self, event: str, data: dict[str, Any]) -> None:
        try:
            answer = await self._socket.call(event, data, timeout=ANSWER_S)
        except (socketio.exceptions.SocketIOError, asyncio.TimeoutError) as error:
            raise NoAnswer(type(error).__name__) from error
        if not answer["ok"]:
            raise NoAnswer(answer["error"]["code"])

    async def _rows(self, data: dict[str, Any]) -> None:
        said = [row["body"]["text"] for row in data["rows"] if row["author_kind"] == "bot"]
        if said:
            self._last_row = time.perf_counter()
            self._words.extend(said)
            self._complete.set()


@contextmanager
def running_sportello(folder: Path, model: ModelInfo) -> Iterator[Sportello]:
    """Start everything in `folder`, with its own ports, database and a copy of `model`, and stop it again.

    Raises:
        NotReady: it did not start.
    """
    front, engine = free_ports(2)
    models = folder / "models"
    models.mkdir(parents=True)
    shutil.copy(model.path, models)
    engine_secret = secrets.token_hex(32)
    write_current(models, sealed(model, engine_secret))
    database_url = f"sqlite:///{folder / 'sportello.db'}"
    make_demo_shop(database_url)
    env = {
        "SPORTELLO_DEV": "",
        "SPORTELLO_REGISTER": REGISTER.value,
        "SPORTELLO_HOST": "127.0.0.1",
        "SPORTELLO_PORT": str(front),
        "SPORTELLO_ENGINE_PORT": str(engine),
        "SPORTELLO_ACTIONS": Actions.ENGINE.value,
        "SPORTELLO_VAR": str(folder),
        "SPORTELLO_MODELS": str(models),
        "SPORTELLO_SECRET": secrets.token_hex(32),
        "SPORTELLO_ENGINE_SECRET": engine_secret,
        "SPORTELLO_FRONT_ID": new_id("bench"),
        "SPORTELLO_PROXIES": PROXIES,
        "SPORTELLO_MESSAGES_PER_MINUTE": NO_LIMIT,
        "SPORTELLO_SESSIONS_PER_MINUTE": NO_LIMIT,
        "DATABASE_URL": database_url,
    }
    began = time.perf_counter()
    command = [str(Path(sys.executable).with_name("sportello")), "up"]
    with running(command, env, folder / "up.out") as process:
        addresses = (
            f"http://127.0.0.1:{front}/health",
            f"http://127.0.0.1:{engine}/webhooks/sportello/ready",
        )
        wait_until_ready([process], addresses, folder / "up.out")
        yield Sportello(f"http://127.0.0.1:{front}", process.pid, time.perf_counter() - began)
