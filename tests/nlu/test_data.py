"""The sentences themselves: nothing twice, nothing held out in training, every annotation on the border of a word."""

import re
from collections import Counter

import pytest
import yaml
from rasa.shared.nlu.training_data.message import Message

from base.settings import ROOT
from components.normalise import fold
from components.tokenizer import ItalianTokenizer
from tests.nlu.sentences import HELD_OUT, TRAINING, Sentence, sentences

STAGE_INTENTS = (
    "greet say_goodbye thank affirm deny ask_if_bot ask_capabilities cancel_task give_details track_order track_return "
    "track_refund track_quote ask_human"
).split()
SENTENCES = [*sentences(TRAINING), *sentences(HELD_OUT)]
INTENTS = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]


def bare(sentence: Sentence) -> str:
    """The words without accents, capitals and punctuation; signs count only where there are no words."""
    return " ".join(re.findall(r"\w+", fold(sentence.text).text)) or sentence.text


def test_no_sentence_is_written_twice() -> None:
    counts = Counter(bare(sentence) for sentence in SENTENCES)

    assert [words for words, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("intent", [name if isinstance(name, str) else next(iter(name)) for name in INTENTS])
def test_every_intent_has_enough_sentences(intent: str) -> None:
    least_trained, least_held_out = {"out_of_scope": (120, 15)}.get(
        intent, (45, 15) if intent in STAGE_INTENTS else (25, 10)
    )

    assert sum(sentence.intent == intent for sentence in sentences(TRAINING)) >= least_trained
    assert sum(sentence.intent == intent for sentence in sentences(HELD_OUT)) >= least_held_out


def test_every_annotation_begins_and_ends_with_a_word() -> None:
    tokenizer = ItalianTokenizer(ItalianTokenizer.get_default_config())

    wrong = []
    for sentence in SENTENCES:
        tokens = tokenizer.tokenize(Message({"text": sentence.text}), "text")
        starts, ends = {token.start for token in tokens}, {token.end for token in tokens}
        wrong += [sentence.text for _, start, end in sentence.entities if start not in starts or end not in ends]
    assert wrong == []
