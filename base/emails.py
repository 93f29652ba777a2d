"""The canonical form of an e-mail address, however people write it."""

import hmac
import re
import unicodedata
from typing import Optional

MAX_TEXT = 400
MAX_ADDRESS = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets
_AT = re.compile(r"\s*[(\[]?\s*\b(?:chiocciola|chiocciolina)\b\s*[)\]]?\s*|\s*[(\[]\s*at\s*[)\]]\s*|\s+at\s+")
_DOT = re.compile(r"\s*[(\[]\s*(?:punto|dot)\s*[)\]]\s*|\s+(?:punto|dot)\s+")
_DASH = re.compile(r"\s+(?:trattino basso|underscore)\s+")
_IN_BRACKETS = re.compile(r"<([^<>]*)>")
_WRAPPING = " \t\r\n.,;:!?\"'`()[]{}<>«»“”‘’"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_LOCAL = r"(?=.{1,64}@)[a-z0-9_](?:\.?[a-z0-9_+%&'/=~-])*"
_DOMAIN = rf"(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{1,59}})"
_ADDRESS = re.compile(f"{_LOCAL}@{_DOMAIN}")


def email_address(text: str) -> Optional[str]:
    """The address in `text`, lower case and without decoration, or `None` when it is no e-mail address.

    Takes what people write: spaces and punctuation around, "mailto:", "Anna <anna@example.it>", "anna chiocciola
    example punto it". The part before the "@" is made lower case too: no shop tells two customers apart by it.
    """
    if len(text) > MAX_TEXT:
        return None
    plain = _plain(text)
    found = _ADDRESS.fullmatch(plain)
    return plain if found and len(plain) <= MAX_ADDRESS else None


def same_email(first: str, second: str) -> bool:
    """Whether both are the same address; takes the same time wherever they differ."""
    one, other = email_address(first), email_address(second)
    return one is not None and other is not None and hmac.compare_digest(one.encode(), other.encode())


def masked_email(address: str) -> str:
    """`a•••@example.it`: enough for its owner to know it."""
    local, _, domain = address.partition("@")
    return f"{local[:1] if len(local) > 1 else ''}•••@{domain}"


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = "".join(character for character in plain if unicodedata.category(character) != "Cf").strip()
    in_brackets = _IN_BRACKETS.search(plain)
    plain = (in_brackets[1] if in_brackets else plain).strip(_WRAPPING)
    if plain.startswith("mailto:"):
        plain = plain[len("mailto:") :].partition("?")[0].strip(_WRAPPING)
    if "@" not in plain:
        plain = _AT.sub("@", plain, count=1)
    plain = _DASH.sub("_", _DOT.sub(".", plain))
    return re.sub(r"\s*@\s*", "@", plain)
