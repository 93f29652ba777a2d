"""`sportello parse --jsonl`: one line out for every line in, in order."""

import asyncio
import io
import json
from typing import Any

import pytest

from cli.parse import BadLine, _parse_lines, readable_lines, text_of
from engine.explanation import Explanation, Place


class EchoParser:
    """Stands for the loaded model."""

    async def parse(self, text: str) -> dict[str, Any]:
        return {"text": text, "out_of_scope": {"probability": 0.1, "reasons": []}}


def told(**parsed: Any) -> Explanation:
    """What is known of "dov'è" and "x"."""
    likely = [{"name": "track_order", "confidence": 0.91}, {"name": "find_store", "confidence": 0.05}]
    whole = {"text": "dov’è x", "intent": likely[0], "intent_ranking": likely, "entities": [], **parsed}
    return Explanation(whole, "dov'e x", (("dov’", "dov"), ("è", "è"), ("x", "x")), (whole,), (), ("track_order",), ())


def test_every_line_is_answered_in_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    output = io.StringIO()
    lines = [b'{"text": "uno"}\n', b"rotta\n", b'{"text": "tre \\ud800"}\n']

    bad = asyncio.run(_parse_lines(EchoParser(), lines, output))

    answers = [json.loads(line) for line in output.getvalue().splitlines()]
    assert bad == 1
    assert answers[0] == {"text": "uno"}
    assert answers[1]["line"] == 2
    assert answers[2] == {"text": "tre \ud800"}
    assert "2" in capsys.readouterr().err


@pytest.mark.parametrize("line", [b"", b"[]", b'{"tex": "a"}', b'{"text": 1}', b"\xff", b'"text"', b"[" * 100_000])
def test_a_line_without_a_text_is_refused(line: bytes) -> None:
    with pytest.raises(BadLine):
        text_of(line)


def test_a_text_is_explained_from_its_words_to_its_intents() -> None:
    assert list(readable_lines(told())) == [
        "letto      dov'e x",
        "parole     dov’ → dov · è · x",
        "intento    track_order (91 %)",
        "  1. track_order 91 %",
        "  2. find_store 5 %",
        "riguarda il negozio",
    ]


def test_the_reasons_are_told_when_there_are_some() -> None:
    reasons = [
        {"name": "nearest_inside", "push": -1.25},
        {"name": "known_1", "push": 0.5},
        {"name": "new", "push": 0.1},
    ]
    outside = {"name": "out_of_scope", "confidence": 0.8}

    lines = list(readable_lines(told(intent=outside, out_of_scope={"probability": 0.8, "reasons": reasons})))

    assert lines[-4:] == [
        "fuori tema al 80 %; hanno pesato:",
        "  la frase del negozio più vicina: dentro (1,2)",
        "  parole e pezzi di parola già visti: fuori (0,5)",
        "  new: fuori (0,1)",
    ]


def test_clauses_and_what_would_be_asked_are_shown() -> None:
    whole = told()
    clauses = ({**whole.parsed, "text": "dov'è"}, {**whole.parsed, "text": "x"})
    places = (Place("x", ("track_order", "find_store"), 0.4),)
    requests = ("track_order", "find_store")
    cut = Explanation(whole.parsed, whole.normalised, whole.tokens, clauses, places, requests, ("a", "b"))

    lines = list(readable_lines(cut))

    assert "incerto tra a, b: si chiede quale" in lines
    assert lines[-4:] == [
        "taglio?    track_order | «x» find_store: 40 %",
        "parte      «dov'è» track_order 91 %",
        "parte      «x» track_order 91 %",
        "richieste  2: track_order, find_store",
    ]


@pytest.mark.parametrize(
    ("normalized", "shown"),
    [
        ("2026-11-27", "2026-11-27"),
        (None, "non si sa che cosa"),
        ({"municipality": "Bologna", "province": "BO", "region": "Emilia-Romagna"}, "Bologna, BO, Emilia-Romagna"),
        (
            {"name": "sedia", "sku": None, "candidates": [{"name": "sedia Alba", "sku": "SED-ALBA"}]},
            "sedia (forse sedia Alba)",
        ),
    ],
)
def test_people_read_what_an_entity_means(normalized: Any, shown: str) -> None:
    entity = {"entity": "product", "start": 0, "end": 5, "value": "sedia", "normalized": normalized}

    assert any(f"cioè {shown}" in line for line in readable_lines(told(entities=[entity])))
