"""What a model that knows some words loses when they are written in a hurry."""

from typing import Any

import pytest

from evaluation.labelled import Labelled, Span
from evaluation.outcomes import outcomes_of
from evaluation.perturb import KINDS
from evaluation.robustness import loss_by_kind, loss_of_one_change


class KnowsTheWord:
    """Understands a question about an order by the word "ordine" as it stands, and where it stands."""

    async def parse(self, text: str) -> dict[str, Any]:
        at = text.find("ordine")
        name = "out_of_scope" if at < 0 else "track_order"
        found = [] if at < 0 else [{"entity": "product", "start": at, "end": at + len("ordine")}]
        return {
            "intent": {"name": name},
            "intent_ranking": [{"name": name, "confidence": 1.0}],
            "entities": found,
        }


def sentence(text: str) -> Labelled:
    at = text.find("ordine")
    return Labelled(text, "track_order", frozenset({Span("product", at, at + len("ordine"))}))


@pytest.fixture
async def outcomes() -> Any:
    texts = ["ordine", "il mio ordine?", "è un ordine 104233", "l'ordine non arriva"]
    return await outcomes_of(KnowsTheWord(), [sentence(text) for text in texts], lambda _done: None)


async def test_each_kind_tells_what_it_costs(outcomes: Any) -> None:
    losses = await loss_by_kind(KnowsTheWord(), outcomes, seed=0)

    assert losses["swapped"].sentences == 4
    assert 0 < losses["swapped"].points <= 100
    assert losses["capitals"].changed_accuracy == 0 == losses["capitals"].changed_entity_f1
    assert losses["capitals"].accuracy == 1 == losses["capitals"].entity_f1
    assert (losses["without_accents"].sentences, losses["without_accents"].points) == (1, 0)


async def test_one_change_counts_each_sentence_once(outcomes: Any) -> None:
    total, by_kind = await loss_of_one_change(KnowsTheWord(), outcomes, seed=0)

    assert total.sentences == sum(loss.sentences for loss in by_kind.values()) == 4
    assert set(by_kind) <= set(KINDS)


async def test_what_becomes_of_a_sentence_does_not_depend_on_the_others(outcomes: Any) -> None:
    alone = [await loss_by_kind(KnowsTheWord(), [one], seed=3, kinds=["swapped"]) for one in outcomes]

    together = await loss_by_kind(KnowsTheWord(), outcomes, seed=3, kinds=["swapped"])

    assert together["swapped"].points == sum(loss["swapped"].points for loss in alone) / len(alone)


async def test_a_sentence_that_nothing_changes_is_counted_as_it_is() -> None:
    outcomes = await outcomes_of(KnowsTheWord(), [Labelled("104233", "track_order", frozenset())], lambda _done: None)

    total, by_kind = await loss_of_one_change(KnowsTheWord(), outcomes, seed=0)

    assert (total.sentences, total.points, by_kind) == (1, 0, {})
