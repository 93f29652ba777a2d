"""What a file is, told by its first bytes, never by its name or by what a browser says."""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

HEAD = 64  # bytes that tell a kind
TAIL = 1_024  # bytes at the end in which a whole PDF says that it ends (ISO 32000, annex H of PDF 1.7: 1,024)
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
AV1_BRANDS = {b"avif", b"avis"}


REFUSALS = ("file_empty", "file_too_big", "file_not_allowed", "file_unreadable", "file_too_many_pixels")


class FileRefused(Exception):
    """The file cannot be taken; the customer reads `utter_error_<code>`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Kind:
    """A sort of file. `format` is Pillow's name for it, empty where there is nothing to draw."""

    media_type: str
    suffix: str
    format: str = ""

    @property
    def is_picture(self) -> bool:
        return bool(self.format)


JPEG = Kind("image/jpeg", ".jpg", "JPEG")
PNG = Kind("image/png", ".png", "PNG")
WEBP = Kind("image/webp", ".webp", "WEBP")
HEIC = Kind("image/heic", ".heic", "HEIF")
PDF = Kind("application/pdf", ".pdf")
STORED = {kind.media_type: kind for kind in (JPEG, PNG, PDF)}  # what is left after pictures are drawn anew


def kind_of(head: bytes) -> Optional[Kind]:
    """The kind of a file that begins with `head`, of which the first `HEAD` bytes count; None for any other kind."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"%PDF-"):
        return PDF
    return HEIC if _is_heic(head) else None


def check_pdf(file: Path) -> None:
    """Refuse what only begins like a PDF.

    Raises:
        FileRefused: it has no end, as after a broken upload, or it is an archive too.
    """
    with file.open("rb") as content:
        size = content.seek(0, 2)
        content.seek(max(0, size - TAIL))
        whole = b"%%EOF" in content.read()
    if not whole or zipfile.is_zipfile(file):
        raise FileRefused("file_unreadable")


def _is_heic(head: bytes) -> bool:
    """An ISO media file (ISO/IEC 14496-12) whose brands are those of HEIF pictures with HEVC."""
    if head[4:8] != b"ftyp":
        return False
    end = min(int.from_bytes(head[:4], "big"), HEAD)
    brands = {head[8:12], *(head[place : place + 4] for place in range(16, end - 3, 4))}
    return bool(brands & HEIC_BRANDS) and not brands & AV1_BRANDS
