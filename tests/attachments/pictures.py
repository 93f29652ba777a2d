"""Files as customers and attackers send them, made here."""

import io
import struct
import zlib
from typing import Any, AsyncIterator, Optional

from PIL import Image

RED, BLUE = (220, 30, 30), (30, 60, 200)
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"
WHERE = "Ponte Vecchio, 44.49 11.34"  # what must not be left in a picture


def picture(width: int = 160, height: int = 120, mode: str = "RGB") -> Image.Image:
    """Blue, with a red quarter at the upper left."""
    image = Image.new("RGB", (width, height), BLUE)
    image.paste(RED, (0, 0, width // 2, height // 2))
    return image.convert(mode)


def encoded(format_: str = "JPEG", image: Optional[Image.Image] = None, **options: Any) -> bytes:
    content = io.BytesIO()
    (image or picture()).save(content, format_, **options)
    return content.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """What a phone writes: how it was held, where, with which camera."""
    data = Image.Exif()
    data[0x010F], data[0x010E], data[0x0112] = "Fotocamera", WHERE, orientation
    place = data.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (44.0, 29.0, 38.0), "E", (11.0, 20.0, 34.0)
    return data


def png_of(width: int, height: int) -> bytes:
    """A well-formed PNG of one colour that says it has so many pixels, in few bytes."""
    row = b"\0" + b"\0" * ((width + 7) // 8)
    packed = zlib.compress(row * height, 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def png_that_claims(width: int, height: int) -> bytes:
    """The same without the pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"")) + _chunk(b"IEND", b"")


async def chunks(content: bytes, size: int = 1_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
