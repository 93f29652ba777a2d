"""Photos and documents in a Telegram chat: fetched once, in the log when they are on disk, refused in words, sent."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from attachments.folder import Folder
from base.clock import FixedClock
from base.database import Database
from connectors.telegram.offers import KIND
from switchboard import log, uploads
from switchboard.body import Reply
from switchboard.models import Job, Message
from switchboard.people import Sender, lock_conversation
from switchboard.uploads import FileLimits, NewFile
from tests.attachments import pictures
from tests.connectors.telegram.bot_api import MOST_DOWNLOAD, BotApi, Refused
from tests.connectors.telegram.front import WELCOME, log_of, said, telegram
from tests.front.fake_engine import Answer, answer, until

ANNA, BRUNO = 11, 22
PHOTO = pictures.encoded("JPEG", pictures.picture(800, 600), exif=pictures.exif())
ECHO_ONE, ECHO_TWO = "eco: [allegato]", "eco: [2 allegati]"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The folder of files."""
    return tmp_path / "files"


def attached(row: Message) -> list[str]:
    return [file["id"] for file in row.body["attachments"]]


async def test_a_photo_is_a_message_that_is_answered_once(database: Database, clock: FixedClock, files: Path) -> None:
    asked: list[Any] = []

    async def behaviour(request: dict[str, Any]) -> Answer:
        asked.append((request["text"], request["button"], request["attachments"]))
        return answer(request, "Grazie.")

    async with BotApi().serving() as api, telegram(database, clock, api, behaviour, files=files):
        update = api.send_photo(ANNA, PHOTO)
        await until(lambda: len(api.sent) == 2)
        api.repeat(update)
        await until(lambda: not api.pending)

    (row,) = [row for row in log_of(database, ANNA) if row.author_kind == "customer"]
    assert asked == [("[allegato]", {"intent": "send_attachment", "entities": {}}, 1)]
    assert row.body["wordless"] is True and len(api.downloads) == 1
    content = Folder(files).path(attached(row)[0], "image/jpeg").read_bytes()
    assert content.startswith(b"\xff\xd8\xff") and b"Fotocamera" not in content
    with database.reading() as session:
        assert [job.payload for job in session.query(Job).filter(Job.kind == KIND)] == [{}]


async def test_the_words_under_a_document_are_the_message(database: Database, clock: FixedClock, files: Path) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api, files=files):
        api.send_document(ANNA, pictures.PDF, "../fattura.pdf", caption="ecco la fattura, carta 4111 1111 1111 1111")
        await until(lambda: len(api.sent) == 2)

    (row,) = [row for row in log_of(database, ANNA) if row.author_kind == "customer"]
    (file,) = row.body["attachments"]
    assert row.body["text"] == "ecco la fattura, carta •••• •••• •••• 1111" and "wordless" not in row.body
    assert (file["name"], file["type"]) == ("fattura.pdf", "application/pdf")


async def test_an_album_is_one_message(database: Database, clock: FixedClock, files: Path) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api, files=files):
        for caption in ("prima e dopo", None, None):
            api.send_photo(ANNA, PHOTO, media_group_id="g1", **({"caption": caption} if caption else {}))
        await until(lambda: not api.pending)
        clock.move(timedelta(seconds=5))
        await until(lambda: len(api.sent) == 2)

    (row,) = [row for row in log_of(database, ANNA) if row.author_kind == "customer"]
    assert row.body["text"] == "prima e dopo" and len(set(attached(row))) == 3
    assert api.texts(ANNA) == [WELCOME, "eco: prima e dopo"]


async def test_an_album_that_is_too_large_for_one_message_is_two(
    database: Database, clock: FixedClock, files: Path
) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api, files=files):
        for _ in range(7):
            api.send_photo(ANNA, PHOTO, media_group_id="g1")
        await until(lambda: not api.pending)
        clock.move(timedelta(seconds=5))
        await until(lambda: len(api.sent) == 3)

    assert said(database, ANNA) == ["[5 allegati]", "[2 allegati]"]


async def test_what_is_written_after_a_photo_stays_after_it(database: Database, clock: FixedClock, files: Path) -> None:
    handed_out = asyncio.Event()

    async with BotApi().serving() as api, telegram(database, clock, api, files=files):
        api.fetching = handed_out.wait
        api.send_photo(ANNA, PHOTO)
        api.say(ANNA, "eccola")
        await until(lambda: api.downloads)
        handed_out.set()
        await until(lambda: len(api.sent) == 3)

    assert said(database, ANNA) == ["[allegato]", "eccola"]
    assert api.texts(ANNA) == [WELCOME, ECHO_ONE, "eco: eccola"]


@pytest.mark.parametrize("size", [10_000_001, MOST_DOWNLOAD + 1])
async def test_a_file_that_is_too_large_is_refused_before_it_is_fetched(
    database: Database, clock: FixedClock, files: Path, size: int
) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api, files=files):
        api.send_document(ANNA, b"x", "video.pdf", size)
        await until(lambda: len(api.sent) == 2)

    assert "al massimo 10 MB" in api.texts(ANNA)[1] and api.downloads == []
    assert said(database, ANNA) == ["[file]"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04" + b"x" * 100, "Posso ricevere foto"),
        (PHOTO[:-300], "rovinato o incompleto"),
        (pictures.png_that_claims(60_000, 60_000), "troppi pixel"),
    ],
    ids=["zip", "half a photo", "bomb"],
)
async def test_what_cannot_be_taken_is_told_in_words(
    database: Database, clock: FixedClock, files: Path, content: bytes, words: str
) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api, files=files):
        api.send_document(ANNA, content, "foto.jpg")
        await until(lambda: len(api.sent) == 2)

    assert words in api.texts(ANNA)[1] and said(database, ANNA) == ["[file]"]
    assert [file for file in files.rglob("*") if file.is_file()] == []


