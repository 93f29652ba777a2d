"""Text as it is compared when somebody searches: without capitals, and letters without their accents."""

import unicodedata
from functools import lru_cache
from typing import Mapping

LATIN_TO_CYRILLIC = range(0xC0, 0x530)


def plain(text: str) -> str:
    """`text` with as many signs as before: "Perché" becomes "perche"."""
    return "".join(map(_small, text)) if not text.isascii() else text.lower()


@lru_cache(maxsize=1)
def _letters() -> Mapping[str, str]:
    return {chr(code): _base(chr(code)) for code in LATIN_TO_CYRILLIC}


def _small(sign: str) -> str:
    return _letters().get(sign) or sign.lower()[:1] or sign


def _base(sign: str) -> str:
    base = unicodedata.normalize("NFD", sign)[0]
    return base.lower() if base.isascii() else sign.lower()[:1]
