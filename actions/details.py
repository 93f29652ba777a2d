"""Numbers and e-mails in the customer's message: what language understanding marked first, then the bare text."""

import re
from typing import Callable, Optional, Sequence

from actions.proof import RecordRef
from actions.turn import Turn
from shop.emails import email_address
from shop.numbers import order_number, quote_number, return_number

SLOT_OF_KIND = {"order": "order_number", "return": "return_number", "quote": "quote_number"}
NUMBER_OF_KIND: dict[str, Callable[[str], Optional[str]]] = {
    "order": order_number,
    "return": return_number,
    "quote": quote_number,
}

DIGITS = re.compile(r"\d+")


def record_named(turn: Turn, kinds: Sequence[str]) -> Optional[RecordRef]:
    """The first record of one of these kinds that the message marks as such."""
    for kind in kinds:
        for value in turn.entity_values(SLOT_OF_KIND[kind]):
            number = NUMBER_OF_KIND[kind](value)
            if number:
                return RecordRef(kind, number)
    return None


def record_answered(turn: Turn, kinds: Sequence[str]) -> Optional[RecordRef]:
    """The record in an answer to "which number?": any lone number is one of the first of these kinds."""
    return record_named(turn, kinds) or record_written(turn, kinds) or _lone_number(turn, kinds[0])


def record_written(turn: Turn, kinds: Sequence[str]) -> Optional[RecordRef]:
    """The record whose number is the whole message: "104233", "p. 3021"."""
    numbers = ((kind, NUMBER_OF_KIND[kind](turn.text)) for kind in kinds)
    return next((RecordRef(kind, number) for kind, number in numbers if number), None)


def _lone_number(turn: Turn, kind: str) -> Optional[RecordRef]:
    """The only number in a sentence without anything else: "mi pare che sia 20871"."""
    numbers = [] if turn.has_entities else DIGITS.findall(turn.text)
    number = NUMBER_OF_KIND[kind](numbers[0]) if len(numbers) == 1 else None
    return RecordRef(kind, number) if number else None


def email_given(turn: Turn) -> Optional[str]:
    """The e-mail in the message, in canonical form."""
    words = [word for word in turn.text.split() if "@" in word]
    candidates = (*turn.entity_values("email"), *words, turn.text)
    return next((address for address in map(email_address, candidates) if address), None)
