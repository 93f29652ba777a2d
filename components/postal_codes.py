"""Finds Italian postal codes (CAP), only where the message says that the five digits are one."""

import re
from typing import AbstractSet, Any, Sequence

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from components.normalise import fold, italian_words
from components.spans import Found, RuleExtractor

_AFTER_CAP = re.compile(
    r"\b(?:cap|c\.a\.p\.|codice (?:di avviamento )?postale)"
    r"(?:\s+(?:e|è|sarebbe|giusto|corretto|nuovo|di|[a-z]{3,15}))?\s*[:=,]?\s*(?P<code>\d{5})\b"
)
_BEFORE_CAP = re.compile(r"(?<![\w.,#-])(?P<code>\d{5})\b(?=\s+(?:e|come|è)?\s*(?:il\s+)?(?:mio\s+)?cap\b)")
_BEFORE_PLACE = re.compile(r"(?<![\w.,#-])(?P<code>\d{5})[\s,-]+(?P<place>[a-z']+(?:\s[a-z']+)?)")


def find_postal_codes(text: str, places: AbstractSet[str]) -> list[Found]:
    """Five digits after or before the word CAP, or before one of `places` (folded names)."""
    folded = fold(text)
    spans = {match.span("code") for rule in (_AFTER_CAP, _BEFORE_CAP) for match in rule.finditer(folded.text)}
    for match in _BEFORE_PLACE.finditer(folded.text):
        if match["place"] in places or match["place"].split()[0] in places:
            spans.add(match.span("code"))
    return [
        Found("postal_code", *folded.original_span(start, end), folded.text[start:end]) for start, end in sorted(spans)
    ]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PostalCodes(RuleExtractor):
    """`postal_code`: five digits."""

    entities = ("postal_code",)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing to configure; the places are in italian.yml."""
        return {}

    def find(self, text: str, taken: Sequence[Found]) -> list[Found]:
        """Postal codes of `text`."""
        return find_postal_codes(text, italian_words().hints["place"])
