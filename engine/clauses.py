"""Where a message may hold two requests: cuts it into clauses, and says which clauses are requests of their own.

What each of them asks for is the model's judgement; here are only the words of Italian that join requests, written by
trainers in `data/dialogue.yml` under `several`. One request cut in two is worse than two taken for one, so a cut has to
be earned: both sides ask for something, of different topics or about different records.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Sequence

from ruamel.yaml import YAML

MOST_CLAUSES = 8  # more is a story, and a story is one request
LEAST_WORDS = 2
JOINT_WORDS = 4  # a joint stands among the first words: "e vorrei anche sapere"
RECORDS = ("order_number", "return_number", "quote_number")
BREAKS = re.compile(r"(?<=[.?!;])\s+|\n+|,\s+|:\s+|\s+(?=e[d]?\s)|\s+-\s+|\s+(?=\d\s?[).]\s)", re.IGNORECASE)
NUMBERED = re.compile(r"\d\s?[).]\s")
WORD = re.compile(r"\w+")

ParseData = Mapping[str, Any]


class ClausesUnreadable(Exception):
    """`several` in the file of the dialogue lacks something; the message says what."""


@dataclass(frozen=True)
class Clause:
    """Part of a message: where it stands, and what the model makes of it alone."""

    start: int
    end: int
    text: str
    parsed: ParseData

    @property
    def intent(self) -> str:
        return self.parsed["intent"]["name"] or ""

    @property
    def confidence(self) -> float:
        return self.parsed["intent"]["confidence"]

    @property
    def records(self) -> frozenset[str]:
        """Numbers of orders, returns and quotes in it."""
        return frozenset(str(e["value"]) for e in self.parsed["entities"] if e["entity"] in RECORDS)


@dataclass(frozen=True)
class Request:
    """Clauses that ask for one thing; `head` is the one that says what."""

    clauses: tuple[Clause, ...]
    head: Clause

    @property
    def span(self) -> tuple[int, int]:
        return self.clauses[0].start, self.clauses[-1].end

    @property
    def records(self) -> frozenset[str]:
        return frozenset().union(*(clause.records for clause in self.clauses))


@dataclass(frozen=True)
class Clauses:
    """`several` of `data/dialogue.yml`, which explains itself."""

    joints: tuple[str, ...]
    openings: tuple[str, ...]
    no_requests: frozenset[str]
    alone: frozenset[str]
    one_by_one: frozenset[str]
    corrections: tuple[str, ...]
    topic_of: Mapping[str, str]
    leaning: Mapping[str, tuple[str, ...]]
    least_sure: float
    least_sure_unjoined: float

    @classmethod
    def load(cls, file: Path) -> "Clauses":
        """Read the file.

        Raises:
            ClausesUnreadable: a key is missing or of the wrong kind.
        """
        content = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
        try:
            several = content["several"]
            return cls(
                tuple(map(_words, several["joints"])),
                tuple(map(_words, several["openings"])),
                frozenset(several["no_requests"]),
                frozenset(several["alone"]),
                frozenset(several["one_by_one"]),
                tuple(map(_words, content["corrections"])),
                {intent: topic for topic, intents in several["topics"].items() for intent in intents},
                {intent: tuple(before) for intent, before in several["leaning"].items()},
                float(several["least_sure"]),
                float(several["least_sure_unjoined"]),
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ClausesUnreadable(f"{file.name}: several: {error!r}") from error

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the clauses of `text` stand; one span when it is short, or too long a story to be cut."""
        spans, start = [], 0
        for gap in BREAKS.finditer(text):
            if len(WORD.findall(text[start : gap.start()])) >= LEAST_WORDS:
                spans.append((start, gap.start()))
                start = gap.end()
        spans.append((start, len(text)))
        if len(spans) > 1 and len(WORD.findall(text[spans[-1][0] :])) < LEAST_WORDS:
            spans[-2:] = [(spans[-2][0], len(text))]
        return spans if len(spans) <= MOST_CLAUSES else [(0, len(text))]

    def grouped(self, clauses: Sequence[Clause]) -> list["Request"]:
        """Neighbouring clauses put together to requests, in order; a single one when a person is wanted."""
        if any(clause.intent in self.alone and clause.confidence >= self.least_sure for clause in clauses):
            return [Request(tuple(clauses), clauses[0])]
        first, *others = clauses
        requests = [Request((first,), first)]
        for clause in others:
            before = requests[-1]
            if self._are_two(before, clause):
                requests.append(Request((clause,), clause))
            else:
                head = before.head if self._is_request(before.head, self.least_sure) else clause
                requests[-1] = Request((*before.clauses, clause), head)
        return requests

    def each_record(self, parsed: ParseData) -> list[str]:
        """The numbers a request names when it is about each of them, like the state of two orders; else none."""
        entities = [entity for entity in parsed["entities"] if entity["entity"] in RECORDS]
        numbers = list(dict.fromkeys(str(entity["value"]) for entity in entities))
        wanted = parsed["intent"]["name"] in self.one_by_one and len({entity["entity"] for entity in entities}) == 1
        corrected = any(f" {correction} " in f" {_words(parsed['text'])} " for correction in self.corrections)
        return numbers if wanted and len(numbers) > 1 and not corrected else []

    def _are_two(self, before: "Request", after: Clause) -> bool:
        """Whether a clause asks for something besides what the one before it asks for."""
        joined = self._is_joined(after.text)
        asked = any(self._asks(clause) or _is_question(clause) for clause in before.clauses)
        least = self.least_sure if joined or _is_question(before.clauses[-1]) else self.least_sure_unjoined
        if not (self._is_request(before.head, least) and self._is_request(after, least) and (joined or asked)):
            return False
        head, asks_too = before.head, self._asks(after)
        if head.intent in self.leaning.get(after.intent, ()) and not after.parsed["entities"]:
            return False
        if after.records - before.records and (before.records or head.intent != after.intent):
            return True
        if {head.intent, after.intent} <= self.one_by_one and self._asks(head):
            return head.intent != after.intent and (asks_too or _is_question(after))
        if joined and asked and asks_too:
            return head.intent != after.intent
        return (joined or asks_too) and self._topic(head.intent) != self._topic(after.intent)

    def _is_request(self, clause: Clause, least: float) -> bool:
        return clause.intent not in self.no_requests and clause.confidence >= least

    def _is_joined(self, text: str) -> bool:
        """Whether a clause begins with words that announce something else: "inoltre", "e poi", "vorrei anche"."""
        start = f" {' '.join(_words(text).split()[:JOINT_WORDS])} "
        return any(f" {joint} " in start for joint in self.joints) or bool(NUMBERED.match(text))

    def _asks(self, clause: Clause) -> bool:
        """Whether it reads like a question or a wish, not like part of an account."""
        words = f" {_words(clause.text)} "
        return any(f" {opening} " in words for opening in self.openings)

    def _topic(self, intent: str) -> str:
        return self.topic_of.get(intent, intent)


def _is_question(clause: Clause) -> bool:
    return clause.text.rstrip().endswith("?")


def _words(text: str) -> str:
    """The words of `text` in lower case, a space between each two; "dov'è" are two."""
    return " ".join(WORD.findall(text.casefold()))
