"""Finds a one-time code in what a customer writes, and the wish to end what was proved.

A code is told apart from an order's number by the words around it, which are trainers' (`identity` in
`data/dialogue.yml`): "123 456", "il codice è 123456", but not "ordine 104206" nor "codice sconto 123456".
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Optional

from base.layers import Files, layered, read_layered

CODE_DIGITS = 6
FEWEST, MOST = 4, 8  # what may be a code that was mistyped
MOST_WORDS = 6  # around digits that nobody calls a code
GROUP = re.compile(r"(?<![\w#+@/])(?<![^\W\d]-)\d(?:[\s.\-–·_]{0,2}\d)*(?!\w|[.,]\d|\s*[€%])")
WORD = re.compile(r"[^\W\d_]+")


class CodeWordsUnreadable(Exception):
    """`identity` in the file of the dialogue lacks something; the message says what."""


@dataclass(frozen=True)
class Written:
    """Digits that may be a code: where they stand, without what separates them, and whether they are called a code."""

    start: int
    end: int
    digits: str
    named: bool


@dataclass(frozen=True)
class CodeWords:
    """`identity` of `data/dialogue.yml`, which explains itself."""

    named: frozenset[str]
    no_code: frozenset[str]
    log_out: frozenset[str]

    @classmethod
    def load(cls, files: Files) -> "CodeWords":
        """Read the file, or several laid over each other.

        Raises:
            CodeWordsUnreadable: a key is missing or of the wrong kind.
        """
        content = read_layered(files)
        try:
            identity = content["identity"]
            named, no_code = (frozenset(map(str.casefold, identity[key])) for key in ("named", "no_code"))
            return cls(named, no_code, frozenset(map(_plain, identity["log_out"])))
        except (KeyError, TypeError, AttributeError) as error:
            raise CodeWordsUnreadable(f"{layered(files)[-1].name}: identity: {error!r}") from error

    def code_in(self, text: str) -> Optional[Written]:
        """The digits in `text` that may be a code, whether one was asked for or not."""
        groups = [_written(found) for found in GROUP.finditer(text)]
        named_at = self._named_at(text)
        if named_at is not None:
            after = [group for group in groups if group.start >= named_at and _fits(group)]
            before = [group for group in groups if group.end <= named_at and _fits(group)]
            chosen = next((group for group in after if len(group.digits) == CODE_DIGITS), None)
            chosen = chosen or next(iter(after or before[::-1]), None)
            return chosen and Written(chosen.start, chosen.end, chosen.digits, named=True)
        words = [word.casefold() for word in WORD.findall(text)]
        alone = len(groups) == 1 and _fits(groups[0]) and len(words) <= MOST_WORDS and "?" not in text
        return groups[0] if alone and not self.no_code.intersection(words) else None

    def ends_proof(self, text: str) -> bool:
        """Whether the whole message is the wish to be nobody again: "esci"."""
        return _plain(text) in self.log_out

    def _named_at(self, text: str) -> Optional[int]:
        """Where the last word for a code ends that is not another kind of code: "codice sconto"."""
        words = list(WORD.finditer(text))
        following = [word.group().casefold() for word in words[1:]] + [""]
        named = [
            word.end()
            for word, after in zip(words, following)
            if word.group().casefold() in self.named and after not in self.no_code
        ]
        return named[-1] if named else None


def _written(found: "re.Match[str]") -> Written:
    digits = "".join(str(unicodedata.digit(sign)) for sign in found.group() if sign.isdigit())
    return Written(found.start(), found.end(), digits, named=False)


def _fits(group: Written) -> bool:
    return FEWEST <= len(group.digits) <= MOST


def _plain(text: str) -> str:
    return " ".join(WORD.findall(text.casefold()))
