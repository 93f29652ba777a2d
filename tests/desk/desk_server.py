"""A desk on a real port, and agents with browsers that keep cookies, for tests."""

import re
import secrets
import socket
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, AsyncIterator, Optional, Sequence

import aiohttp
from jinja2.bccache import Bucket, BytecodeCache
from sanic import Sanic

from attachments.folder import Folder
from attachments.intake import Intake
from base.clock import Clock
from base.database import Database
from base.layers import Layers
from base.settings import ROOT, Register
from desk.app import Desk, DeskParts
from desk.passwords import hashed
from desk.replies import Intents, load_replies, no_intents
from desk.training import Training
from labels.written import written_faults
from shop.desk_rules import DeskRules
from shop.sql_shop import SqlShop
from switchboard import agents
from switchboard.notices import Notices
from switchboard.texts import Texts
from tests.connectors.web_server import _start_up

SECRET = "k" * 40
MOST_BYTES = 300_000
PASSWORD = "quattro parole a caso"
HASH = hashed(PASSWORD)
TEXTS = Texts.load(ROOT / "data" / "responses", Register.TU)
REPLIES = load_replies(ROOT / "data" / "replies.yml")
TRAINING = Training(faults=written_faults(Layers()))
RULES = DeskRules.load(ROOT / "data" / "desk.yml")


def account(
    database: Database, clock: Clock, name: str, role: str = agents.AGENT, departments: Sequence[str] = ()
) -> agents.AtDesk:
    """A new account whose password is `PASSWORD`."""
    email = f"{name.lower()}@shop.example"
    with database.writing() as session:
        agents.add(session, email, name, role, HASH, clock.now())
        found = agents.change(session, email, agents.Changes(departments=departments))
    assert found
    return found


class CompiledBefore(BytecodeCache):
    """What templates were compiled to: a process that serves has one desk, and these tests have hundreds."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


COMPILED_BEFORE = CompiledBefore()


class Browser:
    """Somebody's browser, signed in or not. Redirects are not followed."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http, self.url = http, url
        self.csrf = ""

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.http.get(f"{self.url}{path}", headers=headers, allow_redirects=False) as response:
            return response.status, await response.text()

    async def json(self, path: str) -> dict[str, Any]:
        async with self.http.get(f"{self.url}{path}", headers={"Accept": "application/json"}) as response:
            return await response.json()

    async def post(
        self, path: str, fields: Optional[dict[str, str]] = None, csrf: Optional[str] = None, **headers: str
    ) -> tuple[int, dict[str, Any]]:
        """Send a form as the script does: the status, and the answer."""
        data = {"csrf": self.csrf if csrf is None else csrf, **(fields or {})}
        wanted = {"Accept": "application/json", **headers}
        async with self.http.post(f"{self.url}{path}", data=data, headers=wanted, allow_redirects=False) as response:
            return response.status, (await response.json()) if response.content_type == "application/json" else {}

    async def sign_in(self, email: str, password: str = PASSWORD) -> int:
        """Fill in the form; the status of the answer."""
        fields = {"email": email, "password": password, "to": "/desk/"}
        async with self.http.post(f"{self.url}/desk/sign-in", data=fields, allow_redirects=False) as response:
            status = response.status
        if status == 303:
            async with self.http.get(f"{self.url}/desk/") as response:  # trainers are led to another page
                page = await response.text()
            found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
            assert found
            self.csrf = found[1]
        return status

    async def upload(
        self, conversation_id: str, content: bytes, name: str = "foto.jpg", upload_id: str = "", **headers: str
    ) -> tuple[int, dict[str, Any]]:
        """Send a file as the script does: the status, and the answer."""
        sent = {
            "Accept": "application/json",
            "X-CSRF-Token": self.csrf,
            "X-Upload-Id": upload_id or secrets.token_hex(8),
            "X-File-Name": name,
            **headers,
        }
        url = f"{self.url}/desk/c/{conversation_id}/files"
        async with self.http.post(url, data=content, headers=sent, allow_redirects=False) as response:
            return response.status, await response.json()

    async def reply(self, conversation_id: str, text: str) -> tuple[int, dict[str, Any]]:
        return await self.post(f"/desk/c/{conversation_id}/reply", {"text": text, "id": secrets.token_hex(8)})


class DeskServer:
    """A running desk."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        folder: Path,
        secure: bool = False,
        rules: DeskRules = RULES,
        intents: Intents = no_intents,
        home: Optional[Path] = None,
        training: Training = TRAINING,
    ) -> None:
        self.notices = Notices()
        self.desk = Desk(
            DeskParts(
                database,
                SqlShop(database),
                TEXTS,
                clock,
                self.notices,
                rules,
                Intake(Folder(folder), MOST_BYTES),
                REPLIES,
                SECRET,
                secure=secure,
                intents=intents,
                home=home,
                training=training,
            )
        )
        self.desk._rendering._jinja.bytecode_cache = COMPILED_BEFORE
        self.name, self.url = f"test-{secrets.token_hex(4)}", ""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["DeskServer"]:
        app = Sanic(self.name, configure_logging=False)
        self.desk.attach(app)
        listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = await app.create_server(
            sock=listening, return_asyncio_server=True, access_log=False, asyncio_server_kwargs={"start_serving": True}
        )
        await _start_up(server)
        await self.desk.start()
        try:
            yield self
        finally:
            await self.desk.stop()
            server.close()

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[Browser]:
        """A new browser that nobody has signed in with."""
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            yield Browser(http, self.url)
