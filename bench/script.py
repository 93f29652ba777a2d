"""What the customers of a measurement say, and how a right answer is told from a wrong one."""

import re
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Iterable, Mapping

import yaml

from base.settings import Register
from switchboard.texts import PLACEHOLDER, Texts

SCRIPT = Path(__file__).with_name("script.yml")
REGISTER = Register.TU  # the only one that a stock Rasa says


@dataclass(frozen=True)
class Line:
    """One message of a customer.

    Attributes:
        say: the words.
        answer: name of the response that has to be among the answer's.
        pattern: what that response looks like, any variant of it, whatever fills its placeholders.
        reads_database: whether an action looks something up to answer it.
    """

    say: str
    answer: str
    pattern: re.Pattern
    reads_database: bool

    def is_answered_by(self, text: str) -> bool:
        """Whether `text`, the whole answer, holds the response."""
        return self.pattern.search(_on_one_line(text)) is not None


Conversation = tuple[Line, ...]


def conversations(texts: Texts, count: int, times: int = 1, script: Path = SCRIPT) -> list[Conversation]:
    """`count` conversations of the script, its orders taken in turn.

    Args:
        texts: all responses, as the trainers wrote them.
        times: how often what follows the opening is said in each of them.

    Raises:
        KeyError: the script names a response that does not exist.
    """
    said = yaml.safe_load(script.read_text(encoding="utf-8"))
    lines = said["opening"] + said["going_on"] * times
    spoken = [tuple(_line(line, order, texts) for line in lines) for order in said["orders"]]
    return list(islice(cycle(spoken), count))


def _line(line: Mapping[str, Any], order: Mapping[str, str], texts: Texts) -> Line:
    answer = line["answer"].format(**order)
    variants = (variant["text"] for variant in texts.responses[answer])
    return Line(line["say"].format(**order), answer, _pattern(variants), line.get("reads_database", False))


def _pattern(variants: Iterable[str]) -> re.Pattern:
    return re.compile("|".join(_variant_pattern(text) for text in variants))


def _variant_pattern(text: str) -> str:
    """The fixed words of a response; a placeholder may be filled with anything, or with nothing."""
    words = PLACEHOLDER.sub("\0", text).split("\0")
    return r"\s*.*?\s*".join(re.escape(_on_one_line(part)) for part in words)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
