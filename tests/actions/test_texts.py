"""Words that have to be there, and what has to be in them; `sportello check` finds what is missing or not used."""

from pathlib import Path

from ruamel.yaml import YAML

from actions.general import FORM_OF_INTENT
from base.settings import ROOT
from tests.actions.helpers import TEXTS

INTENTS = set(YAML(typ="safe").load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"])


def rules() -> list[dict]:
    files = sorted((ROOT / "data" / "rules").glob("*.yml"))
    return [rule for file in files for rule in YAML(typ="safe").load(file.read_text(encoding="utf-8"))["rules"]]


def test_the_first_message_tells_that_a_machine_speaks_that_people_are_there_and_where_privacy_is() -> None:
    for variant in TEXTS.responses["utter_welcome"]:
        assert all(words in variant["text"] for words in ("assistente automatico", "persona", "/privacy"))


def test_every_form_asks_for_what_it_needs() -> None:
    for form in FORM_OF_INTENT.values():
        assert f"utter_ask_{form}_email" in TEXTS.responses


def test_responses_are_where_their_topic_is() -> None:
    stems = {file.stem for file in Path(ROOT / "data" / "rules").glob("*.yml")}

    assert stems <= {file.stem for file in Path(ROOT / "data" / "responses").glob("*.yml")}
