"""How shop words written by a customer are compared: accents, endings, small typing errors, words that say nothing.

"sedie", "sedia" and "SEDIA" are one word, and "Brinna" is as good as "Brina". The lists are in italian.yml,
for trainers.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Mapping, Union

import yaml

WORDS_FILE = Path(__file__).with_name("italian.yml")
SHORTEST_ROOT = 3
SHORTEST_WITH_A_SLIP = 4
SHORTEST_WITH_TWO_SLIPS = 9

_THERE_IS = re.compile(r"\bc'e\b")
_WORD = re.compile(r"[a-z0-9]+(?![a-z0-9]|'[a-z0-9])")  # not an elided article: "l'armadio"
_APOSTROPHES = str.maketrans("’‘`´", "''''")


@dataclass(frozen=True)
class Words:
    """The lists of italian.yml."""

    little: frozenset[str]
    asking: frozenset[str]
    same: Mapping[str, str]
    units: frozenset[str]
    days: Mapping[str, Union[int, str]]


@lru_cache(maxsize=1)
def italian_words() -> Words:
    """The lists that come with Sportello, read once."""
    lists = yaml.safe_load(WORDS_FILE.read_text(encoding="utf-8"))
    return Words(
        frozenset(lists["little"]), frozenset(lists["asking"]), lists["same"], frozenset(lists["units"]), lists["days"]
    )


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, comparable: lower case, no accents, no elided articles, each under its usual name."""
    plain = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES).casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    same = italian_words().same
    return tuple(same.get(word, word) for word in _WORD.findall(_THERE_IS.sub("ce", letters)))


def without_little(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words that are more than articles and the like."""
    return tuple(word for word in words if word not in italian_words().little)


def telling(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words that may name something: neither small ones nor those of a question."""
    return tuple(word for word in without_little(words) if word not in italian_words().asking)


@lru_cache(maxsize=4096)
def root(word: str) -> str:
    """The word without the ending that gender and number change: `sedia` and `sedie`, `bianco` and `bianche`."""
    stem = word.rstrip("aeiou").removesuffix("h")
    return stem if len(stem) >= SHORTEST_ROOT or word.isdigit() else word


def same_word(one: str, other: str) -> bool:
    """Whether two words differ in nothing but their ending."""
    return one == other or root(one) == root(other)


def slipped(one: str, other: str) -> bool:
    """Whether a typing error parts two words: a letter too many, too few, wrong, or two swapped; two in long words."""
    shortest = min(len(one), len(other))
    if shortest < SHORTEST_WITH_A_SLIP:
        return False
    from rapidfuzz.distance import OSA

    most = 2 if shortest >= SHORTEST_WITH_TWO_SLIPS else 1
    return abs(len(one) - len(other)) <= most and OSA.distance(one, other, score_cutoff=most) <= most
