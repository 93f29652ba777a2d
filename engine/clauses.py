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
LEAST_WORDS_UNJOINED = 3
FEW_WORDS = 5
JOINT_WORDS = 4  # a joint stands among the first words: "e vorrei anche sapere"
RECORDS = ("order_number", "return_number", "quote_number")
BREAKS = re.compile(
    r"(?<=[.?!;])\s+|\n+|,\s+|[:;]\s+|\s+\+\s+|\s+-\s+|\s+(?=(?:ed?[\s,]|nonch[eé]'?\s))|\s+(?=\d\s?[).]\s)",
    re.IGNORECASE,
)
AND = re.compile(r"(?:ed?|nonch[eé]'?|inoltre)\b", re.IGNORECASE)
INFINITIVE = re.compile(  # "e di ricevere la fattura", "e togliermi dalla newsletter"
    r"(?:ed?|oppure)\s+(?:di\s+|anche\s+|non\s+|poi\s+|magari\s+)*\w+[aei]r(?:e|mi|ci|lo|la|li|le|ne|si)\b",
    re.IGNORECASE,
)
ENDS_HANGING = re.compile(r"[aei]r(?:e|mi|ci|vi)$|temi$")
NUMBERED = re.compile(r"\d\s?[).]\s")
NUMBER = re.compile(r"\d{3}")
WORD = re.compile(r"\w+")

ParseData = Mapping[str, Any]


class ClausesUnreadable(Exception):
    """`several` in the file of the dialogue lacks something; the message says what."""


