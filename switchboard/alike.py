"""Which sentences say nearly the same: by the words they share, the rarer the more, and by how they are spelt.

A sentence joins the group it is most like on average, or begins one; nothing that was grouped ever moves by itself.
Chosen by measurement (docs/desk.md, "The trainers' inbox"): the sentence encoder, in the engine, grouped no better.
"""

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Mapping, Optional, Sequence

from rapidfuzz import fuzz

from base.plain import plain
from switchboard.masking import DOT
from switchboard.vocabulary import WORD, Vocabulary, stem

LIKE = 0.4  # on the measured sets: 92 of 100 neighbours in a group mean the same
WORDS_WEIGH, SPELLING_WEIGHS = 0.6, 0.4
MOST_COMPARED = 20  # sentences of a group, its first ones: it does not change for each that comes
MOST_TELLING = 4  # stems of a sentence: those alike share at least one of them
LEAST_SHARED = 0.05  # of the weight of two sentences' words: with less, spelling alone makes nothing alike


@dataclass(frozen=True)
class Looked:
    """A sentence as it is compared: its words in order, and how much each stem weighs, 1 in all (squared)."""

    words: str
    weights: Mapping[str, float]

    @cached_property
    def telling(self) -> tuple[str, ...]:
        """The few stems that weigh most."""
        return tuple(sorted(self.weights, key=lambda stem_: (-self.weights[stem_], stem_))[:MOST_TELLING])


def key_of(masked: str) -> str:
    """The words of a masked sentence without accents, capitals and signs: equal for sentences that are the same."""
    return " ".join(WORD.findall(plain(masked.replace(DOT, " "))))


class Comparing:
    """Compares sentences, given as `key_of` makes them."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.looked = lru_cache(maxsize=20_000)(self._looked)

    def likeness(self, one: Looked, other: Looked) -> float:
        """From 0 to 1."""
        shared = sum(weight * other.weights.get(stem_, 0.0) for stem_, weight in one.weights.items())
        if shared < LEAST_SHARED:
            return shared
        return WORDS_WEIGH * shared + SPELLING_WEIGHS * fuzz.token_sort_ratio(one.words, other.words) / 100

    def _looked(self, key: str) -> Looked:
        weights = {stem_: self._vocabulary.telling(stem_) for stem_ in {stem(word) for word in key.split()}}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return Looked(key, {stem_: weight / length for stem_, weight in weights.items()})


class Groups:
    """Groups that grow: each a list of keys. Only those that share a telling word with a sentence are looked at."""

    def __init__(self, comparing: Comparing, groups: Mapping[str, Sequence[str]]) -> None:
        self._comparing = comparing
        self._members: dict[str, list[Looked]] = {}
        self._group_of: dict[str, str] = {}
        self._by_stem: dict[str, set[str]] = defaultdict(set)
        for group_id, keys in groups.items():
            for key in keys:
                self.add(group_id, key)

    def add(self, group_id: str, key: str) -> None:
        """The sentence belongs to this group."""
        looked, members = self._comparing.looked(key), self._members.setdefault(group_id, [])
        if self._group_of.setdefault(key, group_id) != group_id or looked in members or len(members) == MOST_COMPARED:
            return
        members.append(looked)
        for stem_ in looked.telling:
            self._by_stem[stem_].add(group_id)

    def nearest(self, key: str) -> Optional[str]:
        """The group that the sentence is like; None where it is like none."""
        if key in self._group_of:
            return self._group_of[key]
        looked = self._comparing.looked(key)
        near = {group_id for stem_ in looked.telling for group_id in self._by_stem.get(stem_, ())}
        likeness, best = max(((self._mean(looked, group_id), group_id) for group_id in near), default=(0.0, None))
        return best if likeness >= LIKE else None

    def _mean(self, looked: Looked, group_id: str) -> float:
        members = self._members[group_id]
        return sum(self._comparing.likeness(looked, member) for member in members) / len(members)
