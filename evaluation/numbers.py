"""Numbers as Italians write them."""

from typing import Optional

NOTHING = "–"


def percent(share: Optional[float], places: int = 1) -> str:
    """`96,4 %`; a dash where there is none."""
    return NOTHING if share is None else f"{number(100 * share, places)} %"


def points(before: Optional[float], after: Optional[float], places: int = 1) -> str:
    """How many points of a hundred a share has risen: `+0,4`, `−1,2`, `0,0`; a dash where one is missing."""
    if before is None or after is None:
        return NOTHING
    difference = round(100 * (after - before), places)
    sign = "+" if difference > 0 else "−" if difference < 0 else ""
    return f"{sign}{number(abs(difference), places)}"


def number(value: float, places: int = 0) -> str:
    """`1.234,5`."""
    return f"{value:,.{places}f}".replace(",", " ").replace(".", ",").replace(" ", ".")
