"""What agents read is written: for every intent, outcome, state and key that a template names."""

import re
from datetime import timedelta

import pytest
import yaml

from base.settings import ROOT
from base.words import WordMissing
from desk.gate import STATIC
from desk.render import TEMPLATES
from desk.seen import NO_WISH
from desk.words import Words
from shop.desk_rules import DeskRules
from shop.orders import OrderProgressState
from shop.records import QuoteState, RefundState, ReturnState

WORDS = Words.load()


def test_every_intent_is_a_sentence_or_no_wish_at_all() -> None:
    intents = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]

    assert [intent for intent in intents if intent not in NO_WISH and not WORDS.has(f"wants_{intent}")] == []
    assert NO_WISH - set(intents) == {"nlu_fallback"}


def test_every_outcome_and_every_state_of_a_record_has_words() -> None:
    keys = [f"outcome_{one}" for one in DeskRules.load(ROOT / "data" / "desk.yml").outcomes]
    states = {"order": OrderProgressState, "return": ReturnState, "refund": RefundState, "quote": QuoteState}
    keys += [f"{kind}_{state.value}" for kind, known in states.items() for state in known]

    assert [key for key in keys if not WORDS.has(key)] == []


def test_every_key_that_a_template_names_has_words() -> None:
    named = {key for file in TEMPLATES.iterdir() for key in re.findall(r"""\bt\(["'](\w+)["'][,)]""", file.read_text())}

    assert named and [key for key in sorted(named) if not WORDS.has(key)] == []


RENDERED = {"{{ list_html|safe", "{{ now_html|safe"}  # fragments that were escaped when they were made


def test_no_template_writes_words_of_its_own_or_leaves_a_value_unescaped() -> None:
    for file in TEMPLATES.iterdir():
        source = file.read_text(encoding="utf-8")
        assert set(re.findall(r"\{\{[^}]*\|safe", source)) <= RENDERED, file.name
        shown = re.sub(r"\{[{%].*?[}%]\}|<[^>]*>", "", source, flags=re.DOTALL)
        assert not re.search(r"[A-Za-zàèéìòù]{3,}", shown), file.name


def test_the_script_makes_markup_only_of_what_the_server_escaped() -> None:
    source = (STATIC / "desk.js").read_text(encoding="utf-8")

    made = [line for line in source.splitlines() if "innerHTML" in line or "insertAdjacentHTML" in line]

    assert len(made) == 5 and all("// ours" in line for line in made)


def test_a_missing_text_or_value_is_an_error_that_names_it() -> None:
    with pytest.raises(WordMissing, match="nothing_like_this"):
        WORDS.say("nothing_like_this")
    with pytest.raises(WordMissing, match="error_taken"):
        WORDS.say("error_taken")


@pytest.mark.parametrize(
    ("since", "words"),
    [
        (timedelta(seconds=59), "meno di un minuto"),
        (timedelta(minutes=3), "3 min"),
        (timedelta(minutes=125), "2 h 5 min"),
        (timedelta(days=4, hours=3), "4 giorni"),
    ],
)
def test_how_long_ago_is_said_shortly(since: timedelta, words: str) -> None:
    assert WORDS.ago(since) == words
