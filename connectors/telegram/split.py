"""Cuts long texts into messages that Telegram takes: after a paragraph, a sentence, a word, and only then anywhere."""

import re
import unicodedata

LIMIT = 4_000  # Telegram's is 4,096, counted in UTF-16 units
PARAGRAPH = re.compile(r"\n\s*\n\s*")
LINE = re.compile(r"\n\s*")
SENTENCE = re.compile(r"[.!?…]+[»”\"')\]]*\s+")
SPACE = re.compile(r"\s+")
ZERO_WIDTH_JOINER = "\u200d"


def units(text: str) -> int:
    """The length of `text` as Telegram counts it: a character beyond the basic plane, like most emoji, counts two."""
    return len(text) + sum(character > "\uffff" for character in text)


def split_text(text: str, limit: int = LIMIT) -> list[str]:
    """`text` in parts of at most `limit` units, none empty and none with space around it.

    Nothing but space between two parts is lost. A text without words gives no part.
    """
    parts = []
    rest = text.strip()
    while units(rest) > limit:
        most = _fitting(rest, limit)
        cut = _cut(rest, most)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [part for part in (*parts, rest) if part]


def _fitting(text: str, limit: int) -> int:
    """How many characters from the beginning fit."""
    used = 0
    for place, character in enumerate(text):
        used += 2 if character > "\uffff" else 1
        if used > limit:
            return place
    return len(text)


def _cut(text: str, most: int) -> int:
    """The best place to cut, between 1 and `most`. A better kind of place counts if a part does not get too short."""
    for kind, least in ((PARAGRAPH, most // 2), (SENTENCE, most // 2), (LINE, most // 2), (SPACE, 1)):
        ends = [found.end() for found in kind.finditer(text, 0, most + 1) if least <= found.start() <= most]
        if ends:
            return ends[-1]
    return _whole_character(text, most)


def _whole_character(text: str, most: int) -> int:
    """`most`, or a little less where it would tear a letter from its accent, or an emoji apart."""
    for cut in range(most, max(0, most - 20), -1):
        after, before = text[cut], text[cut - 1]
        joined = ZERO_WIDTH_JOINER in (after, before) or unicodedata.category(after) in ("Mn", "Me", "Cf", "Sk")
        if not joined:
            return cut
    return most
