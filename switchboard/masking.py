"""What must never be stored: payment card numbers are masked before a message reaches the log.

A card number is found however it is written: together, in groups, with dashes, points or line breaks between them, in
any script's digits. It must be whole: glued to letters or other digits it is an IBAN, a tracking code, something else.

What is shown besides is masked further (`mask_personal`), and what trainers read further still (`personal.py`): they
need how a sentence is built, not who wrote it.

Sources: PCI DSS 4.0, requirement 3.4 (at most the last four digits may be shown); ISO/IEC 7812-1, annex B (check
digit).
"""

import re
from dataclasses import dataclass
from typing import Iterator, Optional, Sequence

DOT = "•"
SHOWN = 4
GROUPS = re.compile(r"\d+(?:[\s.,\-‐‑‒–—_/·]{1,3}\d+)*")
DIGITS = re.compile(r"\d+")
ADDRESS = re.compile(r"[^\s@<>(),;:]+@[^\s@<>(),;:]+")
CODE = re.compile(r"\b(?=\w*\d)(?=\w*[^\W\d])\w{8,}\b")  # a tax code, an IBAN, a parcel's number
LEAST_DIGITS = 4  # fewer are a price, a size, a day
# Issuers' ranges: the first and last prefix, and the lengths their cards have.
ISSUERS = (
    (4, 4, (13, 16, 19)),  # Visa
    (51, 55, (16,)),  # Mastercard
    (2221, 2720, (16,)),
    (34, 34, (15,)),  # American Express
    (37, 37, (15,)),
    (300, 305, (14,)),  # Diners
    (36, 36, (14,)),
    (38, 39, (14,)),
    (3528, 3589, (16,)),  # JCB
    (6011, 6011, (16, 19)),  # Discover
    (644, 659, (16, 19)),
    (50, 50, (16, 18, 19)),  # Maestro, UnionPay
    (56, 69, (16, 18, 19)),
)


@dataclass(frozen=True)
class _Group:
    """Digits written together, and where."""

    digits: str
    start: int
    end: int


def mask_text(text: str) -> str:
    """`text` with all digits of every payment card number but the last four replaced by dots; the length stays."""
    masked = list(text)
    for run in GROUPS.finditer(text):
        for place in _card_places(text, run):
            masked[place] = DOT
    return "".join(masked)


def mask_personal(text: str) -> str:
    """`text` with e-mail addresses, codes and all numbers of four digits and more, however grouped, as dots.

    Names and streets stay (`personal.py` hides them). The length stays too.
    """
    masked = list(text)
    for place in personal_places(text):
        masked[place] = DOT
    return "".join(masked)


def personal_places(text: str) -> Sequence[int]:
    """Where the signs stand that `mask_personal` hides, in order."""
    places: set[int] = set()
    for found in (*ADDRESS.finditer(text), *CODE.finditer(text)):
        places.update(range(found.start(), found.end()))
    for run in GROUPS.finditer(text):
        digits = [found.start() for found in re.finditer(r"\d", run.group())]
        if len(digits) >= LEAST_DIGITS:
            places.update(run.start() + place for place in digits)
    return sorted(places)


def _card_places(text: str, run: "re.Match[str]") -> Iterator[int]:
    """Where the digits to be hidden stand in one run of groups."""
    groups = [
        _Group("".join(str(int(digit)) for digit in found.group()), found.start(), found.end())
        for found in DIGITS.finditer(text, run.start(), run.end())
    ]
    first = 0
    while first < len(groups):
        last = _card_from(text, groups, first)
        if last is None:
            first += 1
            continue
        places = [place for group in groups[first : last + 1] for place in range(group.start, group.end)]
        yield from places[:-SHOWN]
        first = last + 1


def _card_from(text: str, groups: list[_Group], first: int) -> Optional[int]:
    """The last group of the longest card number that begins with group `first`, or None."""
    digits, found = "", None
    for last in range(first, len(groups)):
        digits += groups[last].digits
        if len(digits) > 19:
            break
        if _is_card(digits) and not _glued(text, groups[first].start, groups[last].end):
            found = last
    return found


def _glued(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start].isalpha() or text[end : end + 1].isalpha()


def _is_card(digits: str) -> bool:
    issued = any(
        low <= int(digits[: len(str(low))]) <= high and len(digits) in lengths for low, high, lengths in ISSUERS
    )
    return issued and _luhn(digits)


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
