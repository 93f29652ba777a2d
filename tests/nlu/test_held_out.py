"""What the trained model understands of sentences it never saw. The floors lie a little under what was measured."""

from collections import Counter
from typing import Any

import pytest

from evaluation.figures import calibration, expected_calibration_error
from evaluation.labelled import Labelled
from evaluation.outcomes import outcome
from tests.nlu.sentences import Sentence

pytestmark = pytest.mark.model

Parsed = list[tuple[Sentence, dict[str, Any]]]

RULE_ENTITIES = ("order_number", "return_number", "quote_number", "email", "phone", "postal_code", "amount")
LEAST_ACCURACY = 0.965
LEAST_MACRO_F1 = 0.97
LEAST_OUT_OF_SCOPE_RECALL = 0.97
MOST_FALSE_REJECTIONS = 0.01
MOST_CALIBRATION_ERROR = 0.025
LEAST_TAGGED_F1 = 0.85
LEAST_READ = 0.99  # of the sentences; the others are letters at random


def spans(parsed: dict[str, Any]) -> set[tuple[str, int, int]]:
    return {(entity["entity"], entity["start"], entity["end"]) for entity in parsed["entities"]}


def test_intents_are_recognised(parsed: Parsed) -> None:
    right = [answer["intent"]["name"] == sentence.intent for sentence, answer in parsed]

    assert sum(right) / len(right) >= LEAST_ACCURACY


def test_no_intent_is_left_behind(parsed: Parsed) -> None:
    right, wanted, given = Counter(), Counter(), Counter()
    for sentence, answer in parsed:
        name = answer["intent"]["name"]
        wanted[sentence.intent] += 1
        given[name] += 1
        right[name] += name == sentence.intent

    f1 = [2 * right[intent] / (wanted[intent] + given[intent]) for intent in wanted]

    assert sum(f1) / len(f1) >= LEAST_MACRO_F1


def test_what_does_not_concern_the_shop_is_out_of_scope(parsed: Parsed) -> None:
    refused = [a["intent"]["name"] == "out_of_scope" for s, a in parsed if s.intent == "out_of_scope"]

    assert sum(refused) / len(refused) >= LEAST_OUT_OF_SCOPE_RECALL


def test_what_concerns_the_shop_is_rarely_refused(parsed: Parsed) -> None:
    refused = [a["intent"]["name"] == "out_of_scope" for s, a in parsed if s.intent != "out_of_scope"]

    assert sum(refused) / len(refused) <= MOST_FALSE_REJECTIONS


def test_confidences_can_be_believed(parsed: Parsed) -> None:
    outcomes = [outcome(Labelled(s.text, s.intent, frozenset()), answer, 0.0) for s, answer in parsed]

    assert expected_calibration_error(calibration(outcomes)) <= MOST_CALIBRATION_ERROR


def test_it_is_said_why_a_message_is_out_of_scope_or_not(parsed: Parsed) -> None:
    """All but letters at random, of which nothing is thought."""
    read = [answer for _, answer in parsed if answer["intent_ranking"]]

    said = [answer["out_of_scope"] for answer in read if answer["out_of_scope"]]

    assert len(said) == len(read) >= LEAST_READ * len(parsed)
    assert all(0 <= one["probability"] <= 1 and one["reasons"] for one in said)


def test_numbers_and_addresses_are_found_exactly(parsed: Parsed) -> None:
    wrong = [
        (sentence.text, found ^ wanted)
        for sentence, answer in parsed
        if (found := {span for span in spans(answer) if span[0] in RULE_ENTITIES})
        != (wanted := {span for span in sentence.entities if span[0] in RULE_ENTITIES})
    ]

    assert wrong == []


def test_trained_entities_are_mostly_right(parsed: Parsed) -> None:
    right = found = wanted = 0
    for sentence, answer in parsed:
        given = {span for span in spans(answer) if span[0] not in RULE_ENTITIES}
        asked = {span for span in sentence.entities if span[0] not in RULE_ENTITIES}
        right, found, wanted = right + len(given & asked), found + len(given), wanted + len(asked)

    assert 2 * right / (found + wanted) >= LEAST_TAGGED_F1


async def test_an_entity_carries_what_was_written_and_what_it_means(parser: Any) -> None:
    answer = await parser.parse("ordine n. 104.233, mail Anna.Rossi@Example,it")

    assert answer["entities"] == [
        {
            "entity": "email",
            "start": 24,
            "end": 45,
            "value": "Anna.Rossi@Example,it",
            "normalized": "anna.rossi@example.it",
        },
        {"entity": "order_number", "start": 10, "end": 17, "value": "104.233", "normalized": "104233"},
    ]


@pytest.mark.parametrize("text", ["", "   ", "\ud800", "\u200b", "/greet", "/restart", "?!", "你好", "x" * 2000])
async def test_any_text_is_parsed(parser: Any, text: str) -> None:
    answer = await parser.parse(text)

    assert answer["text"] == text
    assert isinstance(answer["intent"]["name"], str)


async def test_customers_cannot_give_commands(parser: Any) -> None:
    answer = await parser.parse('/ask_human{"order_number": "104233"}')

    assert answer["intent"]["confidence"] < 1
