"""Every sentence is read, in order, and what is understood stands beside what was wanted."""

from typing import Any

from evaluation.labelled import Labelled, Span
from evaluation.outcomes import outcomes_of

SENTENCES = (
    Labelled("ordine 104233", "track_order", frozenset({Span("order_number", 7, 13)})),
    Labelled("?!", "greet", frozenset()),
)


class FixedParser:
    """Stands for a loaded model."""

    async def parse(self, text: str) -> dict[str, Any]:
        if text == "?!":
            return {"intent": {"name": "out_of_scope", "confidence": 0.2}, "intent_ranking": [], "entities": []}
        return {
            "intent": {"name": "out_of_scope", "confidence": 0.2},
            "intent_ranking": [{"name": "track_order", "confidence": 0.18}],
            "entities": [{"entity": "order_number", "start": 7, "end": 13, "value": "104233", "normalized": "104233"}],
        }


async def test_each_sentence_has_its_outcome() -> None:
    done: list[int] = []

    order, silent = await outcomes_of(FixedParser(), SENTENCES, done.append)

    assert done == [1, 2]
    assert (order.wanted, order.intent, order.best, order.confidence) == (
        SENTENCES[0],
        "out_of_scope",
        "track_order",
        0.18,
    )
    assert order.entities == SENTENCES[0].entities
    assert order.ms >= 0
    assert (silent.intent, silent.best) == ("out_of_scope", None)
