"""Reads misspelt words as the words they were meant to be, for what compares messages; what was written stays.

A word is known when a training sentence has it, or Italian has. One that is not becomes the only word of the training
sentences that is one slip away (a letter wrong, missing, too many, or two swapped; the first letter is seldom missed),
or the one that is far commoner than the others; or two words that were glued together. Names, with a capital inside a
sentence, stay.

A message of nothing but letters in an order that Italian words do not have is not understood, whatever the classifier
would say.
"""

import gzip
import json
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any, Container, Iterable, Mapping, Optional

import marisa_trie
import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.normalise import italian_words, word_form, words_of, written_out
from components.words import MEANT

WRITTEN_OUT = "written_out"  # of a message: what the sentence encoder reads
UNREADABLE = "unreadable"  # of a message: whether it is letters at random
WORDS_FILE, ITALIAN_FILE = "words.json", "italian.marisa"
SHORTEST = 5  # letters of a word that is corrected or parted
CLEARLY_COMMONER = 3  # times as common as the next
COMMON = 3  # training sentences with each half of a word that is parted
SHORTEST_UNREADABLE = 4  # letters
LEAST_ITALIAN = 0.6  # share of a word's triples of letters that Italian has; docs/nlu.md
LEAST_TIMES = 3  # that Italian words have a triple
LETTERS_ALONE = frozenset("aeioè")  # words of one letter
REMEMBERED = 8192
_DIGIT = re.compile(r"\d")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class Spelling(GraphComponent):
    """Corrects the forms of a message's tokens, and writes the message out for the sentence encoder."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Words."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Italian's words."""
        return ["spacy_lookups_data"]

    def __init__(self, storage: ModelStorage, resource: Resource, known: Optional["KnownWords"] = None) -> None:
        self._storage, self._resource, self._known = storage, resource, known

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "Spelling":
        """One that knows nothing yet."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "Spelling":
        """With the words it was trained on."""
        with model_storage.read_from(resource) as folder:
            learnt = json.loads((folder / WORDS_FILE).read_text(encoding="utf-8"))
            italian = marisa_trie.Trie().load(str(folder / ITALIAN_FILE))
        return cls(model_storage, resource, KnownWords(learnt["counts"], italian, frozenset(learnt["triples"])))

    def train(self, training_data: TrainingData) -> Resource:
        """Count the words of all sentences."""
        words, counts = italian_words(), Counter[str]()
        for example in training_data.nlu_examples:
            if example.get(TEXT):
                counts.update(set(words_of(written_out(example.get(TEXT), words))))
        listed = italian_forms()
        learnt = {"counts": counts, "triples": common_triples(listed)}
        with self._storage.write_to(self._resource) as folder:
            (folder / WORDS_FILE).write_text(json.dumps(learnt, ensure_ascii=False), encoding="utf-8")
            marisa_trie.Trie(listed).save(str(folder / ITALIAN_FILE))
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training sentences stay as they are: their words are the known ones."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Correct each message's tokens, and say how it is written out and whether it can be read."""
        if self._known is None:
            raise RuntimeError("spelling was asked before it was trained")
        for message in messages:
            if message.get(TEXT) and message.get(TOKENS_NAMES[TEXT]):
                self._read(message)
        return messages

    def _read(self, message: Message) -> None:
        text, tokens, words = message.get(TEXT), message.get(TOKENS_NAMES[TEXT]), italian_words()
        names = {token.text.lower() for token in tokens if _is_name(token, text)}
        message.set(UNREADABLE, self._known.unreadable(text, words_of(written_out(text, words))))
        message.set(WRITTEN_OUT, written_out(text, words, lambda word: self._corrected(word, names)))
        for token in tokens:
            self._correct(token, names)

    def _correct(self, token: Token, names: set[str]) -> None:
        words = italian_words()
        written = written_out(token.text, words)
        corrected = self._corrected(written, names) if token.text.isalpha() else written
        if corrected != written:
            token.lemma = " ".join(word_form(word, words) for word in corrected.split())
            if " " not in corrected:
                token.set(MEANT, corrected)

    def _corrected(self, word: str, names: set[str]) -> str:
        return word if word in names else self._known.meant(word)


