"""The body of a message: one shape for web, Telegram, desk and log.

    {"text": str, "buttons": [{"id": str, "title": str}], "card": {"kind": …} or None,
     "attachments": [{"id", "type", "name", "bytes", "width", "height"}]}

`text` is always enough by itself; everything else makes it nicer. Where files were sent without a word, `text` says so
and `wordless` is true.
"""

import unicodedata
from dataclasses import dataclass, field
from typing import Any, Mapping, Optional, Sequence

MAX_TEXT = 2_000
KEPT_CONTROLS = "\n\t"


@dataclass(frozen=True)
class ButtonMeaning:
    """A button as the assistant means it: the intent and entities that using it stands for."""

    title: str
    intent: str
    entities: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """Something to say, before it has a place in the log. `attachments` are ids of files kept for this customer."""

    text: str
    buttons: tuple[ButtonMeaning, ...] = ()
    card: Optional[dict[str, Any]] = None
    attachments: tuple[str, ...] = ()


def body_of(
    text: str,
    buttons: Optional[list[dict[str, str]]] = None,
    card: Optional[dict[str, Any]] = None,
    attachments: Sequence[Mapping[str, Any]] = (),
    wordless: bool = False,
) -> dict[str, Any]:
    """A complete body."""
    told = {"wordless": True} if wordless else {}
    return {"text": text, "buttons": buttons or [], "card": card, "attachments": list(attachments), **told}


def clean_text(raw: str) -> str:
    """`raw` as it can be stored everywhere.

    NFC, without control characters (newline and tab stay), half characters and space around it.
    """
    whole = raw.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    kept = "".join(c for c in whole if c in KEPT_CONTROLS or unicodedata.category(c) != "Cc")
    return unicodedata.normalize("NFC", kept).strip()
