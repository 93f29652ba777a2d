"""The words of the sentences the assistant learns from: which words are ordinary ones, and how telling each is."""

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Iterable, Mapping

from base.layers import Layers
from base.plain import plain

WORD = re.compile(r"[^\W\d_]+")
STEM = 6  # letters: "consegna", "consegnato" and "consegne" begin alike
KINDS = ("nlu/*.yml", "responses/*.yml")
NO_WORDS = re.compile(r"\S+@\S+|(?<=\])\(\w+\)")  # addresses, and names of entities
NAMED = re.compile(r"\[([^\]]+)\]\((?:place|product|color)\)")  # what may have a capital and is nobody's name


@dataclass(frozen=True)
class Vocabulary:
    """Words without accents.

    Attributes:
        words: those written with a small letter somewhere, or as a place or product: no names.
        lines: how many lines there are of them.
        stems: in how many lines each stem stands.
    """

    words: frozenset[str]
    lines: int
    stems: Mapping[str, int]

    @classmethod
    def load(cls, layers: Layers) -> "Vocabulary":
        """Read the sentences and responses of both layers."""
        files = (file for folder in layers.data for kind in KINDS for file in sorted(folder.glob(kind)))
        return cls.of(line for file in files for line in file.read_text(encoding="utf-8").splitlines())

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Vocabulary":
        """The vocabulary of these lines."""
        words: set[str] = set()
        stems: Counter[str] = Counter()
        count = 0
        for line in lines:
            count += 1
            for named in NAMED.findall(line):
                words.update(map(plain, WORD.findall(named)))
            here = WORD.findall(NO_WORDS.sub(" ", line))
            words.update(plain(word) for word in here if word[0].islower())
            stems.update({stem(plain(word)) for word in here})
        return cls(frozenset(words), count, stems)

    def knows(self, word: str) -> bool:
        """Whether this is an ordinary word, or a long one that begins like one: "rimborsati" with "rimborso"."""
        simple = plain(word)
        return simple in self.words or (len(simple) > STEM and word[:1].islower() and stem(simple) in self._beginnings)

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        return frozenset(stem(word) for word in self.words if len(word) > STEM)

    def telling(self, stem_: str) -> float:
        """How much a stem tells of a sentence: more the rarer it is, never below 0."""
        return math.log((self.lines + 1) / (self.stems.get(stem_, 0) + 1))


def stem(word: str) -> str:
    """What words of one meaning mostly begin with; of short ones the last letter tells number and gender only."""
    if len(word) > STEM:
        return word[:STEM]
    return word[:-1] if len(word) > 3 else word
