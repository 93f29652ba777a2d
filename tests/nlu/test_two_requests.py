"""Messages with several requests, and messages that only look so: what the trained model makes of them."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from base.settings import ROOT
from engine.clauses import Clauses
from engine.cut_evidence import RECORDS
from engine.turn_request import TurnRequest
from engine.understanding import Understanding
from tests.deep import DEEP, more, some
from tests.nlu.sentences import HOUSE, STRANGERS, sentences

pytestmark = pytest.mark.model

HOUSE_FILE, STRANGERS_FILE = "two_requests.yml", "two_requests_strangers.yml"
LEAST_READ_AS_MEANT = {HOUSE_FILE: 0.9, STRANGERS_FILE: 0.87}  # 0.92 and 0.90 were measured; 0.9 is wanted
MOST_CUT_WRONGLY = {HOUSE_FILE: 0.03, STRANGERS_FILE: 0.015}  # 0.026 and 0.013 were measured
OF_CHANCE = 0.015  # where only some are read
LEAST_SINGLE = 500
SINGLE = {HOUSE_FILE: HOUSE, STRANGERS_FILE: STRANGERS}


@pytest.fixture
def understanding(parser: Any) -> Understanding:
    clauses = Clauses.load(ROOT / "data" / "dialogue.yml")
    return Understanding(parser.agent.parse_message, parser.agent.domain.intents, clauses)


@pytest.mark.parametrize("file", LEAST_READ_AS_MEANT)
async def test_several_requests_are_found_in_order(understanding: Understanding, file: str) -> None:
    read = [(example, await _read(understanding, example["text"])) for example in _examples(file)["two"]]

    as_meant = [_intents(requests) == example["requests"] for example, requests in read]
    wrong_numbers = [
        (example["text"], _numbers(requests))
        for example, requests in read
        if _intents(requests) == example["requests"] and _numbers(requests) != _wanted_numbers(example, requests)
    ]

    assert sum(as_meant) / len(as_meant) >= LEAST_READ_AS_MEANT[file]
    assert wrong_numbers == []


@more
@pytest.mark.parametrize("file", MOST_CUT_WRONGLY)
async def test_one_request_is_not_cut(understanding: Understanding, file: str) -> None:
    look_alikes = [example["text"] for example in _examples(file)["one"]]
    every = look_alikes + [sentence.text for sentence in sentences(SINGLE[file])]
    single = some(every, 3)

    cut = [text for text in single if len(await _read(understanding, text)) > 1]

    assert len(every) >= LEAST_SINGLE
    assert len(cut) / len(single) <= MOST_CUT_WRONGLY[file] + (0 if DEEP else OF_CHANCE), cut


def _examples(file: str) -> dict[str, Any]:
    return YAML(typ="safe").load(Path(__file__).with_name(file).read_text(encoding="utf-8"))


async def _read(understanding: Understanding, text: str) -> list[dict[str, Any]]:
    return await understanding.requests(TurnRequest("ms_1", "cv_1", text, None, "web", ""), inside_a_task=False)


def _intents(requests: list[dict[str, Any]]) -> list[str]:
    return [request["intent"]["name"] for request in requests]


def _numbers(requests: list[dict[str, Any]]) -> list[list[str]]:
    return [sorted({e["value"] for e in r["entities"] if e["entity"] in RECORDS}) for r in requests]


def _wanted_numbers(example: dict[str, Any], requests: list[dict[str, Any]]) -> list[list[str]]:
    return [[str(n) for n in numbers] for numbers in example["numbers"]] if "numbers" in example else _numbers(requests)
