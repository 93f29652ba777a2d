"""Pictures of the chat, kept in baselines/ and compared with a tolerance. `SPORTELLO_BASELINES=write` renews them.

The browser draws with one font family and no hinting (baselines/fonts.conf). A machine that draws letters differently
all the same is recognised by a sample of text, and its pictures are not compared.
"""

import io
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.async_api import Browser, Locator

BASELINES = Path(__file__).with_name("baselines")
WRITE = os.environ.get("SPORTELLO_BASELINES") == "write"
DRAWING = ("--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb")
FONTS = {"FONTCONFIG_FILE": str(BASELINES / "fonts.conf")}
SHADES = 8  # kept pictures have every eighth shade of a colour: a third of the size
NOTICEABLE = 12  # of 255: smaller differences of a pixel are not counted
TOLERANCE = 0.001  # the share of pixels that may differ: about the size of two letters
SAMPLE = """<!doctype html><body style="margin:8px; font: 16px system-ui; width: 380px">
Quel vituperabile xenofobo zelante assaggia il whisky ed esclama: alleluja! 0123456789
<p style="font: 13px system-ui">Quel vituperabile xenofobo zelante assaggia il whisky «àèìòù» €</p>
<p style="font: bold 20px system-ui">Quel vituperabile xenofobo zelante</p>"""


@dataclass(frozen=True)
class Difference:
    """How far a picture is from the kept one: the share of its pixels that differ, 1 when its size does."""

    share: float
    picture: Image.Image

    @property
    def tolerable(self) -> bool:
        return self.share <= TOLERANCE

    def kept_aside(self, name: str) -> Path:
        """Where the picture now lies, to be looked at."""
        file = Path(tempfile.gettempdir()) / f"sportello-{name}.png"
        self.picture.save(file)
        return file


async def picture_of(shown: Locator) -> Image.Image:
    """What is on screen there, in CSS pixels, without a blinking caret."""
    png = await shown.screenshot(animations="disabled", caret="hide", scale="css")
    return Image.open(io.BytesIO(png)).convert("RGB")


async def sample_of(browser: Browser) -> Image.Image:
    """Some text as this browser draws it."""
    page = await browser.new_page(viewport={"width": 400, "height": 160})
    await page.set_content(SAMPLE)
    picture = await picture_of(page.locator("body"))
    await page.close()
    return picture


def difference(name: str, picture: Image.Image, write: bool = WRITE) -> Difference:
    """Compare with the kept picture of this name, which is renewed first when that was asked for.

    Raises:
        FileNotFoundError: there is none yet.
    """
    file = BASELINES / f"{name}.png"
    if write:
        _small(picture).save(file, optimize=True)
    with Image.open(file) as image:
        kept = image.convert("RGB")
    if kept.size != picture.size:
        return Difference(1.0, picture)
    apart = np.abs(np.asarray(kept, dtype=np.int16) - np.asarray(picture, dtype=np.int16)).max(axis=2)
    return Difference(float((apart > NOTICEABLE).mean()), picture)


def _small(picture: Image.Image) -> Image.Image:
    shades = [min(255, round(value / SHADES) * SHADES) for value in range(256)]
    return picture.point(shades * 3).quantize(256, dither=Image.Dither.NONE)
