"""Finds amounts of money: "59,90 €", "€ 1.200", "30e", "sessanta euro". The currency is part of the span."""

import re
from decimal import Decimal
from typing import Any, Optional, Sequence

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from components.found import Found
from components.how_many import quantity_value
from components.normalise import Folded, fold
from components.numerals import NUMBER_WORD
from components.spans import RuleExtractor

_DIGITS = r"(?:\d{1,3}(?:\.\d{3})+|\d{1,6})(?:[.,]\d{1,2})?"
_CURRENCY = r"(?:€|euro?\b|euri\b|eur\b)"
_WORDS = rf"{NUMBER_WORD}(?:\s(?:e\s)?{NUMBER_WORD}){{0,4}}"
_CENTS = rf"(?:\s(?:e\s)?(?P<cents>\d{{2}})\b(?!\s?(?:\d|%|pz|pezzi|gg|giorni))|\se\s(?P<cents_words>{NUMBER_WORD})\b)"
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?:"
    rf"(?P<after>{_DIGITS})(?P<thousands>\s?mila)?\s?{_CURRENCY}(?:{_CENTS}(?:\scentesimi\b)?)?"
    rf"|{_CURRENCY}\s?(?P<before>{_DIGITS})(?!\d)"
    rf"|(?P<glued>{_DIGITS})e\b"
    rf"|(?P<words>{_WORDS})\s(?:euro|euri)\b(?:{_CENTS.replace('cents', 'more')}(?:\scentesimi\b)?)?"
    rf"|(?P<only_cents>\d{{1,2}})\s(?:centesimi|cent)\b)"
)


def find_amounts(text: str) -> list[Found]:
    """Every amount in `text`; value like "59.90"."""
    folded = fold(text)
    return [found for match in _AMOUNT.finditer(folded.text) if (found := _found(match, folded)) is not None]


def _found(match: "re.Match[str]", folded: Folded) -> Optional[Found]:
    start, words = match.start(), match["words"]
    if words and quantity_value(words) is None:  # "ne ho presi due cento euro l'uno": the last number is the amount
        start, words = match.start() + words.rindex(" ") + 1, words.rpartition(" ")[2]
    euro = _euro(match, words)
    return None if euro is None else Found("amount", *folded.original_span(start, match.end()), f"{euro:.2f}")


def _euro(match: "re.Match[str]", words: Optional[str]) -> Optional[Decimal]:
    if match["only_cents"]:
        return Decimal(match["only_cents"]) / 100
    if words:
        written = quantity_value(words)
        euro = Decimal(written) if written else None
    else:
        euro = _decimal(match["after"] or match["before"] or match["glued"]) * (1000 if match["thousands"] else 1)
    cents = match["cents"] or match["more"] or match["cents_words"] or match["more_words"]
    hundredths = quantity_value(cents) if cents else None
    return euro + Decimal(hundredths) / 100 if euro is not None and hundredths and int(hundredths) < 100 else euro


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
