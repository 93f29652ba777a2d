"""A row of the log as Telegram shows it: one or more messages in its HTML, the buttons under the last one."""

from dataclasses import dataclass
from html import escape
from typing import Any, Mapping, Optional

from connectors.telegram.cards import LONGEST_LINK, Line, card_image, card_lines
from connectors.telegram.split import LIMIT, split_text, units
from switchboard.body import clean_text

NO_TITLE = "…"


@dataclass(frozen=True)
class Part:
    """One message. `plain` says the same without formatting, should Telegram not take the HTML."""

    html: str
    plain: str
    buttons: tuple[tuple[str, str], ...] = ()  # id and title
    image: Optional[str] = None
    file: Optional[Mapping[str, Any]] = None  # an attachment of the body, alone


@dataclass(frozen=True)
class _Chunk:
    html: str
    plain: str


def parts_of(body: Mapping[str, Any]) -> list[Part]:
    """The messages that show `body`, in order; none when there is nothing to show."""
    text = [_Chunk(escape(part, quote=False), part) for part in split_text(clean_text(body.get("text") or ""))]
    card = [chunk for line in card_lines(body.get("card")) for chunk in _chunks(line)]
    packed = _packed(text, card)
    buttons = tuple((button["id"], clean_text(button["title"]) or NO_TITLE) for button in body.get("buttons") or [])
    if not packed and buttons:
        packed = [_Chunk(NO_TITLE, NO_TITLE)]
    last = len(packed) - 1
    image = card_image(body.get("card"))
    words = [
        Part(chunk.html, chunk.plain, buttons if place == last else (), image if place == last else None)
        for place, chunk in enumerate(packed)
    ]
    return [*words, *(Part("", "", file=file) for file in body.get("attachments") or [])]


def _chunks(line: Line) -> list[_Chunk]:
    line = Line(clean_text(line.strong), _clean(line.plain), line.url)
    if not line.words.strip():
        return []
    if units(line.words) > LIMIT - (LONGEST_LINK + 1 if line.url else 0):
        return [_Chunk(escape(part, quote=False), part) for part in split_text(line.words)]
    plain = escape(line.plain, quote=False)
    if line.url:
        plain = f'<a href="{escape(clean_text(line.url))}">{plain}</a>'
    strong = f"<b>{escape(line.strong, quote=False)}</b>" if line.strong else ""
    return [_Chunk(strong + plain, f"{line.words} {line.url}" if line.url else line.words)]


def _clean(text: str) -> str:
    """`clean_text`, with the space that parts it from the strong words before it."""
    return f" {clean_text(text)}" if text.startswith(" ") else clean_text(text)


def _packed(text: list[_Chunk], card: list[_Chunk]) -> list[_Chunk]:
    """As few messages as hold everything; an empty line between text and card."""
    packed: list[_Chunk] = []
    for place, chunk in enumerate([*text, *card]):
        joint = "\n\n" if place == len(text) else "\n"
        if packed and place >= len(text) and units(f"{packed[-1].plain}{joint}{chunk.plain}") <= LIMIT:
            before = packed[-1]
            packed[-1] = _Chunk(f"{before.html}{joint}{chunk.html}", f"{before.plain}{joint}{chunk.plain}")
        else:
            packed.append(chunk)
    return packed
