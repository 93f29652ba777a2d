"""Finds e-mail addresses, with the slips people make: "anna @ example,it", "anna chiocciola example punto it"."""

import re
from typing import Any, Optional, Sequence

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from base.emails import email_address
from components.found import Found, apart_from
from components.normalise import fold, italian_words
from components.spans import RuleExtractor

_LOCAL = r"[a-z0-9][a-z0-9._%+\-]*"
_DOMAIN = r"[a-z0-9][a-z0-9\-]*(?:[.,][a-z0-9\-]+)*"
_SPOKEN_DOT = r"(?:\s?[.,]\s?|\s(?:punto|dot)\s)"
_SIGN = re.compile(r"@|chiocciola|\bat\b")
_CANDIDATES = (
    re.compile(rf"{_LOCAL}@{_DOMAIN}"),
    re.compile(rf"{_LOCAL}\s?@\s?[a-z0-9\-]+(?:{_SPOKEN_DOT}[a-z0-9\-]+)*?{_SPOKEN_DOT}[a-z]{{2,10}}\b"),
    re.compile(
        rf"[a-z0-9_+\-]+(?:(?:[.]|\spunto\s)[a-z0-9_+\-]+)*\s?(?:\(at\)|\[at\]|\bchiocciola\b|\bat\b)\s?"
        rf"[a-z0-9\-]+(?:{_SPOKEN_DOT}[a-z0-9\-]+)*?{_SPOKEN_DOT}[a-z]{{2,10}}\b"
    ),
)


def find_emails(text: str) -> list[Found]:
    """Every address in `text`, with the address it stands for."""
    folded = fold(text)
    if not _SIGN.search(folded.text):  # most messages; and no pattern below is quick on 2,000 digits
        return []
    found: list[Found] = []
    for candidate in _CANDIDATES:
        addresses = ((match.span(), _address(match.group())) for match in candidate.finditer(folded.text))
        new = [Found("email", *folded.original_span(*span), address) for span, address in addresses if address]
        found += apart_from(found, new)
    return sorted(found, key=lambda email: email.start)


def _address(written: str) -> Optional[str]:
    address = email_address(written) or email_address(_spoken(written))
    return _repaired(address) if address else None


def _repaired(address: str) -> str:
    """With the domain that was meant, where what was written is known as a slip: "anna@gmial.con"."""
    slips = italian_words().email_slips
    local, _, domain = address.rpartition("@")
    return f"{local}@{'.'.join(slips.get(label, label) for label in domain.split('.'))}"


def _spoken(written: str) -> str:
    signs = re.sub(r"\s?(?:\(at\)|\[at\]|\bchiocciola\b|\bat\b)\s?", "@", written)
    signs = re.sub(r"\s(?:punto|dot)\s", ".", signs)
    return re.sub(r"\s", "", signs).replace(",", ".")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Emails(RuleExtractor):
    """`email`: value in lower case, slips repaired."""

    entities = ("email",)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing to configure."""
        return {}

    def find(self, text: str, taken: Sequence[Found]) -> list[Found]:
        """Addresses of `text`."""
        return find_emails(text)
