"""When a model passes, and in what words it is said why not."""

from dataclasses import replace
from pathlib import Path

import pytest

from base.layers import Layers
from base.words import WordsOf
from evaluation.limits import FILE, Limits, LimitsUnreadable
from evaluation.model_test import WORDS, Findings, differing, verdict_on
from tests.evaluation.planted import AFTER, GOOD, LIMITS, OTHERWISE, RIGHT, alone, compared, parsed

SAID = WordsOf.read(WORDS)


def reasons(findings: Findings) -> tuple[str, ...]:
    verdict = verdict_on(findings, SAID)
    assert verdict.passed == (not verdict.reasons)
    return verdict.reasons


def test_a_model_without_a_mistake_passes_and_is_compared_with_nothing_where_none_is_in_service() -> None:
    verdict = verdict_on(alone(), SAID)

    assert verdict.passed and verdict.reasons == ()
    assert (verdict.compared_sha256, verdict.compared_figures) == (None, None)
    assert (verdict.conversations, verdict.conversations_failed) == (2, ())
    assert verdict.figures["intent_accuracy"] == 1.0 and verdict.figures["several_as_meant"] == 1.0


def test_a_conversation_that_goes_otherwise_is_a_reason() -> None:
    findings = replace(alone(), after=replace(AFTER, held=[GOOD, OTHERWISE]))

    assert reasons(findings) == ("Una conversazione di prova non è andata come scritto: «orders: cambia idea».",)
    assert verdict_on(findings, SAID).conversations_failed == ("orders: cambia idea",)


def test_one_that_is_known_not_to_is_none_until_it_does() -> None:
    known = tuple(replace(one, known_failure="non ancora") for one in alone().written)
    failing = replace(alone(), written=known, after=replace(AFTER, held=[OTHERWISE, OTHERWISE]))

    assert reasons(failing) == ()
    assert "togli known_failure" in reasons(replace(failing, after=AFTER))[0]


@pytest.mark.parametrize(
    ("least", "most", "told"),
    [
        ({"intent_accuracy": 0.8}, {}, "Intento giusto: 75,00 %, e ne serve almeno 80,00 %."),
        ({}, {"false_rejections": 0.2}, "Richieste rifiutate per sbaglio: 33,33 %, e può essere al massimo 20,00 %."),
    ],
)
def test_a_figure_beyond_its_limit_is_a_reason(least: dict[str, float], most: dict[str, float], told: str) -> None:
    mistaken = [replace(RIGHT[0], intent="out_of_scope"), *RIGHT[1:]]
    findings = replace(alone(), after=replace(AFTER, outcomes=mistaken))

    assert reasons(replace(findings, limits=replace(LIMITS, least=least, most=most))) == (told,)


def test_a_figure_that_cannot_be_measured_is_no_reason() -> None:
    only = replace(AFTER, outcomes=[RIGHT[2]])
    limits = replace(LIMITS, least={"entity_f1": 0.9, "oos_recall": 0.9})

    assert reasons(replace(alone(), after=only, limits=limits)) == ()


def test_what_the_model_in_service_understood_counts_only_beyond_the_margin() -> None:
    findings = replace(compared(), after=replace(compared().after, held=AFTER.held))
    verdict = verdict_on(findings, SAID)
    strict = replace(findings, limits=replace(LIMITS, least={}, most={}, most_worse=0.25, most_lost=0.0))

    assert verdict.passed and (verdict.better, verdict.worse) == (1, 2)
    assert verdict.compared_sha256 == "cd" * 32 and verdict.compared_figures
    assert reasons(strict) == (
        "Il modello in servizio capiva 2 frasi di 4 che questo non capisce più: il limite è 25,0 %.",
        "Nel complesso si capisce meno di prima: 2 frasi perse e solo 1 guadagnata (il limite è 0,0 % di tutte).",
    )


def test_real_sentences_differ_by_intent_or_by_an_entity_and_the_most_frequent_come_first() -> None:
    asked = [("a", 1), ("b", 5), ("c", 9)]
    before = [parsed("greet"), parsed("track_order"), parsed("thank")]
    after = [parsed("thank"), parsed("track_order", ["order_number"]), parsed("thank")]

    found = differing(asked, before, after)

    assert [(one.text, one.times, one.before, one.after, one.after_entities) for one in found] == [
        ("b", 5, "track_order", "track_order", ("order_number",)),
        ("a", 1, "greet", "thank", ()),
    ]


def test_the_limits_of_the_product_are_read_and_a_shop_changes_single_numbers(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("least: {intent_accuracy: 0.99}\n", encoding="utf-8")

    product, own = Limits.load(Layers().files(FILE)), Limits.load(Layers(home=tmp_path).files(FILE))

    assert own == replace(product, least={**product.least, "intent_accuracy": 0.99})
    assert all(SAID.has(f"figure_{name}") for name in (*product.least, *product.most))


def test_a_number_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("worse: {lost: poco}\n", encoding="utf-8")

    with pytest.raises(LimitsUnreadable, match="model_test.yml.*poco"):
        Limits.load(Layers(home=tmp_path).files(FILE))
