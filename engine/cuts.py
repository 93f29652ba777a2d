"""How likely a message is two requests, cut at a certain place: by the words there, and by what both sides mean alone.

Two logistic regressions, learnt by `evaluation/cuts.py` and kept in cuts.json: the first looks at words only and says
which places are worth parsing both sides, the second decides.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping

WEIGHTS = Path(__file__).with_name("cuts.json")
BIAS = "bias"
MOST_LOG_ODDS = 50.0

ParseData = Mapping[str, Any]


class CutsUnreadable(Exception):
    """The file of weights lacks something; the message says what."""


@dataclass(frozen=True)
class CutScores:
    """What was learnt.

    Attributes:
        words: log odds that each clue of a boundary adds.
        sides: log odds that each piece of evidence adds, per unit.
        worth_parsing: log odds by the words alone, under which a boundary is not looked at.
        cuts_at: log odds from which on a message is cut.
    """

    words: Mapping[str, float]
    sides: Mapping[str, float]
    worth_parsing: float
    cuts_at: float

    @classmethod
    def load(cls, file: Path = WEIGHTS) -> "CutScores":
        """Read the file.

        Raises:
            CutsUnreadable: it cannot be read.
        """
        try:
            said = json.loads(file.read_bytes())
            return cls(said["words"], said["sides"], float(said["worth_parsing"]), float(said["cuts_at"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CutsUnreadable(f"{file.name}: {error!r}") from error

    def by_words(self, clues: tuple[str, ...]) -> float:
        """Log odds of a cut by the words around it."""
        return self.words[BIAS] + sum(self.words.get(clue, 0.0) for clue in clues)

    def by_sides(self, evidence: Mapping[str, float]) -> float:
        """Log odds of a cut by everything."""
        return self.sides[BIAS] + sum(self.sides.get(name, 0.0) * value for name, value in evidence.items())


def share_of(parsed: ParseData, intent: str) -> float:
    """Confidence of `intent` in a parse, 0 where it is not among the first."""
    return next((one["confidence"] for one in parsed["intent_ranking"] if one["name"] == intent), 0.0)


def log_odds(share: float) -> float:
    """Of a share from 0 to 1, which stays between -5 and 5."""
    kept = min(max(share, 0.0067), 0.9933)
    return math.log(kept / (1 - kept))


def probability_of(odds: float) -> float:
    """From log odds."""
    return 1 / (1 + math.exp(-odds)) if odds > -MOST_LOG_ODDS else 0.0
