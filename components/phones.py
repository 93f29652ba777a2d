"""Finds telephone numbers, Italian ones as people write them and foreign ones with their country: E.164 comes out.

What looks like one is checked with `phonenumbers`, Google's rules of every country's numbers; dates and tax numbers are
told apart before.
"""

import re
from typing import Any, Optional, Sequence

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from components.found import Found
from components.normalise import fold
from components.spans import RuleExtractor

HOME = "IT"
_BETWEEN = r"[\s./()-]{0,2}"
_ABROAD = rf"(?:\+|00)\s?[1-9](?:{_BETWEEN}\d){{7,14}}"
_MOBILE = rf"(?:39\s?)?3\d{{2}}(?:{_BETWEEN}\d){{6,7}}"
_LANDLINE = rf"\(?0\d{{1,3}}(?:{_BETWEEN}\d){{5,8}}"
_TAX_NUMBER = re.compile(r"(?:\biva|\bcf|codice fiscale)[\s.:]*(?:[eè]\s)?$")  # eleven digits as well
_DATE = re.compile(r"\d{1,2}([/.-])\d{1,2}\1\d{2,4}\b")
_MOBILE_DIGITS = re.compile(r"\+393\d{8,9}")
_PHONE = re.compile(rf"(?<![\w@.,#+-])(?:{_ABROAD}|{_MOBILE}|{_LANDLINE})(?![\w@]|[.,/-]\d)")


def find_phones(text: str) -> list[Found]:
    """Every telephone number in `text`; value like "+393331234567"."""
    folded = fold(text)
    found = []
    for match in _PHONE.finditer(folded.text):
        number = None if _DATE.match(match.group()) else _number(match.group())
        if number is None or _TAX_NUMBER.search(folded.text[: match.start()]):
            continue
        found.append(Found("phone", *folded.original_span(*match.span()), number))
    return found


def _number(written: str) -> Optional[str]:
    """The number in E.164, or None where no country has such a number."""
    import phonenumbers

    digits = re.sub(r"[^\d+]", "", written)
    digits = f"+{digits[2:]}" if digits.startswith("00") else f"+{digits}" if re.match(r"393\d{9}", digits) else digits
    try:
        number = phonenumbers.parse(digits, HOME)
    except phonenumbers.NumberParseException:
        return None
    plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    # Operators get new ranges before the rules know: every Italian mobile of the right length is one.
    return plain if _MOBILE_DIGITS.fullmatch(plain) or phonenumbers.is_valid_number(number) else None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Phones(RuleExtractor):
    """`phone`: value in E.164."""

    entities = ("phone",)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing to configure."""
        return {}

    def find(self, text: str, taken: Sequence[Found]) -> list[Found]:
        """Telephone numbers of `text`."""
        return find_phones(text)
