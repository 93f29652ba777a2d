"""Everything that was measured, as one object that can be written as JSON."""

from dataclasses import asdict
from typing import Any, Optional, Sequence

from engine.closeness import Closeness
from evaluation.curve import Point
from evaluation.figures import (
    Outcome,
    calibration,
    confusions,
    entity_scores,
    expected_calibration_error,
    headline,
    intent_scores,
    questions,
)


def report_of(
    outcomes: Sequence[Outcome], training_s: Optional[float], closeness: Closeness, points: Sequence[Point] = ()
) -> dict[str, Any]:
    """What docs/measuring.md says of report.json.

    Args:
        outcomes: not empty.
        training_s: seconds that the training took; None where nothing was trained.
        closeness: when a customer would be asked.
        points: of the curve, where one was wanted.
    """
    bins = calibration(outcomes)
    return {
        "sentences": len(outcomes),
        "training_s": training_s,
        "figures": headline(outcomes),
        "intents": {name: asdict(score) for name, score in intent_scores(outcomes).items()},
        "entities": {name: asdict(score) for name, score in entity_scores(outcomes).items()},
        "confusions": [
            {"intent": intent, "understood": understood, "count": count}
            for intent, understood, count in confusions(outcomes)
        ],
        "calibration": [asdict(one) for one in bins],
        "expected_calibration_error": expected_calibration_error(bins),
        "questions": asdict(questions(outcomes, closeness)),
        "curve": [asdict(point) for point in points],
    }
