"""Cuts a message that holds several requests into clauses, one request each.

Where it may be cut, and how likely, is learnt (`engine/boundaries.py`, `engine/cuts.py`): both sides of the places that
are likely by their words are parsed, the likeliest place is cut, and what is on each side is looked at again. Trainers'
words and topics are `several` in `data/dialogue.yml`.
"""

from dataclasses import dataclass
from typing import Awaitable, Callable, Mapping, Optional

from base.layers import Files, layered, read_layered
from engine.boundaries import Boundaries, Boundary, phrases
from engine.cut_evidence import RECORDS, Evidence, ParseData, records_in
from engine.cuts import CutScores

MOST_LOOKED_AT = 3  # places of a message, or of a part of it, whose sides are parsed
LEVELS = 2  # how often a part is cut again: into four at most, and more than three are not taken apart
LEAST_CONFIDENCE = 0.15  # of a request that is not what its words most likely mean
NEVER = float("-inf")

Parse = Callable[[str], Awaitable[ParseData]]


class ClausesUnreadable(Exception):
    """`several` in the file of the dialogue lacks something; the message says what."""


@dataclass(frozen=True)
class Clause:
    """A part of a message, what the model makes of it alone, and the request it is."""

    start: int
    end: int
    parsed: ParseData
    intent: str


@dataclass(frozen=True)
class Cut:
    """A place where a part of a message was or was not cut.

    Attributes:
        evidence: what speaks for it and against it; None when the sides cannot be two requests.
        log_odds: that they are.
    """

    left: Clause
    right: Clause
    evidence: Optional[Mapping[str, float]]
    log_odds: float


@dataclass(frozen=True)
class Cutting:
    """What became of a message: the clauses in order, and every place that was looked at."""

    clauses: tuple[Clause, ...]
    looked_at: tuple[Cut, ...] = ()


@dataclass(frozen=True)
class Clauses:
    """`several` of `data/dialogue.yml`, which explains itself, and what was learnt."""

    boundaries: Boundaries
    evidence: Evidence
    scores: CutScores
    no_requests: frozenset[str]
    alone: frozenset[str]
    one_by_one: frozenset[str]
    least_sure: float

    @classmethod
    def load(cls, files: Files, scores: Optional[CutScores] = None) -> "Clauses":
        """Read the file, or several laid over each other, and what was learnt unless `scores` are given.

        Raises:
            ClausesUnreadable: a key is missing or of the wrong kind.
            engine.cuts.CutsUnreadable: what was learnt is.
        """
        content, name = read_layered(files), layered(files)[-1].name
        try:
            several = content["several"]
            joints = {phrase: kind for kind, texts in several["joints"].items() for phrase in phrases(texts)}
            return cls(
                Boundaries(joints),
                Evidence.of(several, content["corrections"]),
                scores or CutScores.load(),
                frozenset(several["no_requests"]),
                frozenset(several["alone"]),
                frozenset(several["one_by_one"]),
                float(several["least_sure"]),
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ClausesUnreadable(f"{name}: several: {error!r}") from error

    async def cut(self, text: str, whole: ParseData, parse: Parse) -> Cutting:
        """The clauses of a message; one, as long as the message, when it holds one request, or a person is wanted.

        Args:
            whole: what the model makes of all of it.
            parse: gives the same for a part.
        """
        one = self._clause(0, len(text), whole)
        clauses, looked_at = await self._cut(text, one, parse, LEVELS)
        if any(self._wants_a_person(cut.left) or self._wants_a_person(cut.right) for cut in looked_at):
            clauses = [one]
        return Cutting(tuple(clauses), tuple(looked_at))

    def each_record(self, parsed: ParseData) -> list[str]:
        """The numbers a request names when it is about each of them, like the state of two orders; else none."""
        entities = [entity for entity in parsed["entities"] if entity["entity"] in RECORDS]
        numbers = list(dict.fromkeys(str(entity["value"]) for entity in entities))
        wanted = parsed["intent"]["name"] in self.one_by_one and len({entity["entity"] for entity in entities}) == 1
        return numbers if wanted and len(numbers) > 1 and not self.evidence.is_corrected(parsed["text"]) else []

    async def _cut(self, text: str, whole: Clause, parse: Parse, levels: int) -> tuple[list[Clause], list[Cut]]:
        places = self._places(text, whole) if levels else []
        looked_at = [await self._cut_at(text, whole, place, parse) for place in places]
        best = max(looked_at, key=lambda cut: cut.log_odds, default=None)
        if best is None or best.log_odds < self.scores.cuts_at:
            return [whole], looked_at
        clauses: list[Clause] = []
        for side in (best.left, best.right):
            parts, more = await self._cut(text, side, parse, levels - 1)
            clauses += parts
            looked_at += more
        return clauses, looked_at

    def _places(self, text: str, whole: Clause) -> list[tuple[float, Boundary]]:
        """Where it is worth parsing both sides, the likeliest first."""
        found = [(self.scores.by_words(b.clues), b) for b in self.boundaries.among(text, whole.start, whole.end)]
        worth = [one for one in found if one[0] >= self.scores.worth_parsing]
        return sorted(worth, key=lambda one: -one[0])[:MOST_LOOKED_AT]

    async def _cut_at(self, text: str, whole: Clause, place: tuple[float, Boundary], parse: Parse) -> Cut:
        by_words, boundary = place
        begin = self.boundaries.beginning(text, whole.start, whole.end)
        left = self._clause(begin, boundary.end, await parse(text[begin : boundary.end]))
        right = self._clause(boundary.start, whole.end, await parse(text[boundary.start : whole.end]))
        if not self._may_be_two(left, right):
            return Cut(left, right, None, NEVER)
        evidence = self.evidence.of_cut(
            by_words, boundary, whole.parsed, (left.parsed, left.intent), (right.parsed, right.intent)
        )
        return Cut(left, right, evidence, self.scores.by_sides(evidence))

    def _may_be_two(self, left: Clause, right: Clause) -> bool:
        """Whether both may be requests, not the same one, and the second does not need the first to be understood."""
        if not left.intent or not right.intent:
            return False
        before = records_in(left.parsed)
        if self.evidence.leans(left.intent, right.intent) and not right.parsed["entities"]:
            return False
        wish = "?" not in right.parsed["text"] and not records_in(right.parsed)
        if wish and self.evidence.follows(left.intent, right.intent):
            return False
        if len(before) > 1 and not records_in(right.parsed) and left.intent not in self.one_by_one:
            return False  # the last of the numbers may belong to what follows
        return left.intent != right.intent or bool(before and records_in(right.parsed) - before)

    def _clause(self, start: int, end: int, parsed: ParseData) -> Clause:
        """With the likeliest request as its intent, empty when there is none."""
        return Clause(start, end, parsed, self._likeliest_request(parsed))

    def _likeliest_request(self, parsed: ParseData) -> str:
        intents = (one for one in parsed["intent_ranking"] if one["confidence"] >= LEAST_CONFIDENCE)
        return next((one["name"] for one in intents if one["name"] not in self.no_requests), "")

    def _wants_a_person(self, clause: Clause) -> bool:
        intent = clause.parsed["intent"]
        return intent["name"] in self.alone and intent["confidence"] >= self.least_sure
