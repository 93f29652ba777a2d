"""Files over HTTP: an upload is taken once and wholly, and only its session gets it back."""

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, AsyncIterator, Optional

import aiohttp
import pytest

from attachments.folder import Folder
from attachments.intake import Intake
from base.clock import FixedClock
from base.database import Database
from connectors.web_events import WebLimits
from connectors.web_file_links import GOOD_FOR
from connectors.web_files import TOGETHER_OF_SESSION
from switchboard.uploads import FileLimits
from tests.attachments import pictures
from tests.connectors.web_server import Client, Server, connected

MOST = 300_000
PHOTO = pictures.encoded("JPEG", pictures.picture(800, 600), exif=pictures.exif())
OURS, THEIRS = "https://shop.example.it", "https://evil.example"


class Site:
    """A server that takes files, and a customer's browser."""

    def __init__(self, server: Server, folder: Folder, http: aiohttp.ClientSession) -> None:
        self.server, self.folder, self.http = server, folder, http
        self.url = f"http://127.0.0.1:{server.port}"

    async def upload(
        self, token: Optional[str], content: Any = PHOTO, upload_id: str = "u1", name: str = "foto.jpg", **more: str
    ) -> tuple[int, dict[str, Any]]:
        headers = {"X-Upload-Id": upload_id, "X-File-Name": name, **more}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        async with self.http.post(f"{self.url}/attachments", data=content, headers=headers) as response:
            return response.status, await response.json()

    async def uploaded(self, token: str, content: Any = PHOTO, upload_id: str = "u1", **more: str) -> dict[str, Any]:
        status, answer = await self.upload(token, content, upload_id, **more)
        assert status == 200, answer
        return answer["attachment"]

    async def get(self, path: str) -> tuple[int, Any, bytes]:
        async with self.http.get(self.url + path) as response:
            return response.status, response.headers, await response.read()

    @property
    def files(self) -> list[Path]:
        return [file for file in self.folder.root.rglob("*") if file.is_file()]


@asynccontextmanager
async def serving(database: Database, clock: FixedClock, folder: Path, limits: FileLimits) -> AsyncIterator[Site]:
    files = Folder(folder / "files")
    server = Server(
        database, clock, (OURS,), WebLimits(1_000, 1_000, file_bytes=MOST), intake=Intake(files, MOST), files=limits
    )
    async with server.serving(), aiohttp.ClientSession() as http:
        yield Site(server, files, http)


@pytest.fixture
async def site(database: Database, clock: FixedClock, tmp_path: Path) -> AsyncIterator[Site]:
    async with serving(database, clock, tmp_path, FileLimits(20, 40)) as site:
        yield site


@pytest.fixture
async def chat(site: Site) -> AsyncIterator[tuple[Client, str]]:
    async with connected(site.server.port) as client:
        yield client, (await client.open())["session"]


async def test_a_photo_goes_up_is_sent_and_comes_back(site: Site, chat: tuple[Client, str]) -> None:
    client, token = chat
    photo = await site.uploaded(token, name="il%20vaso%20%C3%A8%20rotto.jpg")

    sent = await client.call("user_uttered", {"message_id": "m1", "attachments": [photo["id"]]})

    assert sent["ok"] and site.server.queued
    page = await client.open(token)
    body = page["rows"][-1]["body"]
    (shown,) = body["attachments"]
    assert body["text"] == "[allegato]" and body["wordless"] is True
    assert (shown["name"], shown["type"], shown["width"]) == ("il vaso è rotto.jpg", "image/jpeg", 800)
    for path in (shown["url"], shown["thumb"], photo["url"]):
        status, _, content = await site.get(path)
        assert status == 200 and content.startswith(b"\xff\xd8\xff") and b"Fotocamera" not in content


async def test_what_is_sent_cannot_be_run_guessed_or_kept_by_a_browser(site: Site, chat: tuple[Client, str]) -> None:
    _, token = chat
    photo = await site.uploaded(token)
    document = await site.uploaded(token, pictures.PDF, "u2", name="fattura%22%0d%0aX: y.pdf")

    _, of_photo, _ = await site.get(photo["url"])
    _, of_document, content = await site.get(document["url"])

    assert content == pictures.PDF and document["thumb"] is None
    assert of_document["Content-Type"] == "application/pdf"
    assert of_document["Content-Disposition"].startswith("attachment; filename*=UTF-8''fattura%22X%3A%20y.pdf")
    assert of_photo["Content-Disposition"] == "inline; filename*=UTF-8''foto.jpg"
    for headers in (of_photo, of_document):
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Cache-Control"] == "private, no-store"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "sandbox" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "file_empty"),
        (b"<svg onload=alert(1)>" * 10, 400, "file_not_allowed"),
        (PHOTO[:-200], 400, "file_unreadable"),
        (pictures.png_that_claims(60_000, 60_000), 400, "file_too_many_pixels"),
        (b"%PDF-" + b"x" * MOST, 400, "file_too_big"),
    ],
    ids=["empty", "svg", "half a photo", "bomb", "too big"],
)
async def test_what_is_refused_is_told_in_words_and_leaves_nothing(
    site: Site, chat: tuple[Client, str], content: bytes, status: int, code: str
) -> None:
    told = await site.upload(chat[1], content)

    assert told == (status, {"ok": False, "error": {"code": code, "text": f"Testo di {code}.", "retry_after": None}})
    assert site.files == []


async def test_an_upload_without_a_length_ends_at_the_limit(site: Site, chat: tuple[Client, str]) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b"%PDF-" + b"x" * 10_000

    status, answer = await site.upload(chat[1], endless())

    assert (status, answer["error"]["code"]) == (400, "file_too_big")


