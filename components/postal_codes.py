"""Finds Italian postal codes (CAP), only where the message says that the five digits are one."""

import re
from typing import Any, Sequence

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from components.found import Found
from components.normalise import fold
from components.places import LONGEST_NAME, Gazetteer, gazetteer, key_of, named_at
from components.spans import RuleExtractor

_AFTER_CAP = re.compile(
    r"\b(?:cap|c\.a\.p\.|codice (?:di avviamento )?postale)"
    r"(?:\s+(?:e|è|sarebbe|giusto|corretto|nuovo|di|[a-z]{3,15}))?\s*[:=,]?\s*(?P<code>\d{5})\b"
)
_BEFORE_CAP = re.compile(r"(?<![\w.,#-])(?P<code>\d{5})\b(?=\s+(?:e|come|è)?\s*(?:il\s+)?(?:mio\s+)?cap\b)")
_CODE = re.compile(r"(?<![\w.,#-])\d{5}(?![\w#]|[.,/-]\d)")
_WORDS = re.compile(r"[a-z]+'?")
_AREA = 2  # digits of a postal code that name an area: a hamlet's is like its town's
_RECORDS = re.compile(r"(?:reso|resi|rma|ordine|preventivo|pratica|numero|n|nr)[\s.:°#]*$")
_NEAR = re.compile(r"[\s,;()-]*")
_SIDE = 60  # characters before and after that are looked at


def find_postal_codes(text: str, places: Gazetteer) -> list[Found]:
    """Five digits after or before the word CAP, or beside a place where there are such codes."""
    folded = fold(text)
    spans = {match.span("code") for rule in (_AFTER_CAP, _BEFORE_CAP) for match in rule.finditer(folded.text)}
    for match in _CODE.finditer(folded.text):
        before, after = folded.text[: match.start()][-_SIDE:], folded.text[match.end() :][:_SIDE]
        if not _RECORDS.search(before) and _beside_its_place(match.group(), before, after, places):
            spans.add(match.span())
    return [
        Found("postal_code", *folded.original_span(start, end), folded.text[start:end]) for start, end in sorted(spans)
    ]


def _beside_its_place(code: str, before: str, after: str, places: Gazetteer) -> bool:
    """Whether the place written next to a code has such codes: "40121 Bologna", "Casalecchio di Reno (BO) 40033"."""
    following = _WORDS.findall(after[_end_of_gap(after) :])[:LONGEST_NAME]
    if any(first == 0 and _fits(code, following[:last], places) for first, last, _ in named_at(following, places)):
        return True
    near = re.sub(r"[\s,(]+[a-z]{2}\)?[\s,]*$", "", before) if before.rstrip(" ,").endswith(")") else before
    preceding = _WORDS.findall(near)[-LONGEST_NAME:]
    return any(
        last == len(preceding) and _fits(code, preceding[first:last], places)
        for first, last, _ in named_at(preceding, places)
    )


def _end_of_gap(after: str) -> int:
    gap = _NEAR.match(after)
    return gap.end() if gap else 0


def _fits(code: str, words: Sequence[str], places: Gazetteer) -> bool:
    known = places.codes.get(key_of(" ".join(words)), frozenset())
    return any(one[:_AREA] == code[:_AREA] for one in known)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PostalCodes(RuleExtractor):
    """`postal_code`: five digits."""

    entities = ("postal_code",)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing to configure; the places are those of `places.py`."""
        return {}

    def find(self, text: str, taken: Sequence[Found]) -> list[Found]:
        """Postal codes of `text`."""
        return find_postal_codes(text, gazetteer())
