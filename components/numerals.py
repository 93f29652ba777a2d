"""Italian numbers in words ("sessanta", "duecentocinquanta") as whole numbers, from 0 to 999,999."""

import re
from typing import Optional

_UNITS = {
    "zero": 0, "un": 1, "uno": 1, "una": 1, "due": 2, "tre": 3, "quattro": 4, "cinque": 5, "sei": 6, "sette": 7,
    "otto": 8, "nove": 9, "dieci": 10, "undici": 11, "dodici": 12, "tredici": 13, "quattordici": 14, "quindici": 15,
    "sedici": 16, "diciassette": 17, "diciotto": 18, "diciannove": 19,
}  # fmt: skip
_TENS = {
    "venti": 20, "trenta": 30, "quaranta": 40, "cinquanta": 50, "sessanta": 60, "settanta": 70, "ottanta": 80,
    "novanta": 90,
}  # fmt: skip
# "ventuno" and "trentotto" drop the last vowel of the ten.
_STEMS = {**_TENS, **{word[:-1]: value for word, value in _TENS.items()}}
_PIECES = sorted([*_UNITS, *_STEMS, "cento", "mille", "mila"], key=len, reverse=True)

NUMBER_WORD = "(?:" + "|".join(_PIECES) + ")+"
_PIECE = re.compile("|".join(_PIECES))
_WHOLE = re.compile(NUMBER_WORD)


def number_in_words(word: str) -> Optional[int]:
    """What a folded, lower-case word says, or `None` when it is no number."""
    if not _WHOLE.fullmatch(word):
        return None
    thousands, rest = 0, 0
    for piece in _PIECE.findall(word):
        if piece in ("mille", "mila"):
            thousands, rest = (rest or 1) * 1000, 0
        elif piece == "cento":
            rest = (rest or 1) * 100
        else:
            rest += _UNITS.get(piece, _STEMS.get(piece, 0))
    return thousands + rest
