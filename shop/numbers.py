"""The canonical form of order, return and quote numbers, however people write them.

Each function takes a whole text that is only the number with its decoration ("n. 104.233", "reso20871"); finding a
number inside a sentence is the work of language understanding, which uses these afterwards.
"""

import re
import unicodedata
from typing import Optional

MAX_TEXT = 60
MAX_WORDS = 4  # before the digits; also bounds how long the search can take
_BEFORE = r"(?:il|[dl]['’]|la|mio|di|n|no|n[°º]|nr|n\.?ro|num|numero|codice"
_ORDER = r"|ord|ordine|ordini|order|acquisto)"
_RETURN = r"|r|reso|resi|rma|ret|return|rientro|rimborso|pratica)"
_QUOTE = r"|p|prev|prv|preventivo|preventivi|quote|offerta)"
_BETWEEN = r"[\s.:#°_*-]*"
_DIGITS = r"(?P<digits>[0-9]{3,10}|[0-9]{1,3}(?:[.,'-][0-9]{3})+|[0-9]+(?: [0-9]+)+)"
_AFTER = r"[\s.,;:!?)*-]*"


def _pattern(words: str) -> "re.Pattern[str]":
    decoration = rf"[\s(]*#?(?:{_BEFORE}{words}{_BETWEEN}){{0,{MAX_WORDS}}}"
    return re.compile(rf"{decoration}{_DIGITS}{_AFTER}", re.IGNORECASE)


_ORDER_PATTERN = _pattern(_ORDER)
_RETURN_PATTERN = _pattern(_RETURN)
_QUOTE_PATTERN = _pattern(_QUOTE)


def order_number(text: str) -> Optional[str]:
    """The order's number, digits only ("104233"), or `None` when `text` is no order number of 3 to 10 digits."""
    return _digits(_ORDER_PATTERN, text)


def return_number(text: str) -> Optional[str]:
    """The return's number ("R-20871"), or `None` when `text` is no return number of 3 to 10 digits."""
    digits = _digits(_RETURN_PATTERN, text)
    return f"R-{digits}" if digits else None


def quote_number(text: str) -> Optional[str]:
    """The quote's number ("P-3021"), or `None` when `text` is no quote number of 3 to 10 digits."""
    digits = _digits(_QUOTE_PATTERN, text)
    return f"P-{digits}" if digits else None


def _digits(pattern: "re.Pattern[str]", text: str) -> Optional[str]:
    if len(text) > MAX_TEXT:
        return None
    match = pattern.fullmatch(_plain(text))
    digits = re.sub("[^0-9]", "", match["digits"]) if match else ""
    return digits if 3 <= len(digits) <= 10 else None


def _plain(text: str) -> str:
    """The text with full-width and decorated characters made plain, every dash and space the simple one."""
    plain = unicodedata.normalize("NFKC", text.replace("º", "°"))
    return "".join(_plain_character(character) for character in plain).strip()


def _plain_character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Pd":
        return "-"
    if category == "Cf":  # invisible: zero-width spaces, direction marks
        return ""
    return " " if category == "Zs" else character
