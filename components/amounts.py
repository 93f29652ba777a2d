"""Finds amounts of money: "59,90 €", "€ 1.200", "30e", "sessanta euro". The currency is part of the span."""

import re
from decimal import Decimal
from typing import Any, Sequence

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from components.normalise import fold
from components.numerals import NUMBER_WORD, number_in_words
from components.spans import Found, RuleExtractor

_DIGITS = r"(?:\d{1,3}(?:\.\d{3})+|\d{1,6})(?:[.,]\d{1,2})?"
_CURRENCY = r"(?:€|euro?\b|euri\b|eur\b)"
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?:"
    rf"(?P<after>{_DIGITS})\s?{_CURRENCY}(?:\s(?P<cents>\d{{2}})\b)?"
    rf"|{_CURRENCY}\s?(?P<before>{_DIGITS})(?!\d)"
    rf"|(?P<glued>{_DIGITS})e\b"
    rf"|(?P<words>{NUMBER_WORD})\s(?:euro|euri)\b)"
)


def find_amounts(text: str) -> list[Found]:
    """Every amount in `text`; value like "59.90"."""
    folded = fold(text)
    found = []
    for match in _AMOUNT.finditer(folded.text):
        start, end = folded.original_span(*match.span())
        found.append(Found("amount", start, end, _value(match)))
    return found


def _value(match: re.Match) -> str:
    if match["words"]:
        euro = Decimal(number_in_words(match["words"]) or 0)
    else:
        euro = _decimal(match["after"] or match["before"] or match["glued"])
    if match["cents"]:
        euro += Decimal(match["cents"]) / 100
    return f"{euro:.2f}"


def _decimal(digits: str) -> Decimal:
    """A point before three digits separates thousands, before one or two it separates cents, as a comma does."""
    whole = re.sub(r"\.(?=\d{3}(?!\d))", "", digits)
    return Decimal(whole.replace(",", "."))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Amounts(RuleExtractor):
    """`amount`: value in euro with two decimal places."""

    entities = ("amount",)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing to configure."""
        return {}

    def find(self, text: str, taken: Sequence[Found]) -> list[Found]:
        """Amounts of `text`."""
        return find_amounts(text)
