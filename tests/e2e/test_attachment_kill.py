"""`kill -9` of the front between file and row, between row and message: no message without its whole file."""

import asyncio
import random
import secrets
from pathlib import Path

import aiohttp
import pytest
from PIL import Image

from attachments.folder import Folder
from base.clock import SystemClock
from base.database import Database
from base.migrations import migrate
from front.handlers import sweep_files
from switchboard.models import Attachment, Message
from tests.attachments import pictures
from tests.deep import DEEP, more
from tests.e2e.customer import Customer
from tests.e2e.widget_site import Front, scripted
from tests.front.fake_engine import FakeEngine

KILLS = 40 if DEEP else 4
PHOTO = pictures.encoded("JPEG", pictures.picture(1_200, 900))
LIMITS = {"SPORTELLO_ATTACHMENTS_PER_HOUR": "1000", "SPORTELLO_ATTACHMENTS_PER_CONVERSATION": "1000"}

pytestmark = pytest.mark.e2e


@more
async def test_every_message_has_its_file_whole_and_nothing_stays_that_nobody_knows(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sportello.db'}"
    migrate(url)
    random.seed(7)
    async with FakeEngine(scripted).serving() as engine:
        front = Front(tmp_path / "sportello.db", engine.port, tmp_path, **LIMITS)
        await front.start()
        customer, done = Customer(front.url), asyncio.Event()
        await customer.catch_up()
        sending = asyncio.create_task(_send_photos(customer, front.url, done))
        try:
            for _ in range(KILLS):
                await asyncio.sleep(random.uniform(0.05, 0.9))
                await front.kill()
                await front.start()
            done.set()
            sent = await asyncio.wait_for(sending, 60)
        finally:
            sending.cancel()
            await customer.close()
            await front.kill()

    database, folder = Database(url), Folder(tmp_path / "attachments")
    with database.reading() as session:
        bodies = [message.body for message in session.query(Message).filter(Message.author_kind == "customer")]
        rows = {row.id: row.message_id for row in session.query(Attachment)}
    in_log = [file["id"] for body in bodies for file in body["attachments"]]
    assert in_log == sent and len(set(in_log)) == len(in_log)
    for id_ in in_log:
        for path in (folder.path(id_, "image/jpeg"), folder.thumb(id_)):
            with Image.open(path) as whole:
                whole.load()
    assert {id_ for id_, message_id in rows.items() if message_id} == set(in_log)

    await sweep_files(database, folder, SystemClock().now(), orphans_kept_s=0)
    assert folder.ids(older_than_s=-1) == sorted(rows)
    assert list((folder.root / "drafts").iterdir()) == []
    database.close()


async def _send_photos(customer: Customer, url: str, done: asyncio.Event) -> list[str]:
    """Upload and send one photo after the other, each until it is taken; the ids of those that were."""
    sent: list[str] = []
    while not done.is_set() or not sent:
        photo = await _upload(customer, url)
        await customer._send({"message": "", "message_id": secrets.token_hex(8), "attachments": [photo]})
        sent.append(photo)
    return sent


async def _upload(customer: Customer, url: str) -> str:
    headers = {"Authorization": f"Bearer {customer.token}", "X-Upload-Id": secrets.token_hex(8), "X-File-Name": "a.jpg"}
    async with aiohttp.ClientSession(headers=headers) as session:
        while True:
            try:
                async with session.post(f"{url}attachments", data=PHOTO) as response:
                    answer = await response.json()
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)
                continue
            if answer["ok"]:
                return answer["attachment"]["id"]
            assert answer["error"]["code"] in ("later", "too_fast"), answer
            await asyncio.sleep(answer["error"]["retry_after"])
