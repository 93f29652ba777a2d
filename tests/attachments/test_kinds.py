"""What a file is, told by its bytes."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attachments.kinds import HEAD, HEIC, JPEG, PDF, PNG, WEBP, FileRefused, check_pdf, kind_of
from tests.attachments import pictures

SAMPLE = Path(__file__).parent / "samples" / "phone.heic"
OTHERS = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<!doctype html><script>alert(1)</script>",
    "gif": b"GIF89a\x01\x00\x01\x00",
    "zip": b"PK\x03\x04\x14\x00",
    "exe": b"MZ\x90\x00",
    "avif": b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00mif1avif",
    "video": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42",
    "late pdf": b"<html>%PDF-1.4",
    "nothing": b"",
}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (pictures.encoded("JPEG"), JPEG),
        (pictures.encoded("PNG"), PNG),
        (pictures.encoded("WEBP"), WEBP),
        (SAMPLE.read_bytes(), HEIC),
        (pictures.PDF, PDF),
    ],
    ids=["jpeg", "png", "webp", "heic", "pdf"],
)
def test_every_kind_that_is_taken_is_told_by_its_first_bytes(content: bytes, kind: object) -> None:
    assert kind_of(content[:HEAD]) is kind


@pytest.mark.parametrize("content", OTHERS.values(), ids=OTHERS)
def test_no_other_kind_is_taken(content: bytes) -> None:
    assert kind_of(content) is None


@given(st.binary(max_size=HEAD))
def test_any_bytes_have_a_kind_or_none(head: bytes) -> None:
    kind = kind_of(head)

    assert kind is None or kind in (JPEG, PNG, WEBP, HEIC, PDF)


@given(st.binary(min_size=1, max_size=200))
def test_what_comes_before_the_first_bytes_makes_it_another_file(before: bytes) -> None:
    for content in (pictures.PDF, b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"):
        if not before.startswith((b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
            assert kind_of((before + content)[:HEAD]) not in (PDF, JPEG, PNG)


def test_a_whole_pdf_passes(tmp_path: Path) -> None:
    check_pdf(_file(tmp_path, pictures.PDF))


def test_a_pdf_with_a_few_bytes_behind_its_end_passes(tmp_path: Path) -> None:
    check_pdf(_file(tmp_path, pictures.PDF + b"\r\n\0\0<!-- sent by a server -->"))


@given(st.integers(5, len(pictures.PDF) - 8))
def test_a_pdf_that_was_cut_is_refused(length: int) -> None:
    with pytest.raises(FileRefused, match="file_unreadable"):
        check_pdf(_file(Path("/tmp"), pictures.PDF[:length]))


def test_a_pdf_that_is_an_archive_too_is_refused(tmp_path: Path) -> None:
    archive = io.BytesIO(pictures.PDF)
    with zipfile.ZipFile(archive, "a") as hidden:
        hidden.writestr("index.html", "<script>alert(1)</script>")
        hidden.comment = b"%%EOF"

    with pytest.raises(FileRefused, match="file_unreadable"):
        check_pdf(_file(tmp_path, archive.getvalue()))


def _file(folder: Path, content: bytes) -> Path:
    file = folder / "draft"
    file.write_bytes(content)
    return file