async def test_words_under_a_file_that_cannot_be_taken_are_answered_all_the_same(
    database: Database, clock: FixedClock, files: Path
) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api, files=files):
        api.send_document(ANNA, b"PK\x03\x04" + b"x" * 100, "a.zip", caption="dov'è il mio ordine?")
        await until(lambda: len(api.sent) == 3)

    assert "Posso ricevere foto" in api.texts(ANNA)[1] and api.texts(ANNA)[2] == "eco: dov'è il mio ordine?"


async def test_a_file_that_telegram_does_not_have_any_more_is_asked_for_again(
    database: Database, clock: FixedClock, files: Path
) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api, files=files):
        api.refuse["getFile"] = [Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")]
        api.send_photo(ANNA, PHOTO)
        await until(lambda: len(api.sent) == 2)

    assert "Me lo puoi mandare di nuovo?" in api.texts(ANNA)[1]


async def test_a_download_that_breaks_is_tried_again_and_nobody_else_waits(
    database: Database, clock: FixedClock, files: Path
) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api, files=files):
        api.cut_files = 1
        api.send_photo(ANNA, PHOTO)
        await until(lambda: not api.cut_files)
        api.say(BRUNO, "ciao")
        await until(lambda: api.texts(BRUNO) == [WELCOME, "eco: ciao"])
        assert api.texts(ANNA) == []
        clock.move(timedelta(seconds=10))
        await until(lambda: api.texts(ANNA) == [WELCOME, ECHO_ONE])


async def test_a_front_that_died_before_the_file_was_there_fetches_it_after_its_start(
    database: Database, clock: FixedClock, files: Path
) -> None:
    never = asyncio.Event()

    async with BotApi().serving() as api:
        api.fetching = never.wait
        async with telegram(database, clock, api, files=files):
            api.send_photo(ANNA, PHOTO)
            await until(lambda: api.downloads and not api.pending)
        api.fetching = None
        async with telegram(database, clock, api, files=files):
            await until(lambda: len(api.sent) == 2)

    assert api.texts(ANNA) == [WELCOME, ECHO_ONE]


async def test_pictures_and_documents_of_ours_are_sent_after_the_words(
    database: Database, clock: FixedClock, files: Path
) -> None:
    folder = Folder(files)
    async with BotApi().serving() as api, telegram(database, clock, api, files=files) as front:
        api.say(ANNA, "ciao")
        await until(lambda: len(api.sent) == 2)
        conversation_id = log_of(database, ANNA)[0].conversation_id
        photo = _kept(database, clock, folder, PHOTO, "at_photo00001", "image/jpeg", 800)
        label = _kept(database, clock, folder, pictures.PDF, "at_label00001", "application/pdf", None)
        reply = Reply("Ecco l'etichetta.", attachments=(photo, label))
        with database.writing() as session:
            conversation = lock_conversation(session, conversation_id)
            log.append_reply(session, conversation, "telegram", reply, clock.now(), author_kind="agent")
        await front.notices.new_rows(conversation_id)
        await until(lambda: len(api.sent) == 5)

    words, first, second = api.sent[2:]
    assert words.text == "Ecco l'etichetta."
    assert (first.text, first.raw["photo"]) == ("[photo at_photo00001]", PHOTO)
    assert (second.text, second.raw["document"]) == ("[document at_label00001]", pictures.PDF)


async def test_a_picture_that_telegram_takes_for_no_photo_is_sent_as_a_document_and_an_erased_one_is_left_out(
    database: Database, clock: FixedClock, files: Path
) -> None:
    folder = Folder(files)
    async with BotApi().serving() as api, telegram(database, clock, api, files=files) as front:
        api.say(ANNA, "ciao")
        await until(lambda: len(api.sent) == 2)
        conversation_id = log_of(database, ANNA)[0].conversation_id
        long = _kept(database, clock, folder, PHOTO, "at_long000001", "image/jpeg", 800)
        erased = _kept(database, clock, folder, PHOTO, "at_erased0001", "image/jpeg", 800)
        folder.remove(erased)
        api.refuse["sendPhoto"] = [Refused(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")]
        reply = Reply("Ecco.", attachments=(erased, long))
        with database.writing() as session:
            conversation = lock_conversation(session, conversation_id)
            log.append_reply(session, conversation, "telegram", reply, clock.now(), author_kind="agent")
        await front.notices.new_rows(conversation_id)
        await until(lambda: len(api.sent) == 4)

    assert [sent.text for sent in api.sent[2:]] == ["Ecco.", "[document at_long000001]"]


def _kept(
    database: Database, clock: FixedClock, folder: Folder, content: bytes, id_: str, type_: str, width: Any
) -> str:
    """A file of the shop's for Anna, on disk and with its row."""
    draft = folder.draft()
    draft.write_bytes(content)
    folder.keep(draft, id_, type_)
    new = NewFile(f"shop:{id_}", id_, type_, id_, len(content), width, width)
    anna = Sender("telegram", "telegram", str(ANNA), "key", "key")
    with database.writing() as session:
        return uploads.keep(session, anna, new, FileLimits(9, 9), Reply("welcome"), clock.now()).id
