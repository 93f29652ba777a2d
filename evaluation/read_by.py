"""Lets a model read labelled sentences: a function of an archive and sentences, for whoever compares models."""

import asyncio
from pathlib import Path
from typing import Callable, Optional, Sequence

from base.clock import Clock, SystemClock
from engine.parsing import Parser
from evaluation.figures import Outcome
from evaluation.labelled import Labelled
from evaluation.outcomes import outcomes_of

Progress = Callable[[int], None]


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
