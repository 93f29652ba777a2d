"""The picture that a widget draws is the QR code of the link, with the light zone that cameras need."""

import re

import segno
from hypothesis import given
from hypothesis import strategies as st

from connectors.qr import QUIET_ZONE, qr_of

STROKE = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")


def drawn(path: str) -> set[tuple[int, int]]:
    """The dark modules of a path, as `(column, row)`."""
    strokes = STROKE.findall(path)
    assert "".join("M{} {}h{}v1h-{}z".format(*stroke) for stroke in strokes) == path
    return {(int(x) + step, int(y)) for x, y, length, _ in strokes for step in range(int(length))}


@given(st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", min_size=43, max_size=43))
def test_every_dark_module_is_drawn_once_and_no_light_one(token: str) -> None:
    url = f"https://t.me/negozio_bot?start={token}"

    qr = qr_of(url)

    matrix = segno.make(url, error="m", micro=False).matrix
    dark = {(x + QUIET_ZONE, y + QUIET_ZONE) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
    assert drawn(qr["path"]) == dark
    assert qr["size"] == len(matrix) + 2 * QUIET_ZONE
