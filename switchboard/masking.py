"""What must never be stored: payment card numbers are masked before a message reaches the log.

Source: PCI DSS 4.0, requirement 3.4 (at most the last four digits may be shown).
"""

import re

CARD_SHAPED = re.compile(r"(?<![\d-])(?:\d[ .\-]?){12,18}\d(?![\d-])")
CARD_FIRST_DIGITS = "23456"
MASK = "•••• •••• •••• "


def mask_text(text: str) -> str:
    """`text` with every payment card number replaced by dots and its last four digits."""
    return CARD_SHAPED.sub(_mask_if_card, text)


def _mask_if_card(match: "re.Match[str]") -> str:
    digits = re.sub(r"\D", "", match.group())
    return MASK + digits[-4:] if digits[0] in CARD_FIRST_DIGITS and _luhn(digits) else match.group()


def _luhn(digits: str) -> bool:
    """Whether the check digit fits. Source: ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
