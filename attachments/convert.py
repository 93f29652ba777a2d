"""Draws a picture anew, without anything but its pixels: `python -m attachments.convert FORMAT SOURCE PICTURE THUMB`.

A program of its own, because it opens what strangers send: it may take a second and a gigabyte, or die, and nobody
waits for it or dies with it. It prints one JSON object: `{"width", "height", "format"}`, or `{"refused": code}`.
"""

import json
import os
import resource
import sys
import warnings
from io import BytesIO
from pathlib import Path

import pi_heif
from PIL import Image, ImageCms, ImageOps

from attachments.kinds import FileRefused

MOST_PIXELS = 64_000_000
LONGEST_SIDE = 3_000  # pixels that are kept; enough to read a label
THUMB_SIDE = 480
QUALITY, THUMB_QUALITY = 88, 78
MEMORY, PROCESSOR_S, WRITTEN = 2 * 1024**3, 30, 100 * 1024**2
NICE = 10  # customers' turns come first
BACKGROUND = "white"


def main(format_: str, source: Path, picture: Path, thumb: Path) -> None:
    """Convert, and print what came of it."""
    _limit_this_process()
    try:
        told = convert(format_, source, picture, thumb)
    except FileRefused as refused:
        told = {"refused": refused.code}
    sys.stdout.write(json.dumps(told))


def convert(format_: str, source: Path, picture: Path, thumb: Path) -> dict[str, object]:
    """Write `picture`, upright and without metadata, and its small copy `thumb`, a JPEG.

    Transparent pictures and PNGs stay PNG, everything else becomes JPEG; of several pictures in one file the first.

    Raises:
        FileRefused: it is broken, or has more pixels than we open.
    """
    pi_heif.register_heif_opener(thumbnails=False)
    pi_heif.options.DECODE_THREADS = 1
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(source, formats=[format_]) as opened:
            drawn = _drawn(opened)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise FileRefused("file_too_many_pixels") from error
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError, MemoryError, OverflowError) as error:
        raise FileRefused("file_unreadable") from error  # what Pillow and libheif raise for broken files
    stays_png = format_ == "PNG" or drawn.mode == "RGBA"
    if stays_png:
        drawn.save(picture, "PNG")
    else:
        drawn.save(picture, "JPEG", quality=QUALITY)
    _small(drawn).save(thumb, "JPEG", quality=THUMB_QUALITY)
    return {"width": drawn.width, "height": drawn.height, "format": "PNG" if stays_png else "JPEG"}


def _drawn(opened: Image.Image) -> Image.Image:
    if opened.width * opened.height > MOST_PIXELS:
        raise FileRefused("file_too_many_pixels")
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is read at half or a quarter of its size at once
    opened.load()
    image = _in_srgb(_plain(opened))
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    image = ImageOps.exif_transpose(image)
    image.info.clear()  # a writer may put what it finds there into the new file
    return image


def _plain(image: Image.Image) -> Image.Image:
    """The picture in RGB, or RGBA where something shows through; it keeps its `info`."""
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode.startswith(("I", "F")):  # 16 bits of grey: Pillow would cut them off instead of scaling them
        image = image.point(lambda value: value / 256).convert("L")
    return image.convert("RGB")


def _in_srgb(image: Image.Image) -> Image.Image:
    """Colours as everybody shows them, because the profile that explains them is left out."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode != "RGB":
        return image
    try:
        meant = ImageCms.ImageCmsProfile(BytesIO(profile))
        ImageCms.profileToProfile(image, meant, ImageCms.createProfile("sRGB"), inPlace=True)
    except (ImageCms.PyCMSError, OSError):
        return image  # a profile that cannot be used explains nothing: of grey, of ink, or broken
    return image


def _small(image: Image.Image) -> Image.Image:
    small = image.copy()
    small.thumbnail((THUMB_SIDE, THUMB_SIDE))
    if small.mode != "RGBA":
        return small
    ground = Image.new("RGB", small.size, BACKGROUND)
    ground.paste(small, mask=small)
    return ground


def _limit_this_process() -> None:
    os.nice(NICE)
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR_S),
        (resource.RLIMIT_FSIZE, WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:5]))
