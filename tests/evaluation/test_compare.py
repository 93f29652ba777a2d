"""What got better and what got worse."""

from typing import Sequence

import pytest

from evaluation.compare import compare
from evaluation.figures import Outcome
from evaluation.labelled import Labelled, Span

WORD = Span("product", 0, 4)


def outcome(intent: str, entities: Sequence[Span] = (), text: str = "moka rotta") -> Outcome:
    wanted = Labelled(text, "report_damaged", frozenset([WORD]))
    return Outcome(wanted, intent, frozenset(entities), intent, 0.9, 1.0)


def test_a_sentence_is_right_only_with_its_entities() -> None:
    right, half, wrong = outcome("report_damaged", [WORD]), outcome("report_damaged"), outcome("greet", [WORD])
    found = compare([half, right, wrong, right, wrong], [right, half, half, right, wrong])
    assert [one.after for one in found.better] == [right]
    assert [one.before for one in found.worse] == [right]
    assert [one.before for one in found.otherwise] == [wrong]


def test_other_sentences_are_not_compared() -> None:
    with pytest.raises(ValueError):
        compare([outcome("greet")], [outcome("greet", text="altro")])
