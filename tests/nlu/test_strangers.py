"""What the trained model understands of people who never wrote a sentence of its training, by whole styles."""

from itertools import chain
from typing import Optional

import pytest

from evaluation.figures import Outcome, calibration, expected_calibration_error, headline
from tests.nlu.sentences import STRANGERS

pytestmark = pytest.mark.model

ByStyle = dict[Optional[str], list[Outcome]]

# A little under what was measured; what is wanted: 0.95, 0.95, 0.93, 0.9, 0.03.
LEAST = {"intent_accuracy": 0.94, "macro_f1": 0.94, "entity_f1": 0.92, "oos_recall": 0.9}
MOST_FALSE_REJECTIONS = 0.02
MOST_CALIBRATION_ERROR = 0.03
LEAST_ACCURACY_OF_A_STYLE = 0.91


def test_strangers_are_understood(outcomes: ByStyle) -> None:
    figures = headline(list(chain(*(of_style for style, of_style in outcomes.items() if style))))

    assert {name: figures[name] for name, least in LEAST.items() if figures[name] < least} == {}
    assert figures["false_rejections"] <= MOST_FALSE_REJECTIONS


def test_confidences_of_strangers_can_be_believed(outcomes: ByStyle) -> None:
    strangers = chain(*(of_style for style, of_style in outcomes.items() if style))

    assert expected_calibration_error(calibration(strangers)) <= MOST_CALIBRATION_ERROR


@pytest.mark.parametrize("style", sorted(file.stem for file in STRANGERS.glob("*.yml")))
def test_no_style_is_left_behind(outcomes: ByStyle, style: str) -> None:
    assert headline(outcomes[style])["intent_accuracy"] >= LEAST_ACCURACY_OF_A_STYLE
