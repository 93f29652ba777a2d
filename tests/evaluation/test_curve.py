"""More sentences of each intent, drawn always the same way, and what comes of them."""

import json
from pathlib import Path
from typing import Sequence

from evaluation.curve import curve, some_of_each
from evaluation.figures import Outcome
from evaluation.labelled import Labelled

SENTENCES = [Labelled(f"{intent} {number}", intent, frozenset()) for intent in ("a", "b") for number in range(30)] + [
    Labelled("c", "c", frozenset())
]


def outcome(wanted: Labelled, intent: str) -> Outcome:
    return Outcome(wanted, intent, frozenset(), intent, 0.9, 1.0)


def test_a_larger_set_holds_the_smaller_one_and_the_same_is_drawn_again() -> None:
    ten, twenty = some_of_each(SENTENCES, 10), some_of_each(SENTENCES, 20)

    assert set(ten) < set(twenty) < set(SENTENCES)
    assert some_of_each(list(SENTENCES), 10) == ten
    assert [one.intent for one in ten].count("a") == 10 and [one.intent for one in ten].count("c") == 1


def test_the_curve_has_one_point_for_each_size_that_adds_something() -> None:
    learnt: list[int] = []

    def trained(file: Path, test: Sequence[Labelled]) -> list[Outcome]:
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        learnt.append(len(lines))
        return [outcome(one, one.intent if len(lines) > 30 or one.intent == "a" else "a") for one in test]

    points = curve(SENTENCES, SENTENCES[::30], trained)

    assert [(point.per_intent, point.sentences) for point in points] == [(10, 21), (20, 41), (40, 61)]
    assert learnt == [21, 41, 61]
    assert [point.intent_accuracy for point in points] == [1 / 3, 1.0, 1.0]
