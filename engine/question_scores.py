"""How likely the nearest of the shop's questions is the one that is asked: learnt by `python -m evaluation.questions`.

Two logistic regressions over the same four numbers: whether the nearest entry is right, and whether the right one is
among the nearest four.
"""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Mapping

from engine.cut_evidence import ParseData
from engine.question_index import Nearness

WEIGHTS = Path(__file__).with_name("questions.json")
BIAS = "bias"
UNCERTAIN = 0.02  # a probability never counts as 0 or 1
NOT_OF_THE_SHOP = ("out_of_scope", "nlu_fallback")


class QuestionScoresUnreadable(Exception):
    """What was learnt is not there or lacks something."""


@dataclass(frozen=True)
class QuestionScores:
    """Log odds by the names of `clues`."""

    right: Mapping[str, float]
    among: Mapping[str, float]

    @classmethod
    def load(cls, file: Path = WEIGHTS) -> "QuestionScores":
        """Read what was learnt.

        Raises:
            QuestionScoresUnreadable: the file is not there, or no such file.
        """
        try:
            said = json.loads(file.read_text(encoding="utf-8"))
            return cls(dict(said["right"]), dict(said["among"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise QuestionScoresUnreadable(file.name) from error

    def write(self, file: Path) -> None:
        """Keep it."""
        file.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    def probability_right(self, found: Mapping[str, float]) -> float:
        """That the nearest entry is the one that is asked."""
        return _probability(self.right, found)

    def probability_among(self, found: Mapping[str, float]) -> float:
        """That the nearest four have it among them."""
        return _probability(self.among, found)


def clues(nearness: Nearness, parsed: ParseData) -> dict[str, float]:
    """What the regressions look at: how near the entries are, and how sure a request of the product is."""
    sure = min(max(request_confidence(parsed), UNCERTAIN), 1 - UNCERTAIN)
    return {
        BIAS: 1.0,
        "first": nearness.first,
        "margin": nearness.margin,
        "same_topics": nearness.same_topics,
        "request": math.log(sure / (1 - sure)),
    }


def request_confidence(parsed: ParseData) -> float:
    """Of the intent that was understood, if it concerns the shop; else 0."""
    intent: Mapping[str, Any] = parsed["intent"]
    return 0.0 if intent["name"] in NOT_OF_THE_SHOP else float(intent["confidence"])


def _probability(weights: Mapping[str, float], found: Mapping[str, float]) -> float:
    return 1 / (1 + math.exp(-sum(weights[name] * value for name, value in found.items())))
