"""The sentences themselves: enough of them, nothing made from a template, annotations around whole words.

What else is wrong with a sentence, `sportello check` finds (tests/check).
"""

from collections import Counter
from itertools import product
from random import Random

import pytest
import yaml
from rasa.shared.nlu.training_data.message import Message

from base.settings import ROOT
from components.tokenizer import ItalianTokenizer
from evaluation.near_duplicates import (
    LARGEST_ASSEMBLED,
    LARGEST_FAMILY,
    LARGEST_SHARE,
    assembled,
    families,
    masked,
    near_duplicates,
    share,
)
from tests.nlu.sentences import STRANGERS, TRAINING, held_out, sentences

LEAST_TRAINED, LEAST_OUT_OF_SCOPE, LEAST_HELD_OUT = 80, 300, 15
SENTENCES = [*sentences(TRAINING), *held_out()]
WITHOUT_SENTENCES = yaml.safe_load((ROOT / "check" / "limits.yml").read_text(encoding="utf-8"))["without_sentences"]
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
INTENTS = [name for name in DOMAIN["intents"] if name not in WITHOUT_SENTENCES]


TRAINED = [(masked(sentence.text, sentence.entities), sentence.intent) for sentence in sentences(TRAINING)]
GREETINGS = ["buongiorno", "salve", "ciao", "buonasera", "scusate", "gentile assistenza"]
REQUESTS = ["vorrei rendere", "voglio restituire", "devo mandare indietro", "posso restituire", "mi serve rendere"]
GOODS = "scarpe sedie lampade giacche tende padelle borse gonne bambole pentole candele coperte poltrone".split()
REASONS = [
    "perché non mi piace",
    "perché ho cambiato idea",
    "dato che è stretto",
    "perché è arrivato tardi",
    "che è rotto",
]
THANKS = ["grazie", "grazie mille", "attendo risposta", "cordiali saluti", "fatemi sapere"]


def generated(pattern: str, *words: list[str]) -> list[tuple[str, str]]:
    """Fifty sentences of the intent with most others, made by filling in `pattern` at random."""
    filled = [pattern.format(*chosen) for chosen in product(*words)]
    return [(text, "track_order") for text in Random(50).sample(filled, 50)]


def test_training_sentences_are_not_made_from_templates() -> None:
    pairs = near_duplicates(TRAINED)
    said = Counter(intent for _, intent in TRAINED)

    assert share(pairs, of=len(TRAINED)) <= LARGEST_SHARE
    assert [[TRAINED[p] for p in family] for family in families(pairs) if len(family) > LARGEST_FAMILY] == []
    assert {
        intent: [TRAINED[position] for position in positions]
        for intent, positions in assembled(TRAINED).items()
        if len(positions) > LARGEST_ASSEMBLED * said[intent]
    } == {}


@pytest.mark.parametrize(
    "sentences",
    [
        [("vorrei rendere le product dell'ordine order_number", "track_order")] * 50,
        generated("{}, vorrei {} le {}", ["salve", "ciao", "buongiorno"], ["rendere", "restituire"], GOODS),
        generated("le {} che ho preso {} sono {}, le rendo", GOODS, ["da voi", "online"], ["strette", "brutte"]),
    ],
)
def test_fifty_sentences_with_swapped_nouns_are_noticed(sentences: list[tuple[str, str]]) -> None:
    largest = families(near_duplicates([*TRAINED, *sentences]))[0]

    assert len(largest) > LARGEST_FAMILY


def test_fifty_sentences_put_together_from_lists_are_noticed() -> None:
    sentences = [*TRAINED, *generated("{}, {} product {} {}", GREETINGS, REQUESTS, REASONS, THANKS)]

    of_the_intent = sum(intent == "track_order" for _, intent in sentences)

    assert len(assembled(sentences)["track_order"]) > LARGEST_ASSEMBLED * of_the_intent


@pytest.mark.parametrize("intent", INTENTS)
def test_every_intent_has_enough_sentences(intent: str) -> None:
    least_trained = LEAST_OUT_OF_SCOPE if intent == "out_of_scope" else LEAST_TRAINED

    assert sum(sentence.intent == intent for sentence in sentences(TRAINING)) >= least_trained


@pytest.mark.parametrize("intent", INTENTS)
def test_every_intent_has_enough_sentences_of_strangers(intent: str) -> None:
    styles = Counter(sentence.style for sentence in sentences(STRANGERS) if sentence.intent == intent)

    assert sum(styles.values()) >= LEAST_HELD_OUT
    assert set(styles) == {file.stem for file in STRANGERS.glob("*.yml")}


def test_every_annotation_begins_and_ends_with_a_word() -> None:
    tokenizer = ItalianTokenizer(ItalianTokenizer.get_default_config())

    wrong = []
    for sentence in SENTENCES:
        tokens = tokenizer.tokenize(Message({"text": sentence.text}), "text")
        starts, ends = {token.start for token in tokens}, {token.end for token in tokens}
        wrong += [sentence.text for _, start, end in sentence.entities if start not in starts or end not in ends]
    assert wrong == []
