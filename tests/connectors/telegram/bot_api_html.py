"""Telegram's HTML, as strictly as the Bot API reads it."""

import re

PIECE = re.compile(r'(?P<tag></?[a-z]+(?: href="[^"<>]*")?>)|(?P<entity>&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);)')
TAGS = ("b", "i", "u", "s", "a", "code", "pre")
NAMED = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"'}


class CannotParse(Exception):
    """The text is none that Telegram takes as HTML."""


def plain_text(html: str) -> str:
    """What is read of `html`.

    Raises:
        CannotParse: an unknown, unclosed or wrongly closed tag, or a bare "<".
    """
    read, opened, place = [], [], 0
    for found in PIECE.finditer(html):
        read.append(_bare(html[place : found.start()]))
        place = found.end()
        if found["entity"]:
            read.append(_character(found["entity"]))
            continue
        name = re.sub(r"[^a-z]", "", found["tag"].split()[0])
        if name not in TAGS:
            raise CannotParse(f'unsupported start tag "{name}"')
        if not found["tag"].startswith("</"):
            opened.append(name)
        elif not opened or opened.pop() != name:
            raise CannotParse("unmatched end tag")
    if opened:
        raise CannotParse(f'can\'t find end tag corresponding to start tag "{opened[-1]}"')
    return "".join([*read, _bare(html[place:])])


def _bare(text: str) -> str:
    if "<" in text:
        raise CannotParse("unsupported start tag")
    return text


def _character(entity: str) -> str:
    if entity in NAMED:
        return NAMED[entity]
    digits = entity[2:-1]
    return chr(int(digits[1:], 16) if digits[0] in "xX" else int(digits))