def _is_name(token: Token, text: str) -> bool:
    return token.start > 0 and token.text[:1].isupper() and not text.isupper()


class KnownWords:
    """Which words there are, and what an unknown one was meant to be.

    Args:
        counts: how many training sentences have each word.
        italian: the words of Italian.
        triples: of letters, those that Italian words have; see `common_triples`.
    """

    def __init__(self, counts: Mapping[str, int], italian: Container[str], triples: Container[str]) -> None:
        self._counts, self._italian, self._triples = counts, italian, triples
        self._alike: dict[tuple[str, int], list[str]] = {}
        for word in counts:
            self._alike.setdefault((word[0], len(word)), []).append(word)
        self.meant = lru_cache(REMEMBERED)(self._meant)

    def knows(self, word: str) -> bool:
        """Whether it is a word."""
        return word in self._counts or word in self._italian

    def _meant(self, word: str) -> str:
        """What was meant: `word` itself where it is known or nothing is near, or two words with a blank between."""
        if len(word) < SHORTEST or not word.isalpha() or self.knows(word):
            return word
        near = self._one_slip_away(word)
        if near:
            first, *others = sorted(near, key=lambda one: -self._counts[one])
            is_clear = not others or self._counts[first] >= CLEARLY_COMMONER * self._counts[others[0]]
            return first if is_clear else word
        return self._parted(word)

    def _one_slip_away(self, word: str) -> list[str]:
        likely = [one for length in (-1, 0, 1) for one in self._alike.get((word[0], len(word) + length), ())]
        return [one for one, *_ in process.extract(word, likely, scorer=OSA.distance, score_cutoff=1, limit=None)]

    def _parted(self, word: str) -> str:
        """The way whose rarer half is commonest."""
        ways = [(word[:at], word[at:]) for at in range(1, len(word) - 1)]
        common = [way for way in ways if self._rarer(way) >= COMMON and (len(way[0]) > 1 or way[0] in LETTERS_ALONE)]
        return " ".join(max(common, key=self._rarer)) if common else word

    def _rarer(self, halves: Iterable[str]) -> int:
        return min(self._counts.get(half, 0) for half in halves)

    def unreadable(self, text: str, words: list[str]) -> bool:
        """Whether a message of these words is letters at random: none is known, and all long ones look like none."""
        long = [word for word in words if len(word) >= SHORTEST_UNREADABLE]
        return (
            bool(long)
            and not _DIGIT.search(text)
            and not any(self.knows(word) or self.meant(word) != word for word in words)
            and not any(self._looks_italian(word) for word in long)
        )

    def _looks_italian(self, word: str) -> bool:
        triples = _triples(word)
        return sum(triple in self._triples for triple in triples) >= LEAST_ITALIAN * len(triples)


def _triples(word: str) -> list[str]:
    """Of letters, with a mark for beginning and end."""
    marked = f"^{word}$"
    return [marked[at : at + 3] for at in range(len(marked) - 2)]


def italian_forms() -> list[str]:
    """The forms of Italian words that spaCy's lookups list, in lower case and in order."""
    import spacy_lookups_data

    file = Path(spacy_lookups_data.__file__).parent / "data" / "it_lemma_lookup.json.gz"
    listed = json.loads(gzip.decompress(file.read_bytes()))
    return sorted({word.lower() for form in listed.items() for word in form if word.isalpha()})


def common_triples(words: Iterable[str]) -> list[str]:
    """Three letters on end, or two with a word's beginning `^` or end `$`, that occur `LEAST_TIMES` in `words`."""
    letters = np.frombuffer("".join(f"^{word}$" for word in words).encode("utf-32-le"), "<u4").astype(np.uint64)
    base = np.uint64(0x110000)  # more than any character's number
    found, counts = np.unique((letters[:-2] * base + letters[1:-1]) * base + letters[2:], return_counts=True)
    often = (divmod(int(code), int(base)) for code in found[counts >= LEAST_TIMES])
    triples = ("".join(map(chr, (*divmod(two, int(base)), last))) for two, last in often)
    return [triple for triple in triples if "$^" not in triple]
