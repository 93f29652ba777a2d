"""Pictures drawn anew: upright, without metadata, and nothing that is broken or too large."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from attachments.convert import LONGEST_SIDE, THUMB_SIDE, convert
from attachments.kinds import FileRefused
from base.settings import ROOT
from tests.attachments import pictures
from tests.attachments.pictures import BLUE, RED, WHERE

SAMPLE = Path(__file__).parent / "samples" / "phone.heic"
FEW = settings(max_examples=30)
JPEG, PNG = pictures.encoded("JPEG"), pictures.encoded("PNG")


def opened(file: Path) -> Image.Image:
    return Image.open(io.BytesIO(file.read_bytes()))


class Drawn:
    """What came of one file."""

    def __init__(self, folder: Path, format_: str, content: bytes) -> None:
        source, self.file, self.thumb = folder / "source", folder / "picture", folder / "thumb"
        source.write_bytes(content)
        self.told = convert(format_, source, self.file, self.thumb)

    @property
    def image(self) -> Image.Image:
        return opened(self.file)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_as_it_was_held_and_says_nothing_of_where(folder: Path, orientation: int) -> None:
    shown = Image.open(io.BytesIO(pictures.encoded("JPEG", exif=pictures.exif(orientation))))

    drawn = Drawn(folder, "JPEG", pictures.encoded("JPEG", exif=pictures.exif(orientation), comment=WHERE.encode()))

    image = drawn.image
    assert (image.size == shown.size) == (orientation <= 4)
    corner = _RED_CORNER[orientation]
    assert _near(image.convert("RGB").getpixel(_at(image, corner)), RED)
    for file in (drawn.file, drawn.thumb):
        image = opened(file)
        assert not image.getexif() and not {"exif", "comment", "icc_profile", "xmp"} & set(image.info)
        assert WHERE.encode() not in file.read_bytes() and b"Fotocamera" not in file.read_bytes()


# Where the upper left of what the camera wrote is seen, for each value of EXIF's orientation (CIPA DC-008, 4.6.4).
_RED_CORNER = {1: "lu", 2: "ru", 3: "rd", 4: "ld", 5: "lu", 6: "ru", 7: "rd", 8: "ld"}


def test_a_photo_of_an_iphone_becomes_a_jpeg_that_stands_upright(folder: Path) -> None:
    drawn = Drawn(folder, "HEIF", SAMPLE.read_bytes())

    image = drawn.image
    assert drawn.told == {"width": 120, "height": 160, "format": "JPEG"} and image.format == "JPEG"
    assert _near(image.getpixel(_at(image, "ru")), RED) and _near(image.getpixel(_at(image, "ld")), BLUE)
    assert not image.getexif() and b"Fotocamera" not in drawn.file.read_bytes()


@pytest.mark.parametrize(
    ("format_", "mode", "left"),
    [
        ("JPEG", "RGB", "JPEG"),
        ("JPEG", "L", "JPEG"),
        ("JPEG", "CMYK", "JPEG"),
        ("PNG", "RGB", "PNG"),
        ("PNG", "P", "PNG"),
        ("PNG", "1", "PNG"),
        ("PNG", "LA", "PNG"),
        ("PNG", "I;16", "PNG"),
        ("WEBP", "RGB", "JPEG"),
        ("WEBP", "RGBA", "PNG"),
    ],
)
def test_every_sort_of_colour_is_read(folder: Path, format_: str, mode: str, left: str) -> None:
    image = pictures.picture(mode="L").convert("I;16") if mode == "I;16" else pictures.picture(mode=mode)
    if mode == "RGBA":
        image.putalpha(100)

    drawn = Drawn(folder, format_, pictures.encoded(format_, image))

    assert drawn.told["format"] == drawn.image.format == left
    assert drawn.image.mode in ("RGB", "RGBA") and opened(drawn.thumb).mode == "RGB"


def test_a_grey_picture_of_16_bits_keeps_its_brightness(folder: Path) -> None:
    image = Image.new("I;16", (40, 40), 128 * 256)

    drawn = Drawn(folder, "PNG", pictures.encoded("PNG", image))

    assert _near(drawn.image.getpixel((20, 20)), (128, 128, 128))


def test_a_large_photo_is_made_smaller_in_its_shape(folder: Path) -> None:
    drawn = Drawn(folder, "JPEG", pictures.encoded("JPEG", pictures.picture(4000, 1000)))

    assert drawn.image.size == (LONGEST_SIDE, LONGEST_SIDE // 4)
    assert opened(drawn.thumb).size == (THUMB_SIDE, THUMB_SIDE // 4)


def test_metadata_of_a_png_is_left_out(folder: Path) -> None:
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("Comment", WHERE)
    told.add_itxt("XML:com.adobe.xmp", WHERE)

    drawn = Drawn(folder, "PNG", pictures.encoded("PNG", pnginfo=told, exif=pictures.exif(), dpi=(72, 72)))

    assert drawn.image.info == {} and WHERE.encode() not in drawn.file.read_bytes()


def test_what_hangs_behind_a_picture_is_gone(folder: Path) -> None:
    drawn = Drawn(folder, "JPEG", JPEG + b"<script>alert(1)</script>PK\x05\x06" + b"\0" * 18)

    assert b"script" not in drawn.file.read_bytes() and b"PK\x05\x06" not in drawn.file.read_bytes()


@pytest.mark.parametrize("content", [pictures.png_that_claims(60_000, 60_000), pictures.png_of(9_000, 9_000)])
def test_a_bomb_is_refused_before_it_is_opened(folder: Path, content: bytes) -> None:
    with pytest.raises(FileRefused, match="file_too_many_pixels"):
        Drawn(folder, "PNG", content)


@FEW
@given(st.integers(10, len(JPEG) - 30), st.sampled_from([("JPEG", JPEG), ("PNG", PNG)]))
def test_a_truncated_picture_is_refused(length: int, picture: tuple[str, bytes]) -> None:
    format_, content = picture
    with pytest.raises(FileRefused, match="file_unreadable"):
        Drawn(_shared(), format_, content[: min(length, len(content) - 30)])


@FEW
@given(st.sampled_from(["JPEG", "PNG", "WEBP", "HEIF"]), st.binary(max_size=300))
def test_bytes_that_only_begin_like_a_picture_are_refused(format_: str, rest: bytes) -> None:
    heads = {"JPEG": b"\xff\xd8\xff\xe0", "PNG": b"\x89PNG\r\n\x1a\n", "WEBP": b"RIFF\x10\0\0\0WEBPVP8 "}
    head = heads.get(format_, b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")
    with pytest.raises(FileRefused, match="file_unreadable"):
        Drawn(_shared(), format_, head + rest)


@FEW
@given(st.data())
def test_a_picture_with_changed_bytes_is_drawn_or_refused_and_nothing_else(data: st.DataObject) -> None:
    format_, content = data.draw(st.sampled_from([("JPEG", JPEG), ("PNG", PNG), ("HEIF", SAMPLE.read_bytes())]))
    changed = bytearray(content)
    for place in data.draw(st.lists(st.integers(4, len(content) - 1), min_size=1, max_size=8)):
        changed[place] = data.draw(st.integers(0, 255))
    try:
        told = Drawn(_shared(), format_, bytes(changed)).told
    except FileRefused as refused:
        assert refused.code in ("file_unreadable", "file_too_many_pixels")
    else:
        assert told["format"] in ("JPEG", "PNG")


def test_the_program_is_only_as_large_as_it_may_be(folder: Path) -> None:
    program = (
        "from attachments.convert import _limit_this_process as limit; limit()\n"
        "try: bytearray(3 * 1024**3)\n"
        "except MemoryError: print('refused')"
    )

    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert ended.stdout == "refused\n"


def _at(image: Image.Image, corner: str) -> tuple[int, int]:
    x = image.width // 8 if corner[0] == "l" else image.width - image.width // 8
    y = image.height // 8 if corner[1] == "u" else image.height - image.height // 8
    return x, y


def _near(colour: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return all(abs(one - other) < 25 for one, other in zip(colour, wanted))


def _shared() -> Path:
    """A folder that all examples of one Hypothesis test use."""
    folder = Path("/tmp") / "sportello-test-convert"
    folder.mkdir(exist_ok=True)
    return folder
