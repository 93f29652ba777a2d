"""Where a training is: which steps are going on, and how much was worked out anew, as it can be shown to people."""

import threading
from dataclasses import dataclass
from typing import Mapping

READING, PACKING = "reading", "packing"
# The classes of components whose work takes long, and what it is; all others are PREPARING.
STEPS = {
    "ItalianTokenizer": "words",
    "SentenceVectors": "vectors",
    "LinearIntent": "classifier",
    "Tagger": "tagger",
    "RulePolicy": "rules",
}
PREPARING = "preparing"


@dataclass(frozen=True)
class Count:
    """Of `count` sentences `new` had to be worked on, and `done` of these are."""

    done: int
    new: int
    count: int

    @property
    def kept(self) -> int:
        """How many were known from an earlier training."""
        return self.count - self.new


@dataclass(frozen=True)
class Moment:
    """A training as it stands.

    Attributes:
        seconds: since it began.
        steps: what is going on, in the order in which it began; never empty.
        counts: by kind of work (`components.telling`).
    """

    seconds: float
    steps: tuple[str, ...]
    counts: Mapping[str, Count]


class Steps:
    """Listens to a training (`components.telling.Listener`)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._going_on: list[str] = []
        self._latest = READING
        self._counts: dict[str, Count] = {}

    def began(self, step: str) -> None:
        """The node of a graph, by Rasa's name for it, or one of our own steps."""
        with self._lock:
            self._latest = _step_of(step)
            self._going_on.append(self._latest)

    def ended(self, step: str) -> None:
        """It is over."""
        with self._lock:
            if _step_of(step) in self._going_on:
                self._going_on.remove(_step_of(step))

    def counted(self, kind: str, done: int, new: int, count: int) -> None:
        """See there."""
        with self._lock:
            self._counts[kind] = Count(done, new, count)

    def moment(self, seconds: float) -> Moment:
        """As it stands `seconds` after the beginning."""
        with self._lock:
            steps = tuple(dict.fromkeys(self._going_on)) or (self._latest,)
            telling = tuple(step for step in steps if step != PREPARING)
            return Moment(seconds, telling or steps, dict(self._counts))


def _step_of(node: str) -> str:
    """A name like `train_components.tagger.Tagger9`, or a step itself."""
    if node in (READING, PACKING):
        return node
    return STEPS.get(node.rpartition("_")[2].rpartition(".")[2].rstrip("0123456789"), PREPARING)
