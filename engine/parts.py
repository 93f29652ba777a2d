"""The ids of a turn's parts: a message with several requests is answered in parts, each with a message of its own.

The first part has the turn's own id; the others are `<turn>/2`, `<turn>/3`… (ids of turns hold no slash).
"""

from typing import Iterable

from rasa.shared.core.events import UserUttered


def part_id(turn_id: str, number: int) -> str:
    """Id of a turn's part; `number` counts from 1."""
    return turn_id if number == 1 else f"{turn_id}/{number}"


def is_first(message: UserUttered) -> bool:
    """Whether a turn begins with this message."""
    return "/" not in (message.message_id or "")


def turns_of(messages: Iterable[UserUttered]) -> list[str]:
    """Ids of the turns these messages belong to, each once, in order."""
    return list(dict.fromkeys((message.message_id or "").partition("/")[0] for message in messages))
