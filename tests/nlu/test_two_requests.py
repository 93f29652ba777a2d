"""Messages with several requests, and messages that only look so: what the trained model makes of them."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from base.settings import ROOT
from engine.clauses import RECORDS, Clauses
from engine.turn_request import TurnRequest
from engine.understanding import Understanding
from tests.nlu.sentences import HELD_OUT, sentences

pytestmark = pytest.mark.model

EXAMPLES = YAML(typ="safe").load(Path(__file__).with_name("two_requests.yml").read_text(encoding="utf-8"))
LEAST_READ_AS_MEANT = 0.8
MOST_CUT_WRONGLY = 0.02


@pytest.fixture
def understanding(parser: Any) -> Understanding:
    clauses = Clauses.load(ROOT / "data" / "dialogue.yml")
    return Understanding(parser.agent.parse_message, parser.agent.domain.intents, clauses)


async def test_several_requests_are_found_in_order(understanding: Understanding) -> None:
    read = [(example, await _read(understanding, example["text"])) for example in EXAMPLES["two"]]

    as_meant = [_intents(requests) == example["requests"] for example, requests in read]
    wrong_numbers = [
        (example["text"], _numbers(requests))
        for example, requests in read
        if _intents(requests) == example["requests"] and _numbers(requests) != _wanted_numbers(example, requests)
    ]

    assert sum(as_meant) / len(as_meant) >= LEAST_READ_AS_MEANT
    assert wrong_numbers == []


async def test_one_request_is_not_cut(understanding: Understanding) -> None:
    single = [example["text"] for example in EXAMPLES["one"]] + [sentence.text for sentence in sentences(HELD_OUT)]

    cut = [text for text in single if len(await _read(understanding, text)) > 1]

    assert len(cut) / len(single) <= MOST_CUT_WRONGLY, cut


async def _read(understanding: Understanding, text: str) -> list[dict[str, Any]]:
    return await understanding.requests(TurnRequest("ms_1", "cv_1", text, None, "web", ""), inside_a_task=False)


def _intents(requests: list[dict[str, Any]]) -> list[str]:
    return [request["intent"]["name"] for request in requests]


def _numbers(requests: list[dict[str, Any]]) -> list[list[str]]:
    return [sorted({e["value"] for e in r["entities"] if e["entity"] in RECORDS}) for r in requests]


def _wanted_numbers(example: dict[str, Any], requests: list[dict[str, Any]]) -> list[list[str]]:
    return [[str(n) for n in numbers] for numbers in example["numbers"]] if "numbers" in example else _numbers(requests)
