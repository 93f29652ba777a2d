"""Lets a model, or two, read labelled sentences: a function of archives and sentences, for whoever compares models."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional, Sequence

from base.clock import Clock, SystemClock
from engine.parsing import Parser
from evaluation.compare import Comparison, compare
from evaluation.figures import Outcome
from evaluation.labelled import Labelled
from evaluation.outcomes import outcomes_of

Progress = Callable[[int], None]


@dataclass(frozen=True)
class TwoModels:
    """What two models understood of the same sentences, in their order."""

    before: Sequence[Outcome]
    after: Sequence[Outcome]

    @property
    def comparison(self) -> Comparison:
        """What got better and what got worse."""
        return compare(self.before, self.after)


def read_by(
    model: Path, sentences: Sequence[Labelled], progress: Progress, clock: Optional[Clock] = None
) -> list[Outcome]:
    """What the archive `model` understands of each sentence; about 10 ms each, and ten seconds before the first.

    Args:
        progress: told after each how many are done.
        clock: tells the day on which the sentences count as written; the present one when not given.
    """
    parser = Parser.load(model, clock or SystemClock())
    return asyncio.run(outcomes_of(parser, sentences, progress))


def read_by_both(before: Path, after: Path, sentences: Sequence[Labelled], progress: Progress) -> TwoModels:
    """What both archives understand; `progress` counts up to twice as many."""
    first = read_by(before, sentences, progress)
    return TwoModels(first, read_by(after, sentences, lambda done: progress(len(first) + done)))