@pytest.mark.parametrize("token", [None, "", "ws_guessed", "Im5vIg.x"])
async def test_without_a_session_nothing_is_taken(site: Site, token: Optional[str]) -> None:
    status, answer = await site.upload(token)

    assert (status, answer["error"]["code"]) == (401, "no_session") and site.files == []


@pytest.mark.parametrize("upload_id", ["", "x" * 65, "../x", "a b"])
async def test_an_id_that_is_none_is_refused(site: Site, chat: tuple[Client, str], upload_id: str) -> None:
    status, answer = await site.upload(chat[1], upload_id=upload_id)

    assert (status, answer["error"]["code"]) == (400, "bad_request")


async def test_a_file_sent_up_again_is_the_same_file(site: Site, chat: tuple[Client, str]) -> None:
    first = await site.uploaded(chat[1])
    together = await asyncio.gather(*(site.uploaded(chat[1], upload_id="u2") for _ in range(2)))

    assert (await site.uploaded(chat[1]))["id"] == first["id"]
    assert together[0]["id"] == together[1]["id"] and len(site.files) == 4


async def test_a_message_with_somebody_elses_file_is_refused(site: Site, chat: tuple[Client, str]) -> None:
    photo = await site.uploaded(chat[1])

    async with connected(site.server.port) as other:
        await other.open()
        told = await other.call("user_uttered", {"message": "ecco", "message_id": "m1", "attachments": [photo["id"]]})

    assert told["error"]["code"] == "unknown_file"


@pytest.mark.parametrize("attachments", ["at_x", [7], ["../x"], ["at_x"] * 6, {"0": "at_x"}])
async def test_attachments_that_cannot_be_any_are_refused(chat: tuple[Client, str], attachments: Any) -> None:
    told = await chat[0].call("user_uttered", {"message": "ecco", "message_id": "m1", "attachments": attachments})

    assert told["error"]["code"] == "bad_request"


async def test_a_link_ends_with_its_session(site: Site, chat: tuple[Client, str]) -> None:
    client, token = chat
    photo = await site.uploaded(token)

    await client.call("leave", {})

    assert (await site.get(photo["url"]))[0] == 404 and (await site.get(photo["thumb"]))[0] == 404
    assert (await site.upload(token, upload_id="u2"))[0] == 401


async def test_a_link_ends_after_a_week(site: Site, chat: tuple[Client, str], clock: FixedClock) -> None:
    photo = await site.uploaded(chat[1])

    clock.move(GOOD_FOR * 2)

    assert (await site.get(photo["url"]))[0] == 404


async def test_a_link_that_was_changed_opens_nothing(site: Site, chat: tuple[Client, str]) -> None:
    photo = await site.uploaded(chat[1])
    token = photo["url"].rpartition("/")[2]
    changed = (f"{token[:-8]}aaaa{token[-4:]}", token.swapcase(), photo["id"], "..%2f..%2fetc%2fpasswd")
    for path in (f"/attachments/{name}" for name in changed):
        status, headers, _ = await site.get(path)
        assert status == 404 and headers.get("X-Content-Type-Options", "nosniff") == "nosniff"


async def test_there_is_an_end_to_what_is_taken(database: Database, clock: FixedClock, tmp_path: Path) -> None:
    async with serving(database, clock, tmp_path, FileLimits(2, 3)) as site, connected(site.server.port) as client:
        token = (await client.open())["session"]
        for upload_id in ("u1", "u2"):
            await site.uploaded(token, upload_id=upload_id)
        status, answer = await site.upload(token, upload_id="u3")

        assert (status, answer["error"]["code"]) == (429, "too_many_files_now")
        assert len(site.files) == 4


async def test_a_session_sends_a_few_files_at_once(site: Site, chat: tuple[Client, str]) -> None:
    go_on = asyncio.Event()

    async def waiting() -> AsyncIterator[bytes]:
        yield PHOTO[:1_000]
        await go_on.wait()
        yield PHOTO[1_000:]

    uploads = [
        asyncio.create_task(site.upload(chat[1], waiting(), f"w{place}")) for place in range(TOGETHER_OF_SESSION)
    ]
    while len(site.files) < TOGETHER_OF_SESSION:
        await asyncio.sleep(0.01)
    status, answer = await site.upload(chat[1])
    go_on.set()

    assert (status, answer["error"]["code"]) == (429, "too_fast")
    assert {status for status, _ in await asyncio.gather(*uploads)} == {200}


async def test_pages_of_the_shop_may_send_files_and_others_may_not(site: Site, chat: tuple[Client, str]) -> None:
    async with site.http.options(f"{site.url}/attachments", headers={"Origin": OURS}) as allowed:
        assert allowed.headers["Access-Control-Allow-Origin"] == OURS
        assert "Authorization" in allowed.headers["Access-Control-Allow-Headers"]
    async with site.http.options(f"{site.url}/attachments", headers={"Origin": THEIRS}) as refused:
        assert "Access-Control-Allow-Origin" not in refused.headers

    assert (await site.upload(chat[1], Origin=THEIRS))[1]["error"]["code"] == "bad_request"
    assert (await site.uploaded(chat[1], Origin=OURS))["id"]


async def test_neither_name_nor_content_is_logged(
    site: Site, chat: tuple[Client, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    await site.uploaded(chat[1], name="Mario%20Rossi.jpg")
    await site.upload(chat[1], PHOTO[:-200], "u2", name="Mario%20Rossi.jpg")

    assert "Mario" not in caplog.text


async def test_a_client_learns_what_it_may_send(chat: tuple[Client, str]) -> None:
    assert (await chat[0].open(chat[1]))["files"] == {"bytes": MOST, "most": 5}
