"""Finds Italian telephone numbers: mobiles that begin with 3, landlines that begin with 0, with or without +39."""

import re
from typing import Any, Sequence

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from components.normalise import fold
from components.spans import Found, RuleExtractor

_COUNTRY = r"(?:(?:\+|00)\s?39[\s./-]?)?"
_MOBILE = r"3\d{2}(?:[\s./-]{0,2}\d){6,7}"
_LANDLINE = r"0\d{1,3}(?:[\s./-]{0,2}\d){5,8}"
_TAX_NUMBER = re.compile(r"(?:\biva|\bcf|codice fiscale)[\s.:]*(?:[eè]\s)?$")  # eleven digits as well
_PHONE = re.compile(rf"(?<![\w@.,#+-])(?P<country>{_COUNTRY})(?P<number>{_MOBILE}|{_LANDLINE})(?![\w@]|[.,/-]\d)")


def find_phones(text: str) -> list[Found]:
    """Every telephone number in `text`; value like "+393331234567"."""
    folded = fold(text)
    found = []
    for match in _PHONE.finditer(folded.text):
        if _TAX_NUMBER.search(folded.text[: match.start()]):
            continue
        start, end = folded.original_span(*match.span())
        found.append(Found("phone", start, end, "+39" + re.sub(r"\D", "", match["number"])))
    return found


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Phones(RuleExtractor):
    """`phone`: value with country code and no spaces."""

    entities = ("phone",)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing to configure."""
        return {}

    def find(self, text: str, taken: Sequence[Found]) -> list[Found]:
        """Telephone numbers of `text`."""
        return find_phones(text)
