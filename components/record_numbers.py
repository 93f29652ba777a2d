"""Finds the numbers of orders, returns and quotes in a sentence, and says which of the three each one is.

What decides, strongest first: a prefix glued to the digits (R-20871); the word just before or after them ("ordine n.
104233"), unless there are as many digits as only another kind has that needs no word ("il reso 104233" is the order's
number); another record word in the message together with the number of digits; the number of digits alone. Words,
prefixes and digits are in config.yml, so that a shop with other numbers changes no code; the small words that may stand
between a name and its number are in italian.yml.

Telephones, amounts, e-mail addresses and postal codes are found by other components before and arrive as `taken`.
"""

import re
from dataclasses import dataclass
from typing import Any, Callable, Mapping, Optional, Sequence

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from components.found import Found, apart_from
from components.normalise import Folded, fold, italian_words
from components.spans import RuleExtractor
from shop.numbers import order_number, quote_number, return_number

CANONICAL: dict[str, Callable[[str], Optional[str]]] = {
    "order_number": order_number,
    "return_number": return_number,
    "quote_number": quote_number,
}
SIDE = 250  # characters before and after a number in which the message may say what it is
SHORTEST_GLUED = 4  # letters of a word that people glue to a number
MAX_WORDS_BETWEEN = 8  # between a record word and "its" number, link words only

_CANDIDATE = re.compile(
    r"(?<![\w@])(?<!\d[.,/:-])"
    r"(?:n(?:r|ro|um)?[.°:]*)?"  # "n.104233", "nr104233": the abbreviation stays outside
    r"(?P<span>\#?(?:(?P<prefix>[a-z]{1,24})[-_.]?\#?)?(?P<digits>\d{1,3}(?:[.' ]\d{3})+|\d{3,10}))"
    r"(?!\d|_|@|[.,/:-]\d|[/-][a-z]|'[a-z]|\s?(?:€|%|euro?\b))(?P<glued>[a-z]*)(?!\d)"
)
_WORD = re.compile(r"[a-z]+'?|\d+|[^\w\s]")  # "sull'offerta" is two words
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Kind:
    """How one kind of record is named and numbered.

    Attributes:
        entity: the entity it fills.
        digits: how many digits its numbers have, as a regular expression.
        prefixes: what people glue to the digits.
        words: what people call the record, next to its number.
        alone: its digits are enough even in the middle of a sentence about something else, or after the name of a kind
            that has not so many.
    """

    entity: str
    digits: re.Pattern
    prefixes: frozenset[str]
    words: frozenset[str]
    alone: bool = False


def kinds_of(config: Mapping[str, Mapping[str, Any]]) -> tuple[Kind, ...]:
    """The kinds as config.yml lists them, in that order."""
    return tuple(
        Kind(
            entity,
            re.compile(kind["digits"]),
            frozenset(kind["prefixes"]),
            frozenset(kind["words"]),
            bool(kind.get("alone", False)),
        )
        for entity, kind in config.items()
    )


def find_record_numbers(text: str, kinds: Sequence[Kind], taken: Sequence[Found] = ()) -> list[Found]:
    """Every record number in `text` that shares no character with `taken`; value is the canonical number."""
    folded = fold(text)
    words = _without(folded, taken)
    found = []
    for match in _CANDIDATE.finditer(folded.text):
        kind = _kind(words, match, kinds)
        number = kind and CANONICAL[kind.entity](match["digits"])
        if kind and number:
            start, end = match.start("span") + _foreign(match["prefix"] or "", kind), match.end("span")
            found.append(Found(kind.entity, *folded.original_span(start, end), number))
    return apart_from(taken, found)


def _without(folded: Folded, taken: Sequence[Found]) -> str:
    """The folded text, as long as before, with blanks where something else was found: an e-mail has no words."""
    signs = list(folded.text)
    for one in taken:
        start, end = folded.place_of(one.start), folded.place_of(one.end)
        signs[start:end] = " " * (end - start)
    return "".join(signs)


