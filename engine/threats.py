"""Threats of lawyers, courts and authorities in a message: whatever else it asks, a person of the shop takes over.

The words are trainers' (`threats` in data/dialogue.yml), so that who is asked why can point at one of them.
"""

import re
from dataclasses import dataclass
from typing import Iterable

from base.layers import Files, read_layered
from components.normalise import folded_word, words_of
from engine.cut_evidence import ParseData

INTENT = "threaten_legal_steps"
ANYTHING = "*"  # at the end of a word: however it goes on


@dataclass(frozen=True)
class Threats:
    """`said` is a threat alone, `names` are one beside `steps` that are announced; `harmless` only looks like one.

    `not_instead_of` are requests that have to be dealt with by themselves: people read them anyway.
    """

    said: "re.Pattern[str]"
    names: "re.Pattern[str]"
    steps: "re.Pattern[str]"
    harmless: "re.Pattern[str]"
    not_instead_of: frozenset[str]

    @classmethod
    def load(cls, files: Files) -> "Threats":
        """Read the words, of one file or several laid over each other.

        Raises:
            KeyError, TypeError: they are not there.
        """
        content = read_layered(files)["threats"]
        words = (_any_of(content[key]) for key in ("words", "names", "steps", "harmless"))
        return cls(*words, frozenset(content["not_instead_of"]))

    def in_text(self, text: str) -> bool:
        """Whether a message threatens; words are compared without accents and apostrophes, as they are misspelt."""
        words = f" {_folded(text)} "
        words = self.harmless.sub(" ", words)
        announced = self.names.search(words) and self.steps.search(words)
        return bool(announced or self.said.search(words))

    def are_in(self, whole: ParseData) -> bool:
        """Whether a message threatens and is none of those that have to be dealt with as what they are."""
        return whole["intent"]["name"] not in self.not_instead_of and self.in_text(whole["text"])


def threatening(whole: ParseData) -> ParseData:
    """A message that is a threat, whatever else it was read as; what it names is kept for the person."""
    intent = {"name": INTENT, "confidence": 1.0}
    return {**whole, "intent": intent, "intent_ranking": [intent, *whole["intent_ranking"]]}


def _any_of(phrases: Iterable[str]) -> "re.Pattern[str]":
    """Matches any of the phrases, whole words, between blanks that are left to the next one."""
    one = "|".join(sorted((_pattern(phrase) for phrase in phrases), key=len, reverse=True))
    return re.compile(f"(?<= )(?:{one})(?= )" if one else r"(?!)")


def _pattern(phrase: str) -> str:
    parts = []
    for word in str(phrase).split():
        parts.append(re.escape(_folded(word.removesuffix(ANYTHING))) + (r"\S*" if word.endswith(ANYTHING) else ""))
    return " ".join(parts)


def _folded(text: str) -> str:
    """Its words as they are compared, with one blank between them."""
    return " ".join(folded_word(word) for word in words_of(text))
