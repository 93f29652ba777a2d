"""A stream of bytes becomes a file on disk, or nothing at all."""

import asyncio
import os
from pathlib import Path
from typing import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attachments.folder import DRAFTS, Folder
from attachments.intake import Intake
from attachments.kinds import FileRefused
from tests.attachments import pictures
from tests.attachments.pictures import chunks

MOST = 200_000


@pytest.fixture
def intake(tmp_path: Path) -> Intake:
    return Intake(Folder(tmp_path / "files"), MOST)


async def test_a_photo_is_kept_with_its_small_copy_under_a_name_of_ours(intake: Intake) -> None:
    stored = await intake.take(chunks(pictures.encoded("JPEG", pictures.picture(800, 600), exif=pictures.exif())))

    picture, thumb = intake.folder.path(stored.id, "image/jpeg"), intake.folder.thumb(stored.id)
    assert (stored.media_type, stored.width, stored.height) == ("image/jpeg", 800, 600)
    assert picture.stat().st_size == stored.bytes and thumb.exists()
    assert sorted(_files(intake)) == sorted([picture, thumb])
    assert b"Fotocamera" not in picture.read_bytes()


async def test_a_pdf_is_kept_as_it_is(intake: Intake) -> None:
    stored = await intake.take(chunks(pictures.PDF, 7))

    file = intake.folder.path(stored.id, "application/pdf")
    assert (stored.media_type, stored.width, stored.bytes) == ("application/pdf", None, len(pictures.PDF))
    assert file.read_bytes() == pictures.PDF and _files(intake) == [file]


async def test_nobody_else_on_the_computer_can_read_the_files(intake: Intake) -> None:
    await intake.take(chunks(pictures.PDF))

    folders = [intake.folder.root, *(folder for folder in intake.folder.root.rglob("*") if folder.is_dir())]
    assert {folder.stat().st_mode & 0o077 for folder in folders} == {0}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"x", "file_not_allowed"),
        (b"<svg onload=alert(1)>" * 100, "file_not_allowed"),
        (b"\xff\xd8\xff" + b"x" * 5_000, "file_unreadable"),
        (pictures.encoded("PNG")[:-40], "file_unreadable"),
        (pictures.PDF[:-20], "file_unreadable"),
        (pictures.png_that_claims(60_000, 60_000), "file_too_many_pixels"),
        (b"\xff\xd8\xff" + b"x" * MOST, "file_too_big"),
    ],
    ids=["empty", "one byte", "svg", "no jpeg", "half a png", "half a pdf", "bomb", "too big"],
)
async def test_what_is_refused_leaves_nothing(intake: Intake, content: bytes, code: str) -> None:
    with pytest.raises(FileRefused, match=code):
        await intake.take(chunks(content))

    assert _files(intake) == []


async def test_a_file_that_never_ends_is_cut_off_at_the_limit(intake: Intake) -> None:
    given_ = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given_
        while True:
            given_ += 1
            yield b"%PDF-" + b"x" * 10_000

    with pytest.raises(FileRefused, match="file_too_big"):
        await intake.take(endless())

    assert given_ == MOST // 10_005 + 1


async def test_an_upload_that_is_broken_off_leaves_nothing(intake: Intake) -> None:
    begun = asyncio.Event()

    async def hanging() -> AsyncIterator[bytes]:
        yield pictures.encoded("JPEG")
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(intake.take(hanging()))
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert _files(intake) == []


async def test_several_at_once_are_all_kept(intake: Intake) -> None:
    photo = pictures.encoded("JPEG")

    stored = await asyncio.gather(*(intake.take(chunks(photo)) for _ in range(5)))

    assert len({file.id for file in stored}) == 5 and len(_files(intake)) == 10


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400), size=st.integers(1, 100))
async def test_random_bytes_are_never_kept(intake: Intake, content: bytes, size: int) -> None:
    with pytest.raises(FileRefused):
        await intake.take(chunks(content, size))

    assert _files(intake) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text() | st.sampled_from(["../../etc/passwd", "at_../x", "at_" + "a" * 60, "/etc/passwd", "at_a\0b"]))
def test_only_an_id_of_ours_leads_to_a_path(tmp_path: Path, name: str) -> None:
    folder = Folder(tmp_path)
    try:
        path = folder.path(name, "application/pdf")
    except ValueError:
        return
    assert tmp_path in path.resolve().parents


def test_old_drafts_and_ids_are_found_by_their_age(intake: Intake) -> None:
    folder = intake.folder
    draft, young = folder.draft(), folder.draft()
    for file in (draft, young):
        file.write_bytes(pictures.PDF)
    os.utime(draft, (0, 0))
    folder.keep(_written(folder), "at_0123456789ab", "application/pdf")
    kept = _written(folder)
    os.utime(kept, (0, 0))
    folder.keep(kept, "at_abcdefghij01", "application/pdf")

    assert folder.remove_old_drafts(3_600) == 1 and not draft.exists() and young.exists()
    assert folder.ids(older_than_s=3_600) == ["at_abcdefghij01"]
    folder.remove("at_abcdefghij01", "at_abcdefghij01")
    assert folder.ids(older_than_s=-10) == ["at_0123456789ab"]


def _written(folder: Folder) -> Path:
    draft = folder.draft()
    draft.write_bytes(pictures.PDF)
    return draft


def _files(intake: Intake) -> list[Path]:
    """Every file below the folder; drafts count."""
    assert DRAFTS in os.listdir(intake.folder.root)
    return [file for file in intake.folder.root.rglob("*") if file.is_file()]
