"""Files from agents: told by their content, sent with a reply and once, and nobody's but the one who added them."""

import secrets
from pathlib import Path
from typing import AsyncIterator
from urllib.parse import quote

import pytest
import pytest_asyncio

from attachments.folder import Folder
from base.clock import FixedClock
from base.database import Database
from front.handlers import UNSENT_KEPT, sweep_files
from switchboard import attending, log, uploads
from switchboard.models import Attachment, Conversation
from switchboard.staff_files import MOST_UNSENT
from switchboard.uploads import FileLimits
from tests.attachments import pictures
from tests.connectors.telegram.bot_api import BotApi
from tests.connectors.telegram.front import telegram
from tests.desk.desk_server import MOST_BYTES, DeskServer, account
from tests.front.fake_engine import until
from tests.switchboard.desk import JOINED, hand_over
from tests.switchboard.helpers import WELCOME, sender

PHOTO = pictures.encoded("JPEG", pictures.picture(800, 600), exif=pictures.exif())


@pytest_asyncio.fixture
async def desk(database: Database, clock: FixedClock, tmp_path: Path) -> AsyncIterator[DeskServer]:
    async with DeskServer(database, clock, tmp_path / "files").serving() as server:
        yield server


def held(database: Database, clock: FixedClock, name: str = "Giulia", session_id: str = "ws_anna") -> str:
    """A conversation that this new agent has."""
    agent = account(database, clock, name)
    with database.writing() as session:
        conversation_id = hand_over(session, clock.now(), session_id)
        attending.accept(session, conversation_id, agent, JOINED, clock.now())
    return conversation_id


def kept(folder: Path) -> list[Path]:
    return [file for file in (folder / "files").rglob("*") if file.is_file()]


async def test_a_photo_goes_with_the_reply_without_where_it_was_taken(
    database: Database, clock: FixedClock, desk: DeskServer, tmp_path: Path
) -> None:
    conversation_id = held(database, clock)
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")
        status, told = await browser.upload(conversation_id, PHOTO, "../../la sedia.jpg")
        assert status == 200 and told["name"] == "la sedia.jpg"
        with database.reading() as session:
            assert log.rows_since(session, conversation_id, 0)[-1].body["attachments"] == []

        fields = {"text": "", "id": "a" * 12, "files": told["id"]}
        first = await browser.post(f"/desk/c/{conversation_id}/reply", fields)
        again = await browser.post(f"/desk/c/{conversation_id}/reply", fields)
        async with browser.http.get(f"{desk.url}/desk/files/{told['id']}/thumb") as response:
            shown = response.status
        _, page = await browser.get(f"/desk/c/{conversation_id}")

    assert (first[0], again[0], shown) == (200, 200, 200)
    with database.reading() as session:
        rows = [row for row in log.rows_since(session, conversation_id, 0) if row.author_kind == "agent"]
    assert [(row.body["text"], row.body["attachments"][0]["id"]) for row in rows] == [("Ecco l'allegato.", told["id"])]
    content = Folder(tmp_path / "files").path(told["id"], "image/jpeg").read_bytes()
    assert content.startswith(b"\xff\xd8\xff") and pictures.WHERE.encode() not in content
    assert f"/desk/files/{told['id']}/thumb" in page


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "vuoto"),
        (b"#!/bin/sh\n" + b"x" * 100, "Si possono mandare"),
        (b"<svg onload=alert(1)>" + b" " * 100, "Si possono mandare"),
        (b"PK\x03\x04" + b"x" * 100, "Si possono mandare"),
        (b"%PDF-1.4 " + b"x" * 2000, "rovinato"),
        (PHOTO[:400], "rovinato"),
        (b"%PDF-1.4\n" + b"x" * MOST_BYTES + b"%%EOF", "troppo grande"),
    ],
)
async def test_what_is_no_photo_or_document_is_refused_by_its_content_and_leaves_nothing(
    database: Database, clock: FixedClock, desk: DeskServer, tmp_path: Path, content: bytes, why: str
) -> None:
    conversation_id = held(database, clock)
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")

        status, told = await browser.upload(conversation_id, content, "foto.jpg")

    assert status == 409 and why in told["error"]
    assert kept(tmp_path) == []
    with database.reading() as session:
        assert session.query(Attachment).count() == 0


async def test_the_same_upload_twice_is_one_file(
    database: Database, clock: FixedClock, desk: DeskServer, tmp_path: Path
) -> None:
    conversation_id = held(database, clock)
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")

        told = [await browser.upload(conversation_id, pictures.PDF, "guida.pdf", "u" * 12) for _ in range(2)]

    assert told[0] == told[1] and len(kept(tmp_path)) == 1


