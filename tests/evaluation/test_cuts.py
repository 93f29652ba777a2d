"""What the cuts are learnt from, and that it can be learnt."""

import random
from typing import Any

import pytest
import yaml

from base.settings import ROOT
from engine.boundaries import Boundaries, phrases
from engine.cuts import BIAS, CutScores
from evaluation.cut_material import Message, written
from evaluation.cuts import FILE, learn_words
from evaluation.joined import Joins
from tests.nlu.sentences import HOUSE, STRANGERS, TRAINING, sentences

REQUESTS = {
    "track_order": ["Dov'è il mio ordine?", "vorrei sapere dov'è il pacco", "a che punto siamo con la consegna"],
    "request_invoice": ["mi serve la fattura", "Vorrei ricevere la fattura.", "mandatemi la ricevuta"],
    "ask_promotions": ["avete sconti?", "ci sono offerte", "Quali sconti fate per Natale"],
}
SENTENCES = {**REQUESTS, "greet": ["buongiorno", "ciao"]}
ENOUGH = 400


@pytest.fixture(scope="module")
def content() -> Any:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def joins(content: Any) -> Joins:
    return Joins.of({**content["joins"], "leading": ["greet"]})


@pytest.fixture(scope="module")
def boundaries() -> Boundaries:
    return Boundaries(dict.fromkeys(phrases(["e", "poi", "inoltre"]), "and"))


def test_the_same_seed_joins_the_same_messages(joins: Joins) -> None:
    first, second = (joins.two_requests(REQUESTS, {}, 20, random.Random(7)) for _ in range(2))

    assert first == second


def test_the_second_request_of_a_joined_message_begins_where_it_is_said(joins: Joins) -> None:
    for one in joins.two_requests(REQUESTS, {}, ENOUGH, random.Random(1)):
        assert 0 < one.second < len(one.text)
        assert one.text[one.second - 1].isspace() and not one.text[one.second].isspace()


def test_a_question_stays_a_question_and_nothing_else_becomes_one(joins: Joins) -> None:
    for one in joins.two_requests({"a": ["avete sconti?"], "b": ["mi serve aiuto"]}, {}, ENOUGH, random.Random(2)):
        assert "aiuto?" not in one.text
        assert "sconti." not in one.text


def test_a_greeting_before_a_request_and_the_same_request_twice_are_one(joins: Joins) -> None:
    assert all(one.second is None for one in joins.one_request(REQUESTS, SENTENCES, 20, random.Random(3)))


def test_words_that_begin_requests_are_learnt(joins: Joins, boundaries: Boundaries) -> None:
    some = [Message(one.text, second=one.second) for one in joins.two_requests(REQUESTS, {}, ENOUGH, random.Random(4))]
    scores = CutScores(learn_words(boundaries, some), {BIAS: 0.0}, 0.0, 0.0)

    found = boundaries.among("dov'è il mio ordine? e mi serve la fattura")
    best = max(found, key=lambda boundary: scores.by_words(boundary.clues))

    assert "dov'è il mio ordine? e mi serve la fattura"[best.start :] == "mi serve la fattura"


def test_written_messages_are_of_known_intents_and_in_no_other_file(content: Any) -> None:
    messages = [message for half in written(content) for message in half]
    known = {sentence.intent for sentence in sentences(TRAINING)}
    elsewhere = {s.text.casefold() for folder in (TRAINING, HOUSE, STRANGERS) for s in sentences(folder)}
    for name in ("two_requests.yml", "two_requests_strangers.yml"):
        held_out = yaml.safe_load((ROOT / "tests" / "nlu" / name).read_text(encoding="utf-8"))
        elsewhere |= {one["text"].casefold() for part in ("two", "one") for one in held_out[part]}

    assert {intent for message in messages for intent in message.requests} <= known
    assert [message.text for message in messages if message.text.casefold() in elsewhere] == []
    assert len({message.text for message in messages}) == len(messages)
