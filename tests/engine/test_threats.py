"""Who threatens with lawyers is found, who speaks of them is not: measured on messages by somebody else."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from base.settings import ROOT
from engine.threats import INTENT, Threats, threatening
from tests.nlu.sentences import held_out

THREATS = Threats.load(ROOT / "data" / "dialogue.yml")
WRITTEN: Any = YAML(typ="safe").load(Path(__file__).with_name("threats.yml").read_text(encoding="utf-8"))


def share(kind: str, part: str) -> float:
    texts = WRITTEN[kind][part]
    return sum(map(THREATS.in_text, texts)) / len(texts)


def test_most_threats_are_found_and_few_lookalikes_taken_for_one() -> None:
    assert share("threats", "unseen") >= 0.6 and share("threats", "seen") >= 0.85
    assert share("lookalikes", "unseen") <= 0.15


@pytest.mark.parametrize("kind", ["anger", "calm"])
def test_anger_and_calm_are_no_threats(kind: str) -> None:
    assert share(kind, "seen") == share(kind, "unseen") == 0


def test_of_the_held_out_sentences_hardly_any_is_taken_for_a_threat() -> None:
    texts = [one.text for one in held_out() if one.intent != "complain"]

    assert sum(map(THREATS.in_text, texts)) <= len(texts) * 0.005


@pytest.mark.parametrize(
    "text",
    [
        "Vi denuncio",
        "CHIAMO L'AVVOCATO se non rispondete",
        "passo alle vie legali, perche' non rispondete",
        "metto tutto in mano all’avvocato",
        "dov'è il 104206? altrimenti vado dai carabinieri",
    ],
)
def test_a_threat_is_found_however_it_is_written(text: str) -> None:
    assert THREATS.in_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "sono un avvocato, mi serve la fattura",
        "quanto dura la garanzia legale?",
        "consegna presso il Tribunale di Verona",
        "in ritardo a causa del corriere",
        "",
        "avvocato",
    ],
)
def test_what_only_sounds_like_one_is_none(text: str) -> None:
    assert not THREATS.in_text(text)


def test_a_withdrawal_stays_a_withdrawal() -> None:
    whole = {"text": "il mio avvocato dice: recedo", "intent": {"name": "withdraw_from_contract", "confidence": 0.9}}

    assert THREATS.in_text(whole["text"]) and not THREATS.are_in(whole)


def test_what_the_message_names_is_kept_for_the_person() -> None:
    entities = [{"entity": "order_number", "value": "104206"}]
    ranking = [{"name": "track_order", "confidence": 0.9}]
    whole = {"text": "…", "intent": ranking[0], "intent_ranking": ranking, "entities": entities}

    taken = threatening(whole)

    assert taken["intent"]["name"] == INTENT and taken["entities"] == entities
    assert [one["name"] for one in taken["intent_ranking"]] == [INTENT, "track_order"]


@given(st.text(max_size=300))
def test_any_text_can_be_looked_at(text: str) -> None:
    assert THREATS.in_text(text) in (True, False)
