"""Everything that was measured, as one object that can be written as JSON."""

from dataclasses import asdict
from typing import Any, Optional, Sequence

from evaluation.figures import (
    Outcome,
    calibration,
    confusions,
    entity_scores,
    expected_calibration_error,
    headline,
    intent_scores,
)


def report_of(outcomes: Sequence[Outcome], training_s: Optional[float]) -> dict[str, Any]:
    """What docs/nlu.md says of report.json.

    Args:
        outcomes: not empty.
        training_s: seconds that the training took; None where nothing was trained.
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
    }
