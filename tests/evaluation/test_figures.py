"""The figures of `sportello evaluate`, on cases small enough to work out by hand."""

from dataclasses import replace
from typing import Iterable, Optional

import pytest

from engine.closeness import Closeness
from evaluation.figures import (
    Outcome,
    Questions,
    Score,
    calibration,
    confusions,
    entity_scores,
    expected_calibration_error,
    headline,
    intent_scores,
    macro_f1,
    overall_entities,
    questions,
)
from evaluation.labelled import Labelled, Span

COLOUR, SIZE, LONGER = Span("color", 0, 4), Span("size", 5, 7), Span("color", 0, 7)


def outcome(
    wanted: str,
    intent: str,
    wanted_entities: Iterable[Span] = (),
    entities: Iterable[Span] = (),
    best: Optional[str] = None,
    confidence: float = 0.9,
    ms: float = 1.0,
) -> Outcome:
    sentence = Labelled("rosso 42", wanted, frozenset(wanted_entities))
    return Outcome(sentence, intent, frozenset(entities), best or intent, confidence, ms)


def test_intents_are_counted_by_what_was_wanted_and_what_was_understood() -> None:
    outcomes = [outcome("a", "a"), outcome("a", "a"), outcome("a", "b"), outcome("b", "b"), outcome("b", "c")]

    scores = intent_scores(outcomes)

    assert scores == {
        "a": Score(precision=1.0, recall=2 / 3, f1=0.8, support=3),
        "b": Score(precision=0.5, recall=0.5, f1=0.5, support=2),
        "c": Score(precision=0.0, recall=None, f1=0.0, support=0),
    }


def test_macro_f1_is_the_mean_over_intents_that_occur() -> None:
    outcomes = [outcome("a", "a"), outcome("a", "a"), outcome("a", "b"), outcome("b", "b"), outcome("b", "c")]

    assert macro_f1(intent_scores(outcomes)) == pytest.approx((0.8 + 0.5) / 2)


def test_an_intent_that_is_never_understood_counts_as_zero() -> None:
    assert macro_f1(intent_scores([outcome("a", "a"), outcome("b", "c")])) == 0.5


def test_an_entity_is_right_with_exactly_its_characters_and_its_kind() -> None:
    outcomes = [
        outcome("a", "a", [COLOUR, SIZE], [COLOUR, SIZE]),
        outcome("a", "a", [COLOUR], [LONGER]),
        outcome("a", "a", [COLOUR], [Span("size", 0, 4)]),
        outcome("a", "a", [COLOUR]),
    ]

    assert overall_entities(outcomes) == Score(precision=0.5, recall=0.4, f1=4 / 9, support=5)
    assert entity_scores(outcomes) == {
        "color": Score(precision=0.5, recall=0.25, f1=pytest.approx(1 / 3), support=4),
        "size": Score(precision=0.5, recall=1.0, f1=pytest.approx(2 / 3), support=1),
    }


def test_rejections_are_right_outside_and_false_inside() -> None:
    outcomes = [
        outcome("out_of_scope", "out_of_scope"),
        outcome("out_of_scope", "out_of_scope"),
        outcome("out_of_scope", "a"),
        outcome("a", "a"),
        outcome("a", "out_of_scope"),
        outcome("b", "a"),
        outcome("b", "b"),
    ]

    figures = headline(outcomes)

    assert figures["oos_recall"] == pytest.approx(2 / 3)
    assert figures["false_rejections"] == 0.25
    assert figures["intent_accuracy"] == pytest.approx(4 / 7)


def test_the_figures_have_fixed_names_and_an_order() -> None:
    names = (
        "intent_accuracy macro_f1 entity_precision entity_recall entity_f1 oos_recall false_rejections ms_p50 ms_p95"
    )

    assert list(headline([outcome("a", "a")])) == names.split()


def test_what_cannot_be_computed_is_none() -> None:
    figures = headline([outcome("a", "a")])

    missing = {name for name, value in figures.items() if value is None}

    assert missing == {"entity_precision", "entity_recall", "entity_f1", "oos_recall"}
    assert headline([outcome("out_of_scope", "a")])["false_rejections"] is None


def test_entities_where_there_should_be_none_are_mistakes() -> None:
    figures = headline([outcome("a", "a", [], [COLOUR])])

    assert (figures["entity_precision"], figures["entity_recall"], figures["entity_f1"]) == (0.0, None, 0.0)


def test_times_are_those_of_sentences() -> None:
    figures = headline([outcome("a", "a", ms=float(ms)) for ms in range(1, 21)])

    assert (figures["ms_p50"], figures["ms_p95"]) == (10.0, 19.0)


def test_confusions_begin_with_the_most_frequent() -> None:
    outcomes = [outcome("b", "a"), outcome("a", "c"), outcome("a", "b"), outcome("a", "b"), outcome("a", "a")]

    assert confusions(outcomes) == [("a", "b", 2), ("a", "c", 1), ("b", "a", 1)]


def test_confidence_is_compared_bin_by_bin() -> None:
    outcomes = [
        outcome("a", "a", confidence=0.95),
        outcome("a", "b", confidence=0.91),
        outcome("a", "a", confidence=1.0),
        outcome("a", "a", confidence=0.25),
        outcome("a", "out_of_scope", best="a", confidence=0.15),
    ]

    bins = calibration(outcomes)

    assert [one.count for one in bins] == [0, 1, 1, 0, 0, 0, 0, 0, 0, 3]
    assert (bins[9].accuracy, bins[9].confidence) == (pytest.approx(2 / 3), pytest.approx(2.86 / 3))
    assert (bins[1].accuracy, bins[1].confidence) == (1.0, 0.15)  # rejected, but the likeliest was right
    assert bins[0].accuracy is None
    expected = (3 * abs(2 / 3 - 2.86 / 3) + 0.75 + 0.85) / 5
    assert expected_calibration_error(bins) == pytest.approx(expected)


def test_a_text_without_a_word_has_no_confidence() -> None:
    silent = Outcome(Labelled("?!", "a", frozenset()), "out_of_scope", frozenset(), None, 0.0, 1.0)

    bins = calibration([silent])

    assert sum(one.count for one in bins) == 0
    assert expected_calibration_error(bins) is None


def test_what_would_be_asked_is_counted_of_the_sentences_inside() -> None:
    closeness = Closeness(frozenset({"a", "b", "d"}), 0.6, 0.5, 0.5, 3, (frozenset({"b", "d"}),), frozenset(), ())
    close, clear = ranking(a=0.45, b=0.4), ranking(a=0.9, b=0.1)
    outcomes = [
        replace(outcome("a", "a"), ranking=clear),
        replace(outcome("a", "a"), ranking=close),
        replace(outcome("d", "a"), ranking=close),  # offered as "b", which is answered alike
        replace(outcome("c", "a"), ranking=close),
        replace(outcome("b", "out_of_scope", best="a"), ranking=close),  # refused: nothing is asked
        replace(outcome("out_of_scope", "a"), ranking=close),  # not counted
    ]

    assert questions(outcomes, closeness) == Questions(
        asked=3 / 5, clear_asked=1 / 2, right_first=1 / 3, right_offered=2 / 3
    )


def ranking(**confidences: float) -> list[dict]:
    return [{"name": name, "confidence": confidence} for name, confidence in confidences.items()]