def _kind(text: str, match: re.Match, kinds: Sequence[Kind]) -> Optional[Kind]:
    if match["prefix"] and 0 < len(match["glued"]) < SHORTEST_GLUED > len(match["prefix"]):
        return None  # "P3021XL" is the code of an article
    if match["prefix"]:
        return next((kind for kind in kinds if _own(match["prefix"], kind)), None)
    digits = re.sub(r"\D", "", match["digits"])
    if match["glued"]:  # "104233grazie" is one, "750ml" and "12345abc" are not
        is_word = len(match["glued"]) >= SHORTEST_GLUED and match["glued"] not in italian_words().counted
        return next((k for k in kinds if is_word and k.alone and k.digits.fullmatch(digits)), None)
    before = _WORD.findall(text[max(0, match.start() - SIDE) : match.start()])
    after = _WORD.findall(text[match.end() : match.end() + SIDE])
    if after and after[0] in italian_words().counted:
        return None
    named = _named_before(before, digits, kinds) or _named_after(after, digits, kinds)
    if named:
        return None if _is_year(digits, before) else _told_by_digits(digits, named, kinds)
    return _by_digits(digits, before, after, kinds)


def _own(prefix: str, kind: Kind) -> str:
    """What of the letters before a number is its prefix: all, or in "ilmioordine104233" the name at their end."""
    if prefix in kind.prefixes:
        return prefix
    names = (one for one in kind.prefixes if len(one) >= SHORTEST_GLUED and prefix.endswith(one))
    return max(names, key=len, default="")


def _foreign(prefix: str, kind: Kind) -> int:
    """How many letters before the prefix of a number belong to other words."""
    return len(prefix) - len(_own(prefix, kind)) if prefix else 0


def _named_before(before: list[str], digits: str, kinds: Sequence[Kind]) -> Optional[Kind]:
    """The record whose name stands before the number with nothing but link words between, as in "reso n. 20871"."""
    for distance, word in enumerate(reversed(before[-MAX_WORDS_BETWEEN:])):
        named = _best(word, digits, kinds, adjacent=distance == 0)
        if named:
            return named
        if word not in italian_words().between_name_and_number and not word.isdigit():
            return None
    return None


def _named_after(after: list[str], digits: str, kinds: Sequence[Kind]) -> Optional[Kind]:
    """As in "104233 è il numero dell'ordine"."""
    for word in after[:MAX_WORDS_BETWEEN]:
        named = _best(word, digits, kinds, adjacent=False)
        if named:
            return named
        if word not in italian_words().between_name_and_number or word in (",", "."):
            return None
    return None


def _best(word: str, digits: str, kinds: Sequence[Kind], adjacent: bool) -> Optional[Kind]:
    """The kind that `word` names; if it may name several ("rimborso"), the one that has so many digits."""
    named = [kind for kind in kinds if word in kind.words or (adjacent and word in kind.prefixes)]
    return next((kind for kind in named if kind.digits.fullmatch(digits)), named[0] if named else None)


def _told_by_digits(digits: str, named: Kind, kinds: Sequence[Kind]) -> Kind:
    """The kind that was named, or the one whose digits these can only be: people call a return by its order."""
    if named.digits.fullmatch(digits):
        return named
    return next((kind for kind in kinds if kind.alone and kind.digits.fullmatch(digits)), named)


def _is_year(digits: str, before: list[str]) -> bool:
    return bool(_YEAR.fullmatch(digits)) and bool(before) and before[-1] in ("del", "nel", "dal")


def _by_digits(digits: str, before: list[str], after: list[str], kinds: Sequence[Kind]) -> Optional[Kind]:
    """Digits alone: of the kinds that have so many, one that the message speaks of, or one that needs no word."""
    fitting = [kind for kind in kinds if kind.digits.fullmatch(digits)]
    spoken_of = next((kind for kind in fitting if kind.words.intersection(before + after)), None)
    if spoken_of and not _YEAR.fullmatch(digits):
        return spoken_of
    bare = all(word in italian_words().between_name_and_number or word.isdigit() for word in before + after)
    return next((kind for kind in fitting if kind.alone or bare), None)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class RecordNumbers(RuleExtractor):
    """`order_number`, `return_number`, `quote_number`: value as in shop/numbers.py."""

    entities = tuple(CANONICAL)

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._kinds = kinds_of(config["kinds"])

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The kinds come from config.yml."""
        return {"kinds": {}}

    def find(self, text: str, taken: Sequence[Found]) -> list[Found]:
        """Record numbers of `text`."""
        return find_record_numbers(text, self._kinds, taken)
