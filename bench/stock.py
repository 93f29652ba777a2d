"""The other side: `rasa run` as it is, with this project's data and actions, asked through Rasa's REST channel.

Nothing of Rasa is replaced. This project's actions look up in the switchboard's log whose turn they answer, and a stock
Rasa has no switchboard: so each conversation's messages are written into the log beforehand, outside the measurement,
and the REST channel's own `metadata` field carries the id of the message. It runs without the components in
`components/`, the snapshot store and everything else in `engine/`.
"""

import asyncio
import secrets
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Iterator, Optional, Sequence

import aiohttp
from sqlalchemy.orm import Session

from base.database import Database
from base.ids import new_id
from bench.load import ANSWER_S, NoAnswer, Talk
from bench.processes import family, free_ports, running, wait_until_ready
from bench.script import REGISTER, Conversation
from bench.shop import make_demo_shop
from switchboard.body import Reply
from switchboard.log import InboundMessage, accept
from switchboard.people import Sender

NAME = "stock"
CONFIGURATION = Path(__file__).with_name("stock")
STORES = ("memory", "sql")
WELCOME = Reply("", (), None)


@dataclass(frozen=True)
class Stock:
    """A running stock Rasa with its actions; `ready_s` is how long both took to start."""

    url: str
    roots: tuple[int, ...]
    ready_s: float
    database: Database

    async def ready(self, conversations: Sequence[Conversation]) -> list[Talk]:
        """A new customer for each conversation, whose messages are in the log already."""
        return [Talk(self._customer(lines), lines) for lines in conversations]

    def processes(self) -> list[int]:
        """The process ids of the whole side."""
        return [pid for root in self.roots for pid in family(root)]

    def _customer(self, lines: Conversation) -> "RestCustomer":
        with self.database.writing() as session:
            return RestCustomer(f"{self.url}/webhooks/rest/webhook", *_written(session, lines))


class RestCustomer:
    """One conversation over REST. The whole answer is the response to the request."""

    def __init__(self, address: str, conversation_id: str, message_ids: Sequence[str]) -> None:
        self._address, self._conversation_id, self._message_ids = address, conversation_id, iter(message_ids)
        self._session: Optional[aiohttp.ClientSession] = None

    async def say(self, text: str) -> tuple[str, float]:
        """See `bench.load.Customer`."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_S))
        metadata = {"turn_id": next(self._message_ids)}
        message = {"sender": self._conversation_id, "message": text, "metadata": metadata}
        try:
            async with self._session.post(self._address, json=message, raise_for_status=True) as response:
                said = await response.json()
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            raise NoAnswer(type(error).__name__) from error
        ended = time.perf_counter()
        if not said:
            raise NoAnswer("nothing said")
        return "\n".join(message["text"] for message in said if "text" in message), ended

    async def close(self) -> None:
        """Leave."""
        if self._session:
            await self._session.close()


@contextmanager
def running_stock(folder: Path, model: Path, store: str) -> Iterator[Stock]:
    """Start the actions and `rasa run` in `folder`, and stop them again.

    Args:
        model: archive of the stock model.
        store: one of `STORES`, where Rasa keeps its conversations.

    Raises:
        NotReady: it did not start.
    """
    rasa_port, actions_port = free_ports(2)
    folder.mkdir(parents=True)
    database_url = f"sqlite:///{folder / 'sportello.db'}"
    make_demo_shop(database_url)
    env = {
        "SPORTELLO_DEV": "",
        "SPORTELLO_REGISTER": REGISTER.value,
        "SPORTELLO_ACTIONS_PORT": str(actions_port),
        "SPORTELLO_VAR": str(folder),
        "SPORTELLO_SECRET": secrets.token_hex(32),
        "SPORTELLO_ENGINE_SECRET": secrets.token_hex(32),
        "DATABASE_URL": database_url,
        "BENCH_ACTIONS_URL": f"http://127.0.0.1:{actions_port}/webhook",
        "BENCH_STOCK_DB": str(folder / "rasa.db"),
        "RASA_TELEMETRY_ENABLED": "false",
    }
    rasa = [str(Path(sys.executable).with_name("rasa")), "run", "--model", str(model.resolve())]
    rasa += ["--interface", "127.0.0.1", "--port", str(rasa_port)]
    rasa += ["--endpoints", str(CONFIGURATION / f"endpoints-{store}.yml")]
    rasa += ["--credentials", str(CONFIGURATION / "credentials.yml")]
    url, log = f"http://127.0.0.1:{rasa_port}", folder / "rasa.log"
    began = time.perf_counter()
    with ExitStack() as stack:
        actions = stack.enter_context(running([sys.executable, "-m", "actions"], env, folder / "actions.log"))
        server = stack.enter_context(running(rasa, env, log, cwd=folder))
        addresses = (f"{url}/webhooks/rest/", f"http://127.0.0.1:{actions_port}/health")
        wait_until_ready([actions, server], addresses, log)
        ready_s = time.perf_counter() - began
        database = Database(database_url)
        stack.callback(database.close)
        yield Stock(url, (server.pid, actions.pid), ready_s, database)


def _written(session: Session, lines: Conversation) -> tuple[str, list[str]]:
    """A new conversation with all its messages in the log: its id, and theirs."""
    identity, now = new_id("ws"), datetime.now(timezone.utc)
    sender = Sender("web", "web", identity, session_key=identity, address_key=identity)
    accepted = [
        accept(session, InboundMessage(sender, f"{identity}:{number}", line.say), WELCOME, now)
        for number, line in enumerate(lines)
    ]
    return accepted[0].conversation_id, [one.message_id for one in accepted]
