"""The words that actions and rules need are all there, and no others."""

import re
from pathlib import Path

from ruamel.yaml import YAML

from actions.general import FORM_OF_INTENT
from base.settings import ROOT
from switchboard.texts import parse_payload
from tests.actions.helpers import TEXTS

NAMES_OF_RASA = {"utter_message", "utter_action"}
SAID = re.compile(r"utter_[a-z_]+")
INTENTS = set(YAML(typ="safe").load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"])


def rules() -> list[dict]:
    files = sorted((ROOT / "data" / "rules").glob("*.yml"))
    return [rule for file in files for rule in YAML(typ="safe").load(file.read_text(encoding="utf-8"))["rules"]]


def test_every_intent_leads_somewhere() -> None:
    served = {step["intent"] for rule in rules() for step in rule["steps"] if "intent" in step}

    assert not INTENTS - served


def test_every_response_of_a_rule_exists() -> None:
    said = {step["action"] for rule in rules() for step in rule["steps"] if step.get("action", "").startswith("utter_")}

    assert said <= set(TEXTS.responses)


def test_every_response_named_in_an_action_exists() -> None:
    files = (ROOT / "actions").glob("*.py")
    named = {name for file in files for name in SAID.findall(file.read_text(encoding="utf-8"))}

    whole = {name for name in named if not name.endswith("_")}
    assert whole - set(TEXTS.responses) == NAMES_OF_RASA


def test_every_button_leads_to_an_intent() -> None:
    variants = [variant for variants in TEXTS.responses.values() for variant in variants]
    payloads = [button["payload"] for variant in variants for button in variant.get("buttons", ())]

    assert {parse_payload(payload)[0] for payload in payloads} <= INTENTS


def test_all_variants_of_a_response_have_the_same_buttons_and_values() -> None:
    for key, variants in TEXTS.responses.items():
        buttons = {str([button["payload"] for button in variant.get("buttons", ())]) for variant in variants}
        values = {frozenset(re.findall(r"\{([a-z_]+)\}", variant["text"])) for variant in variants}

        assert len(buttons) == 1 and len(values) == 1, key


def test_the_first_message_tells_that_a_machine_speaks_that_people_are_there_and_where_privacy_is() -> None:
    for variant in TEXTS.responses["utter_welcome"]:
        assert all(words in variant["text"] for words in ("assistente automatico", "persona", "/privacy"))


def test_every_form_asks_for_what_it_needs() -> None:
    for form in FORM_OF_INTENT.values():
        assert f"utter_ask_{form}_email" in TEXTS.responses


def test_responses_are_where_their_topic_is() -> None:
    stems = {file.stem for file in Path(ROOT / "data" / "rules").glob("*.yml")}

    assert stems <= {file.stem for file in Path(ROOT / "data" / "responses").glob("*.yml")}