@dataclass(frozen=True)
class Clause:
    """Part of a message: where it stands, what the model makes of it alone, and whether it is part of a question."""

    start: int
    end: int
    text: str
    parsed: ParseData
    in_a_question: bool = False

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
    announced: tuple[str, ...]
    openings: tuple[str, ...]
    commands: tuple[str, ...]
    orders: frozenset[str]
    bare: re.Pattern[str]
    hanging: frozenset[str]
    pronouns: tuple[str, ...]
    told: frozenset[str]
    light: frozenset[str]
    only_named: frozenset[str]
    no_requests: frozenset[str]
    alone: frozenset[str]
    one_by_one: frozenset[str]
    corrections: tuple[str, ...]
    topic_of: Mapping[str, str]
    leaning: Mapping[str, tuple[str, ...]]
    least_sure: float
    least_sure_unjoined: float
    least_sure_told: float

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
                tuple(f" {_words(words)}" for words in several["announced"]),
                tuple(map(_words, several["openings"])),
                tuple(map(_words, several["commands"])),
                frozenset(map(_words, several["orders"])),
                _before_any(several["bare"]),
                frozenset(map(_words, several["hanging"])),
                tuple(map(_words, several["pronouns"])),
                frozenset(several["told"]),
                frozenset(map(_words, several["light"])),
                frozenset(several["only_named"]),
                frozenset(several["no_requests"]),
                frozenset(several["alone"]),
                frozenset(several["one_by_one"]),
                tuple(map(_words, content["corrections"])),
                {intent: topic for topic, intents in several["topics"].items() for intent in intents},
                {intent: tuple(before) for intent, before in several["leaning"].items()},
                float(several["least_sure"]),
                float(several["least_sure_unjoined"]),
                float(several["least_sure_told"]),
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ClausesUnreadable(f"{file.name}: several: {error!r}") from error

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the clauses of `text` stand; one span when it is short, or too long a story to be cut."""
        spans: list[tuple[int, int]] = []
        start = 0
        for gap in self._gaps(text):
            piece = text[start : gap.start()]
            if self._is_clause(piece) and (gap.re is BREAKS or self._is_complete(piece)):
                spans.append((start, gap.start()))
                start = gap.end()
            elif spans and NUMBER.search(piece) and gap.re is BREAKS:  # "e il 104207?" belongs to what was said before
                spans[-1] = (spans[-1][0], gap.start())
                start = gap.end()
        spans.append((start, len(text)))
        if len(spans) > 1 and not self._is_clause(text[spans[-1][0] :]):
            spans[-2:] = [(spans[-2][0], len(text))]
        return spans if len(spans) <= MOST_CLAUSES else [(0, len(text))]

    def grouped(self, clauses: Sequence[Clause]) -> list["Request"]:
        """Neighbouring clauses put together to requests, in order; a single one when a person is wanted."""
        if any(clause.intent in self.alone and clause.confidence >= self.least_sure for clause in clauses):
            return [Request(tuple(clauses), clauses[0])]
        announced = any(f" {_words(clause.text)}".endswith(self.announced) for clause in clauses)
        first, *others = clauses
        requests = [Request((first,), first)]
        for clause in others:
            before = requests[-1]
            if self._are_two(before, clause, announced):
                requests.append(Request((clause,), clause))
            else:
                head = before.head if self._is_request(before.head, self.least_sure) else clause
                requests[-1] = Request((*before.clauses, clause), head)
        return requests

    def is_request(self, parsed: ParseData) -> bool:
        """Whether something that was parsed is surely a request."""
        return parsed["intent"]["name"] not in self.no_requests and parsed["intent"]["confidence"] >= self.least_sure

    def each_record(self, parsed: ParseData) -> list[str]:
        """The numbers a request names when it is about each of them, like the state of two orders; else none."""
        entities = [entity for entity in parsed["entities"] if entity["entity"] in RECORDS]
        numbers = list(dict.fromkeys(str(entity["value"]) for entity in entities))
        wanted = parsed["intent"]["name"] in self.one_by_one and len({entity["entity"] for entity in entities}) == 1
        corrected = any(f" {correction} " in f" {_words(parsed['text'])} " for correction in self.corrections)
        return numbers if wanted and len(numbers) > 1 and not corrected else []

    def _gaps(self, text: str) -> list["re.Match[str]"]:
        """Where it may be cut, in order: at signs and joints, and before words that begin a question by themselves."""
        return sorted((*BREAKS.finditer(text), *self.bare.finditer(text)), key=lambda gap: (gap.start(), -gap.end()))

    def _is_complete(self, piece: str) -> bool:
        """Whether a piece asks and wants nothing to follow, unlike "il 104206" and "vorrei sapere"."""
        words = WORD.findall(piece.casefold())
        hangs = words[-1] in self.hanging or bool(ENDS_HANGING.search(words[-1]))
        return len(words) >= LEAST_WORDS_UNJOINED and not hangs and self._opens(piece)

    def _is_clause(self, text: str) -> bool:
        """Whether a piece of text says something: "e il 104207?" and "se possibile" do not."""
        words = WORD.findall(text.casefold())
        return len(words) >= LEAST_WORDS and any(not word.isdigit() and word not in self.light for word in words)

    def _are_two(self, before: "Request", after: Clause, announced: bool) -> bool:
        """Whether a clause asks for something besides what the one before it asks for."""
        head, linked = before.head, bool(AND.match(after.text))
        joined = self._is_joined(after.text) or announced
        asked = any(map(self._asks, before.clauses)) or self._tells(head)
        asks_too = self._asks(after) or (
            linked and (self._tells(after) or asked and bool(INFINITIVE.match(after.text)))
        )
        sure_enough = joined or _is_question(before.clauses[-1]) or (linked and asked and asks_too)
        least = self.least_sure if sure_enough else self.least_sure_unjoined
        if not (self._is_request(head, least) and self._is_request(after, least) and (joined or asked)):
            return False
        if self._leans(after, head, joined):
            return False
        if after.records - before.records and (before.records or head.intent != after.intent):
            return True
        if {head.intent, after.intent} <= self.one_by_one and self._asks(head):
            return head.intent != after.intent and asks_too
        if asked and asks_too and (joined or _are_questions(before.clauses[-1], after)):
            return head.intent != after.intent
        return (joined or asks_too) and self._topic(head.intent) != self._topic(after.intent)

    def _leans(self, after: Clause, head: Clause, joined: bool) -> bool:
        """Whether a clause only goes on with the one before: "e a Milano?", "e quanto costa?"."""
        if after.intent in self.only_named and not joined and not self._opens(after.text):
            return True
        words = _words(after.text)
        count = len(words.split())
        if count <= FEW_WORDS and any(f" {pronoun} " in f" {words} " for pronoun in self.pronouns):
            return True
        if (
            count <= LEAST_WORDS_UNJOINED
            and not joined
            and not self._opens(after.text) | (after.intent in self.one_by_one)
        ):
            return True
        return head.intent in self.leaning.get(after.intent, ()) and not after.parsed["entities"]

    def _tells(self, clause: Clause) -> bool:
        """Whether it is an account that is a request too: "il sito non va"."""
        return clause.intent in self.told and clause.confidence >= self.least_sure_told

    def _is_request(self, clause: Clause, least: float) -> bool:
        return clause.intent not in self.no_requests and clause.confidence >= least

    def _is_joined(self, text: str) -> bool:
        """Whether a clause begins with words that announce something else: "inoltre", "e poi", "vorrei anche"."""
        start = f" {' '.join(_words(text).split()[:JOINT_WORDS])} "
        return any(f" {joint} " in start for joint in self.joints) or bool(NUMBERED.match(text))

    def _asks(self, clause: Clause) -> bool:
        """Whether it reads like a question, a wish or an order, not like part of an account."""
        return clause.in_a_question or self._opens(clause.text)

    def _opens(self, text: str) -> bool:
        words = _words(text).removeprefix("se ")  # "se ordino oggi" is a condition, "vorrei sapere se" a question
        first = next((word for word in words.split() if word not in self.light), "")
        opened = any(f" {opening} " in f" {words} " for opening in self.openings)
        return opened or first in self.orders or any(word.endswith(self.commands) for word in words.split())

    def _topic(self, intent: str) -> str:
        return self.topic_of.get(intent, intent)


def _before_any(beginnings: Sequence[str]) -> "re.Pattern[str]":
    """Finds the space before any of these words."""
    return re.compile(rf"\s+(?=(?:{'|'.join(map(re.escape, beginnings))})\s)", re.IGNORECASE)


def questions_among(text: str, spans: Sequence[tuple[int, int]]) -> list[bool]:
    """Whether each clause is a question: it ends with "?", or the one that "e" joins to it is one."""
    asked = [_ends_like_a_question(text[start:end]) for start, end in spans]
    for place in reversed(range(len(spans) - 1)):
        following = text[spans[place + 1][0] :]
        ends_here = text[spans[place][0] : spans[place][1]].rstrip()[-1:] in ".!;:"
        asked[place] |= asked[place + 1] and bool(AND.match(following)) and not ends_here
    return asked


def _are_questions(*clauses: Clause) -> bool:
    return all(map(_is_question, clauses))


def _is_question(clause: Clause) -> bool:
    return _ends_like_a_question(clause.text)


def _ends_like_a_question(text: str) -> bool:
    return text.rstrip().endswith("?")


def _words(text: str) -> str:
    """The words of `text` in lower case, a space between each two; "dov'è" are two."""
    return " ".join(WORD.findall(str(text).casefold()))
