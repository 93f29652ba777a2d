"""What trainers decide about leading a conversation: `data/dialogue.yml`."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Iterable, Mapping, Optional

from base.layers import Files, layered, read_layered
from switchboard.code_words import CodeWords, CodeWordsUnreadable

WORD = re.compile(r"\w+")
DETAILS = ("order", "return", "quote", "description", "photo", "phone", "contact")


class DialogueUnreadable(Exception):
    """The file asks for something that does not exist; the message says where."""


@dataclass(frozen=True)
class Dialogue:
    """`cases` maps an intent to the details asked for, in order; the file itself explains the rest."""

    cases: Mapping[str, tuple[str, ...]]
    described_by_words: int
    leaves_a_case_at: float
    heard_in_a_description: frozenset[str]
    told_in_a_case: frozenset[str]
    corrections: tuple[str, ...]
    choices: tuple[str, ...]
    code_words: CodeWords
    proved_first: frozenset[str]
    not_arrived: tuple[str, ...]
    again: tuple[str, ...]
    channels: Mapping[str, tuple[str, ...]]
    web_from_telegram: tuple[str, ...]
    only_a_person: frozenset[str]
    back: tuple[str, ...]
    notices: tuple[str, ...]
    copies: tuple[str, ...]
    at_once: frozenset[str]  # requests that a person takes over when they are prepared
    at_once_from: Decimal  # euro; so does whatever is about an order or quote worth this

    @classmethod
    def load(cls, files: Files) -> "Dialogue":
        """Read the file, or several laid over each other.

        Raises:
            DialogueUnreadable: a case asks for a detail nobody knows, or a key is missing.
        """
        content, name = read_layered(files), layered(files)[-1].name
        try:
            cases = {intent: tuple(details) for intent, details in content["cases"].items()}
            read = cls(
                cases,
                int(content["described_by_words"]),
                float(content["leaves_a_case_at"]),
                frozenset(content["heard_in_a_description"]),
                frozenset(content["told_in_a_case"]),
                tuple(content["corrections"]),
                tuple(content["choices"]),
                CodeWords.load(files),
                frozenset(content["identity"]["proved_first"]),
                tuple(map(_words, content["identity"]["not_arrived"])),
                tuple(map(_words, content["identity"]["again"])),
                {name: tuple(map(_words, said)) for name, said in content["elsewhere"]["channels"].items()},
                tuple(map(_words, content["elsewhere"]["web_from_telegram"])),
                frozenset(content["elsewhere"]["only_a_person"]),
                tuple(map(_words, content["elsewhere"]["back"])),
                tuple(map(_words, content["elsewhere"]["notices"])),
                tuple(map(_words, content["elsewhere"]["copies"])),
                frozenset(content["at_once"]["requests"]),
                Decimal(str(content["at_once"]["from_euro"])),
            )
        except CodeWordsUnreadable as error:
            raise DialogueUnreadable(str(error)) from error
        except (KeyError, TypeError, AttributeError, ValueError, InvalidOperation) as error:
            raise DialogueUnreadable(f"{name}: {error!r}") from error
        unknown = {detail for details in cases.values() for detail in details}.difference(DETAILS)
        if unknown:
            raise DialogueUnreadable(f"{name}: cases ask for {sorted(unknown)}; known are {', '.join(DETAILS)}")
        if read.at_once.difference(cases):
            raise DialogueUnreadable(f"{name}: at_once names {sorted(read.at_once - set(cases))}, which are no cases")
        unprepared = read.proved_first.difference(cases)
        if unprepared:
            raise DialogueUnreadable(f"{name}: identity: proved_first names {sorted(unprepared)}, which are no cases")
        return read

    def corrects(self, text: str) -> bool:
        """Whether a message begins like the correction of the one before."""
        words = text.casefold().replace(",", " ").split()
        return any(words[: len(start)] == start for start in (correction.split() for correction in self.corrections))

    def says_not_arrived(self, text: str) -> bool:
        """Whether a message, while a code is awaited, says that it has not come."""
        return self._says(self.not_arrived, text)

    def asks_again(self, text: str) -> bool:
        """Whether a message, while a code is awaited, asks for another one."""
        return self._says(self.again, text)

    def channel_named(self, text: str, here: str) -> Optional[str]:
        """The channel, one of `elsewhere` in the file, that a message written on the channel `here` names; or None."""
        words = f" {_words(text)} "
        others = {"web": self.web_from_telegram} if here == "telegram" else {}
        named = (name for found in (self.channels, others) for name, said in found.items() if _any_in(said, words))
        return next(named, None)

    def wants_back(self, text: str) -> bool:
        """Whether a message about another channel asks for what was said there."""
        return _any_in(self.back, f" {_words(text)} ")

    def wants_notices(self, text: str) -> bool:
        """Whether a message about another channel says where the customer wants to be told something."""
        return _any_in(self.notices, f" {_words(text)} ")

    def wants_copy(self, text: str) -> bool:
        """Whether a message wants what was said, in a copy."""
        return _any_in(self.copies, f" {_words(text)} ")

    def _says(self, phrases: tuple[str, ...], text: str) -> bool:
        words = _words(text)
        about_something_else = self.code_words.no_code.intersection(words.split())
        return not about_something_else and any(f" {phrase} " in f" {words} " for phrase in phrases)


def _any_in(phrases: Iterable[str], words: str) -> bool:
    return any(f" {phrase} " in words for phrase in phrases)


def _words(text: str) -> str:
    """The words of `text` in lower case, a space between each two."""
    return " ".join(WORD.findall(text.casefold()))
