"""What the pictures of `sportello evaluate --report` show."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cli import evaluate_plot
from cli.evaluate_plot import draw_calibration, draw_confusions, draw_curve, matrix, most_confused


def report(confusions: list[tuple[str, str, int]], **supports: int) -> dict[str, Any]:
    return {
        "intents": {name: {"support": support} for name, support in supports.items()},
        "confusions": [{"intent": a, "understood": b, "count": count} for a, b, count in confusions],
        "calibration": [
            {"low": n / 10, "high": (n + 1) / 10, "count": n % 3, "confidence": 0.5 if n % 3 else None, "accuracy": 0.5}
            for n in range(10)
        ],
        "expected_calibration_error": None,
    }


def test_each_row_holds_all_sentences_of_its_intent() -> None:
    measured = report([("a", "b", 2), ("a", "out_of_scope", 1), ("b", "c", 1)], a=5, b=2, c=1, out_of_scope=0)

    counts = matrix(measured, ["a", "b"])

    assert np.array_equal(counts, [[2, 2, 1], [0, 1, 1]])


def test_of_many_intents_those_with_the_most_mistakes_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate_plot, "MOST_INTENTS", 2)
    measured = report([("c", "b", 2), ("d", "b", 1)], a=9, b=3, c=2, d=2)

    assert most_confused(measured) == ["b", "c"]


def test_of_many_intents_those_without_mistakes_are_not_shown() -> None:
    measured = report([("intent_3", "intent_1", 1)], **{f"intent_{number}": 2 for number in range(30)})

    assert most_confused(measured) == ["intent_1", "intent_3"]


@pytest.mark.parametrize("supports", [{"a": 1}, {f"intent_{n}": n + 1 for n in range(40)}])
def test_pictures_are_drawn_of_few_and_many_intents(tmp_path: Path, supports: dict[str, int]) -> None:
    measured = report([(name, "out_of_scope", 1) for name in supports], **supports)

    draw_confusions(measured, tmp_path / "confusions.svg")
    draw_calibration(measured, tmp_path / "calibration.svg")

    assert all(file.read_text(encoding="utf-8").rstrip().endswith("</svg>") for file in tmp_path.iterdir())


def test_the_growth_of_accuracy_is_drawn(tmp_path: Path) -> None:
    points = [(10, 540, 0.65), (20, 1080, 0.77), (None, 1400, 0.8)]
    named = [{"per_intent": size, "sentences": count, "intent_accuracy": share} for size, count, share in points]

    draw_curve(named, tmp_path / "curve.svg")

    assert (tmp_path / "curve.svg").read_text(encoding="utf-8").rstrip().endswith("</svg>")
