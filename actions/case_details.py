"""Ways to be reached, and how much else a message says."""

import re
from typing import Optional

from actions.turn import Turn

RECORD_DIGITS = 4  # of the shortest number of a record
PHONE = re.compile(r"\+?\d[\d .\-/]{6,17}\d")
MIN_DIGITS, MAX_DIGITS = 8, 15  # national numbers without prefix, up to E.164


def phone_given(turn: Turn) -> Optional[str]:
    """The phone number in the message: digits, with the plus of an international one."""
    candidates = (*turn.entity_values("phone"), *PHONE.findall(turn.text))
    return next((number for number in map(_phone, candidates) if number), None)


def contact_given(turn: Turn, asked: bool) -> Optional[str]:
    """A phone number; one that nobody marked as such only when a contact was asked for."""
    return phone_given(turn) if asked or turn.entity_values("phone") else None


def words_besides_details(turn: Turn) -> list[str]:
    """The words of the message that are no number of a record or telephone and no e-mail."""
    return [word for word in turn.text.split() if "@" not in word and sum(c.isdigit() for c in word) < RECORD_DIGITS]


def _phone(written: str) -> Optional[str]:
    digits = re.sub(r"\D", "", written)
    if not MIN_DIGITS <= len(digits) <= MAX_DIGITS:
        return None
    return f"+{digits}" if written.strip().startswith("+") else digits
