"""Numbers and e-mails in the customer's message: what language understanding marked first, then the bare text."""

import re
from dataclasses import dataclass
from typing import Callable, Optional, Sequence

from actions.proof import RecordRef
from actions.turn import Turn
from base.emails import email_address
from shop.numbers import order_number, quote_number, return_number

SLOT_OF_KIND = {"order": "order_number", "return": "return_number", "quote": "quote_number"}
NUMBER_OF_KIND: dict[str, Callable[[str], Optional[str]]] = {
    "order": order_number,
    "return": return_number,
    "quote": quote_number,
}

DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Details:
    """What is known so far of the record the customer means."""

    ref: Optional[RecordRef] = None
    email: Optional[str] = None


def records_named(turn: Turn, kinds: Sequence[str]) -> list[RecordRef]:
    """The records of these kinds that the message marks as such, each once."""
    written = [(kind, value) for kind in kinds for value in turn.entity_values(SLOT_OF_KIND[kind])]
    numbers = [(kind, NUMBER_OF_KIND[kind](value)) for kind, value in written]
    return list(dict.fromkeys(RecordRef(kind, number) for kind, number in numbers if number))


def record_named(turn: Turn, kinds: Sequence[str], instead_of: Optional[RecordRef] = None) -> Optional[RecordRef]:
    """The first record of one of these kinds that the message marks as such.

    Args:
        instead_of: the record known so far: a message that names it beside another is a correction.
    """
    named = records_named(turn, kinds)
    return next((ref for ref in named if ref != instead_of), named[0] if named else None)


def record_answered(turn: Turn, kinds: Sequence[str], instead_of: Optional[RecordRef] = None) -> Optional[RecordRef]:
    """The record in an answer to "which number?": any lone number is one of the first of these kinds."""
    return record_named(turn, kinds, instead_of) or record_written(turn, kinds) or _lone_number(turn, kinds[0])


def record_written(turn: Turn, kinds: Sequence[str]) -> Optional[RecordRef]:
    """The record whose number is the whole message: "104233", "p. 3021"."""
    numbers = ((kind, NUMBER_OF_KIND[kind](turn.text)) for kind in kinds)
    return next((RecordRef(kind, number) for kind, number in numbers if number), None)


def _lone_number(turn: Turn, kind: str) -> Optional[RecordRef]:
    """The only number in a sentence without anything else but an e-mail: "mi pare che sia 20871"."""
    without_email = " ".join(word for word in turn.text.split() if "@" not in word)
    numbers = DIGITS.findall(without_email) if turn.entities <= {"email"} else []
    number = NUMBER_OF_KIND[kind](numbers[0]) if len(numbers) == 1 else None
    return RecordRef(kind, number) if number else None


def email_given(turn: Turn, instead_of: Optional[str] = None) -> Optional[str]:
    """The e-mail in the message, in canonical form; one that differs from `instead_of` comes first."""
    words = [word for word in turn.text.split() if "@" in word]
    candidates = (*turn.entity_values("email"), *words, turn.text)
    given = [address for address in map(email_address, candidates) if address]
    return next((address for address in given if address != instead_of), given[0] if given else None)
