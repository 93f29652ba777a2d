"""How accuracy grows with data: the pipeline is trained several times, each time on more sentences of each intent.

Only intents are learnt, which is what makes it quick: entities take most of a training.
"""

import json
import random
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional, Sequence

from evaluation.figures import Outcome
from evaluation.labelled import Labelled

SIZES: tuple[Optional[int], ...] = (10, 20, 40, 80, None)  # sentences of each intent; None: all
SEED = 0

Read = Callable[[Path, Sequence[Labelled]], list[Outcome]]


@dataclass(frozen=True)
class Point:
    """One training: at most `per_intent` sentences of each intent (None: all), `sentences` together."""

    per_intent: Optional[int]
    sentences: int
    intent_accuracy: float


def curve(training: Sequence[Labelled], test: Sequence[Labelled], trained: Read) -> list[Point]:
    """One point for each size that is larger than the one before.

    Args:
        training: the sentences to learn from; each larger set holds the smaller ones.
        trained: trains on a file of labelled lines, and says what is understood of the sentences given.
    """
    points: list[Point] = []
    for size in SIZES:
        chosen = some_of_each(training, size)
        if points and len(chosen) == points[-1].sentences:
            continue
        with tempfile.TemporaryDirectory(prefix="sportello-curve-") as folder:
            outcomes = trained(_written(chosen, Path(folder)), test)
        right = sum(one.intent == one.wanted.intent for one in outcomes)
        points.append(Point(size, len(chosen), right / len(outcomes)))
    return points


def some_of_each(sentences: Sequence[Labelled], size: Optional[int]) -> list[Labelled]:
    """At most `size` sentences of each intent, drawn always the same way; a larger size holds all of a smaller one."""
    of_intent: dict[str, list[Labelled]] = defaultdict(list)
    for sentence in sentences:
        of_intent[sentence.intent].append(sentence)
    chosen = []
    for intent in sorted(of_intent):
        drawn = list(of_intent[intent])
        random.Random(f"{SEED} {intent}").shuffle(drawn)
        chosen += drawn[:size]
    return chosen


def _written(sentences: Sequence[Labelled], folder: Path) -> Path:
    """A file of labelled lines with the intents alone."""
    file = folder / "sentences.jsonl"
    lines = (json.dumps({"text": one.text, "intent": one.intent}) + "\n" for one in sentences)
    file.write_text("".join(lines), encoding="utf-8")
    return file