async def test_a_file_needs_the_session_its_token_and_the_conversation(
    database: Database, clock: FixedClock, desk: DeskServer, tmp_path: Path
) -> None:
    conversation_id = held(database, clock)
    account(database, clock, "Marco")
    async with desk.browser() as giulia, desk.browser() as marco, desk.browser() as nobody:
        await giulia.sign_in("giulia@shop.example")
        await marco.sign_in("marco@shop.example")

        answers = [
            (await nobody.upload(conversation_id, PHOTO))[0],
            (await marco.upload(conversation_id, PHOTO))[0],  # it is Giulia's
            (await giulia.upload(conversation_id, PHOTO, **{"X-CSRF-Token": marco.csrf}))[0],
            (await giulia.upload(conversation_id, PHOTO, Origin="https://elsewhere.example"))[0],
            (await giulia.upload("cv_none", PHOTO))[0],
            (await giulia.upload(conversation_id, PHOTO, upload_id="../x")),
        ]

    assert answers[:5] == [401, 409, 403, 403, 409] and answers[5][0] == 409
    assert kept(tmp_path) == []


async def test_only_the_agents_own_files_of_this_conversation_can_be_sent(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    own, other = held(database, clock), held(database, clock, "Marco", "ws_bruno")
    new = uploads.NewFile("ws_anna:u1", "at_customers00", "application/pdf", "sua.pdf", 10, None, None)
    with database.writing() as session:
        uploads.keep(session, sender(), new, FileLimits(9, 9), WELCOME, clock.now())
    async with desk.browser() as giulia, desk.browser() as marco:
        await giulia.sign_in("giulia@shop.example")
        await marco.sign_in("marco@shop.example")
        marcos = (await marco.upload(other, PHOTO))[1]["id"]
        giulias = (await giulia.upload(own, PHOTO))[1]["id"]

        tried = [
            await giulia.post(f"/desk/c/{own}/reply", {"text": "ecco", "id": "b" * 12, "files": ids})
            for ids in (marcos, "at_customers00", "at_none", f"{giulias} {giulias}", " ".join([giulias] * 6))
        ]

    assert [status for status, _ in tried] == [409] * 5
    with database.reading() as session:
        assert not [row for row in log.rows_since(session, own, 0) if row.author_kind == "agent"]


async def test_an_agent_who_sends_none_of_them_cannot_fill_the_disk(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    conversation_id = held(database, clock)
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")
        taken = [(await browser.upload(conversation_id, pictures.PDF, "a.pdf"))[0] for _ in range(MOST_UNSENT + 1)]

    assert taken == [*[200] * MOST_UNSENT, 409]


async def test_what_an_agent_adds_and_never_sends_is_swept_and_counts_for_no_customer(
    database: Database, clock: FixedClock, desk: DeskServer, tmp_path: Path
) -> None:
    conversation_id = held(database, clock)
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")
        await browser.upload(conversation_id, pictures.PDF, "a.pdf")
    with database.writing() as session:
        assert uploads.check_room(session, sender(), "ws_anna:u9", FileLimits(1, 1), WELCOME, clock.now()) is None

    clock.move(UNSENT_KEPT * 2)
    await sweep_files(database, Folder(tmp_path / "files"), clock.now())

    assert kept(tmp_path) == []


async def test_a_customer_on_telegram_gets_the_photo_after_the_words(
    database: Database, clock: FixedClock, tmp_path: Path
) -> None:
    giulia = account(database, clock, "Giulia")
    files = tmp_path / "files"
    async with BotApi().serving() as api, telegram(database, clock, api, files=files) as front:
        api.say(11, "ciao")
        await until(lambda: len(api.sent) == 2)
        with database.writing() as session:
            conversation_id = session.query(Conversation).one().id
            attending.accept(session, conversation_id, giulia, JOINED, clock.now())
        async with DeskServer(database, clock, files).serving() as desk, desk.browser() as browser:
            await browser.sign_in("giulia@shop.example")
            file_id = (await browser.upload(conversation_id, PHOTO))[1]["id"]
            fields = {"text": "Ecco la sedia", "id": "c" * 12, "files": file_id}
            await browser.post(f"/desk/c/{conversation_id}/reply", fields)
        await front.notices.new_rows(conversation_id)
        await until(lambda: len(api.sent) == 5)

    words, photo = api.sent[3:]
    assert words.text == "Ecco la sedia"
    assert photo.text.startswith("[photo ") and photo.raw["photo"].startswith(b"\xff\xd8\xff")
    assert pictures.WHERE.encode() not in photo.raw["photo"]


async def test_the_name_of_a_file_never_becomes_markup(database: Database, clock: FixedClock, desk: DeskServer) -> None:
    conversation_id = held(database, clock)
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")
        for name in ("<img src=x onerror=alert(1)>.jpg", '"><svg onload=alert(1)>.jpg', "{{7*7}}.jpg"):
            file_id = (await browser.upload(conversation_id, PHOTO, quote(name)))[1]["id"]
            fields = {"text": "ecco", "id": secrets.token_hex(8), "files": file_id}
            assert (await browser.post(f"/desk/c/{conversation_id}/reply", fields))[0] == 200
        page = (await browser.get(f"/desk/c/{conversation_id}"))[1]

    assert "<img src=x" not in page and "<svg" not in page and "49.jpg" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;.jpg" in page
