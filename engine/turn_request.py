"""One turn as the front asks for it (docs/engine.md), checked."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Optional

from base.clock import ROME
from switchboard.body import MAX_TEXT

LONGEST = 2 * MAX_TEXT  # with room to spare: what was stored is never refused
MAX_ID = 64
MOST_ATTACHMENTS = 100
UNTOLD = ""
COMMAND = re.compile(r"^(\s*)/")


class BadRequest(Exception):
    """The request is not what docs/engine.md says; names the field."""


@dataclass(frozen=True)
class Button:
    """What a used button stands for."""

    intent: str
    entities: dict[str, str]


@dataclass(frozen=True)
class TurnRequest:
    """A customer's message to be answered.

    Attributes:
        text: no command of Rasa's any more.
        previous_turn_id: the last turn whose answer was shown to the customer, None when there is none; `UNTOLD` when
            the caller does not say.
        attachments: how many files came with the message.
        handed_back: people of the shop have dealt with the customer since the turn before.
        side: from where it was written, None for the one that opened the conversation (docs/joining.md).
    """

    turn_id: str
    conversation_id: str
    text: str
    button: Optional[Button]
    channel: str
    sent_at: str
    previous_turn_id: Optional[str] = UNTOLD
    attachments: int = 0
    handed_back: bool = False
    side: Optional[str] = None


def read_request(data: Any) -> TurnRequest:
    """The turn in a decoded JSON body.

    Raises:
        BadRequest: a field is missing or of the wrong kind.
    """
    if not isinstance(data, dict):
        raise BadRequest("body")
    return TurnRequest(
        turn_id=_text(data, "turn_id", MAX_ID),
        conversation_id=_text(data, "conversation_id", MAX_ID),
        text=disarmed(_text(data, "text", LONGEST)),
        button=_button(data.get("button")),
        channel=_text(data, "channel", MAX_ID),
        sent_at=_text(data, "sent_at", MAX_ID),
        previous_turn_id=_previous_turn_id(data),
        attachments=_attachments(data),
        handed_back=_flag(data, "handed_back"),
        side=None if data.get("side") is None else _text(data, "side", MAX_ID),
    )


def day_of(sent_at: str) -> Optional[date]:
    """The Italian local day of a moment in ISO 8601; None where it is none, or without a time zone."""
    try:
        moment = datetime.fromisoformat(sent_at.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment.astimezone(ROME).date() if moment.tzinfo else None


def disarmed(text: str) -> str:
    """`text` with a slash at its beginning made "／": Rasa takes "/restart" for a command. The length stays."""
    return COMMAND.sub("\\1／", text)


def _text(data: dict[str, Any], field: str, longest: int) -> str:
    value = data.get(field)
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        raise BadRequest(field)
    return value.encode("utf-8", "replace").decode().replace("\0", " ")


def _previous_turn_id(data: dict[str, Any]) -> Optional[str]:
    if "previous_turn_id" not in data:
        return UNTOLD
    return None if data["previous_turn_id"] is None else _text(data, "previous_turn_id", MAX_ID)


def _flag(data: dict[str, Any], field: str) -> bool:
    value = data.get(field, False)
    if not isinstance(value, bool):
        raise BadRequest(field)
    return value


def _attachments(data: dict[str, Any]) -> int:
    count = data.get("attachments", 0)
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MOST_ATTACHMENTS:
        raise BadRequest("attachments")
    return count


def _button(data: Any) -> Optional[Button]:
    if data is None:
        return None
    if not isinstance(data, dict) or not isinstance(data.get("intent"), str):
        raise BadRequest("button")
    entities = data.get("entities") or {}
    if not isinstance(entities, dict) or not all(isinstance(value, str) for value in entities.values()):
        raise BadRequest("button")
    return Button(data["intent"], entities)
