"""The shop's own questions and answers: `domande.yml`, written by whoever runs the shop.

domande:
- domande: ["C'è un parcheggio?", "dove posso lasciare la macchina?"]
  titolo: "Parcheggio"              # the first question, when left out
  risposta: "Sì, davanti al negozio."
  lei: "…"                          # the answer to somebody addressed formally, where it differs
  valida_fino: 2026-12-24           # the last day on which it is true
  argomento: negozi                 # for the trainers' own order
"""

import logging
import time
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Callable, Mapping, Optional, Sequence

from ruamel.yaml.error import YAMLError

from base.settings import Register
from base.yaml_text import read_yaml

FILE = "domande.yml"
LOOK_S = 1.0
TOP, WAYS, TITLE, ANSWER, FORMAL, UNTIL, TOPIC = (
    "domande", "domande", "titolo", "risposta", "lei", "valida_fino", "argomento",
)  # fmt: skip

log = logging.getLogger(__name__)


class QuestionsUnreadable(Exception):
    """The file is no YAML, or an entry lacks something; the message says which."""


@dataclass(frozen=True)
class Question:
    """An entry: the ways to ask it, and what is answered.

    Attributes:
        formal: the answer in the formal register, where it differs.
        valid_until: the last day on which the answer is true; None: always.
    """

    title: str
    ways: tuple[str, ...]
    answer: str
    formal: Optional[str] = None
    valid_until: Optional[date] = None
    topic: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether the answer is still true on `day`, an Italian one."""
        return self.valid_until is None or day <= self.valid_until

    def said(self, register: Register) -> str:
        """The answer as the shop addresses its customers."""
        return self.formal if self.formal and register is Register.LEI else self.answer


def read_questions(files: Sequence[Path]) -> tuple[Question, ...]:
    """All entries of the files, in order.

    Raises:
        QuestionsUnreadable: names the file, and the entry by its number.
    """
    return tuple(question for file in files for question in _questions_of(file))


class LiveQuestions:
    """Entries that follow their files, looked at once a second at most; what cannot be read changes nothing.

    Args:
        files: names the files that there are now.
        clock: seconds from any moment on.
    """

    def __init__(self, files: Callable[[], Sequence[Path]], clock: Callable[[], float] = time.monotonic) -> None:
        self._files, self._clock = files, clock
        self._looked: Optional[float] = None
        self._state: Any = None
        self._questions: tuple[Question, ...] = ()

    def all(self) -> tuple[Question, ...]:
        """The entries as they are now, those that hold no more included."""
        now = self._clock()
        if self._looked is None or now - self._looked >= LOOK_S:
            self._looked = now
            self._follow()
        return self._questions

    def titled(self, title: str, day: date) -> Optional[Question]:
        """The entry with this title, if it still holds on `day`."""
        return next((one for one in self.all() if one.title == title and one.holds_on(day)), None)

    def _follow(self) -> None:
        try:
            files = self._files()
            state = [(file, found.st_mtime_ns, found.st_size) for file in files for found in [file.stat()]]
            if state != self._state:
                self._state = state
                self._questions = read_questions(files)
        except (QuestionsUnreadable, OSError) as error:
            log.error("changed questions are not used: %s", error)


def _questions_of(file: Path) -> list[Question]:
    try:
        content = read_yaml(file.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        raise QuestionsUnreadable(f"{file.name}: not YAML") from error
    entries = (content or {}).get(TOP) or [] if isinstance(content or {}, dict) else None
    if not isinstance(entries, list):
        raise QuestionsUnreadable(f"{file.name}: `{TOP}:` with a list of entries is wanted")
    return [_question(entry, f"{file.name}: entry {number}") for number, entry in enumerate(entries, 1)]


def _question(entry: Any, place: str) -> Question:
    ways = entry.get(WAYS) if isinstance(entry, dict) else None
    if not isinstance(ways, list) or not ways or not all(isinstance(way, str) and way.strip() for way in ways):
        raise QuestionsUnreadable(f"{place}: `{WAYS}` is a list of questions")
    return Question(
        _text(entry, TITLE, place) or ways[0],
        tuple(ways),
        _text(entry, ANSWER, place, needed=True) or "",
        _text(entry, FORMAL, place),
        _day(entry.get(UNTIL), place),
        str(entry.get(TOPIC) or ""),
    )


def _text(entry: Mapping[str, Any], key: str, place: str, needed: bool = False) -> Optional[str]:
    value = entry.get(key)
    if value is None and not needed:
        return None
    if not isinstance(value, str) or not value.strip():
        raise QuestionsUnreadable(f"{place}: `{key}` is a text")
    return value.strip()


def _day(value: Any, place: str) -> Optional[date]:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise QuestionsUnreadable(f"{place}: `{UNTIL}` is a day, as in 2026-12-24") from error
