"""What trainers decide about leading a conversation: `data/dialogue.yml`."""

from dataclasses import dataclass
from typing import Mapping

from base.layers import Files, layered, read_layered

DETAILS = ("order", "return", "quote", "description", "phone", "contact")


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
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise DialogueUnreadable(f"{name}: {error!r}") from error
        unknown = {detail for details in cases.values() for detail in details}.difference(DETAILS)
        if unknown:
            raise DialogueUnreadable(f"{name}: cases ask for {sorted(unknown)}; known are {', '.join(DETAILS)}")
        return read

    def corrects(self, text: str) -> bool:
        """Whether a message begins like the correction of the one before."""
        words = text.casefold().replace(",", " ").split()
        return any(words[: len(start)] == start for start in (correction.split() for correction in self.corrections))
