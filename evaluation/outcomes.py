"""Lets a model read labelled sentences, one at a time, and takes the time."""

import time
from typing import Any, Callable, Iterable, Protocol

from evaluation.figures import Outcome
from evaluation.labelled import Labelled, Span

Progress = Callable[[int], None]


class Reads(Protocol):
    """What is measured: `engine.parsing.Parser`."""

    async def parse(self, text: str) -> dict[str, Any]:
        """See `engine.parsing.understood`."""


async def outcomes_of(parser: Reads, sentences: Iterable[Labelled], progress: Progress) -> list[Outcome]:
    """What `parser` understands of each sentence; `progress` is told after each how many are done.

    The first sentence is read once more beforehand, so that no time holds what is done only once.
    """
    outcomes: list[Outcome] = []
    for sentence in sentences:
        if not outcomes:
            await parser.parse(sentence.text)
        began = time.perf_counter()
        parsed = await parser.parse(sentence.text)
        outcomes.append(outcome(sentence, parsed, (time.perf_counter() - began) * 1000))
        progress(len(outcomes))
    return outcomes


def outcome(wanted: Labelled, parsed: dict[str, Any], ms: float) -> Outcome:
    """`parsed` beside what was wanted."""
    ranking = parsed["intent_ranking"]
    best = ranking[0] if ranking else {"name": None, "confidence": 0.0}
    entities = frozenset(Span(one["entity"], one["start"], one["end"]) for one in parsed["entities"])
    return Outcome(wanted, parsed["intent"]["name"], entities, best["name"], best["confidence"], ms, ranking)
