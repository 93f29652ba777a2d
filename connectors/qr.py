"""A link as a QR code: what a widget needs to draw one by itself, without reading any markup."""

from typing import Any

import segno

QUIET_ZONE = 4  # empty modules around it, as ISO/IEC 18004 wants


def qr_of(url: str) -> dict[str, Any]:
    """`{"size", "path"}`: the square's side in modules, its quiet zone included, and the dark modules as an SVG path.

    Neighbours in a row are one stroke: "M4 4h7v1h-7z" is seven dark modules from column 4 of row 4 on.
    """
    rows = segno.make(url, error="m", micro=False).matrix
    path = "".join(
        f"M{start + QUIET_ZONE} {y + QUIET_ZONE}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for start, length in _dark(row)
    )
    return {"size": len(rows) + 2 * QUIET_ZONE, "path": path}


def _dark(row: bytearray) -> list[tuple[int, int]]:
    """Where runs of dark modules begin, and how long they are."""
    runs: list[tuple[int, int]] = []
    for x, module in enumerate(row):
        if not module:
            continue
        start, length = runs[-1] if runs else (x, 0)
        if runs and start + length == x:
            runs[-1] = (start, length + 1)
        else:
            runs.append((x, 1))
    return runs
