"""Finds training sentences that were generated, not written: a template with swapped nouns, or phrases put together.

Two signs are looked for within an intent, without accents, capitals and punctuation, with every entity read as its
kind. `near_duplicates` compares whole sentences word by word: "vorrei rendere le scarpe" and "Vorrei rendere la borsa!"
differ in two words of four, in one when the nouns are known to be products. `assembled` finds sentences of which nearly
every word stands in three words that others have too: a greeting, a request, a reason and thanks drawn from lists
hardly make two whole sentences alike, but say the same things all the time. The limits say what is too much.
"""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Iterable, Iterator, Mapping, Sequence

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from components.normalise import fold

NEAR = 0.75  # one word of four differs, two of eight, three of twelve
PIECE = 3  # words that follow each other
SHARED_BY = 3  # sentences that have the piece, at least
COVERED = 0.8  # of the words of a sentence, by shared pieces

LARGEST_SHARE = 0.10
"""How many sentences of all may have a near duplicate. People repeat each other in short ones, 5 to 7 % in data/nlu."""

LARGEST_FAMILY = 12
"""How many sentences near duplicates may chain. A share says little where thousands of other sentences hide fifty made
from one template, a family does: fifty make a family of fifty, the largest one written by hand has 9 sentences."""

LARGEST_ASSEMBLED = 0.15
"""How many sentences of an intent may be assembled: up to 11 % in data/nlu; three in four of fifty put together from
lists of six greetings, requests, reasons and thanks are, which is 20 % even of the intent with most sentences."""

Sentences = Sequence[tuple[str, str]]

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class NearDuplicate:
    """Two sentences of one intent, as positions in what was given; `similarity` is at most 1."""

    first: int
    second: int
    similarity: float


def masked(text: str, spans: Iterable[tuple[str, int, int]]) -> str:
    """`text` with each entity `(kind, start, end)` replaced by its kind; spans do not overlap."""
    for kind, start, end in sorted(spans, key=lambda span: span[1], reverse=True):
        text = f"{text[:start]} {kind} {text[end:]}"
    return text


def near_duplicates(sentences: Sentences, least: float = NEAR) -> tuple[NearDuplicate, ...]:
    """All pairs within an intent that are alike, in the order of the sentences.

    Args:
        sentences: text and intent; the text through `masked` where entities are known.
        least: the lowest similarity that counts, above 0 and up to 1.

    Similarity is 1 minus the share of words, of the longer sentence, that are changed, left out or put in. A text
    without a word (an emoji) is compared as it is.
    """
    pairs = []
    for positions, words in _by_intent(sentences).values():
        similarity = cdist(words, words, scorer=Levenshtein.normalized_similarity, score_cutoff=least, dtype=np.float64)
        pairs += [
            NearDuplicate(positions[first], positions[second], float(similarity[first, second]))
            for first, second in np.argwhere(np.triu(similarity, k=1))
        ]
    return tuple(sorted(pairs, key=lambda pair: (pair.first, pair.second)))


def share(pairs: Iterable[NearDuplicate], of: int) -> float:
    """How many of `of` sentences, from 0 to 1, are in a pair; 0 when there are no sentences."""
    return len({position for pair in pairs for position in (pair.first, pair.second)}) / of if of else 0.0


def families(pairs: Iterable[NearDuplicate]) -> tuple[tuple[int, ...], ...]:
    """Sentences joined by pairs, directly or through others, as positions; the largest family first."""
    family_of: dict[int, set[int]] = {}
    for pair in pairs:
        joined = family_of.get(pair.first, {pair.first}) | family_of.get(pair.second, {pair.second})
        family_of.update(dict.fromkeys(joined, joined))
    found = {tuple(sorted(family)) for family in family_of.values()}
    return tuple(sorted(found, key=lambda family: (-len(family), family)))


def assembled(sentences: Sentences) -> Mapping[str, tuple[int, ...]]:
    """For every intent the positions of the sentences of which `COVERED` of the words stand in shared pieces."""
    found = {}
    for intent, (positions, texts) in _by_intent(sentences).items():
        having = Counter(piece for words in texts for piece in set(_pieces(words)))
        shared = {piece for piece, count in having.items() if count >= SHARED_BY}
        found[intent] = tuple(
            position for position, words in zip(positions, texts) if _covered(words, shared) >= COVERED * len(words)
        )
    return found


def _covered(words: Sequence[str], shared: set[tuple[str, ...]]) -> int:
    inside = {start + step for start, piece in enumerate(_pieces(words)) if piece in shared for step in range(PIECE)}
    return len(inside)


def _pieces(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(words[start : start + PIECE]) for start in range(len(words) - PIECE + 1))


def _by_intent(sentences: Sentences) -> dict[str, tuple[list[int], list[list[str]]]]:
    """Positions and words of the sentences of each intent."""
    found: dict[str, tuple[list[int], list[list[str]]]] = {}
    for position, (text, intent) in enumerate(sentences):
        positions, words = found.setdefault(intent, ([], []))
        positions.append(position)
        words.append(_WORD.findall(fold(text).text) or [text])
    return found
