"""The product's data with a shop's folder laid over it, as Rasa is trained from it."""

import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from base.layers import Layers
from base.settings import ROOT
from engine.laid_out import domain_of, lay_out, nlu_of, response_names, rules_of
from engine.models import usable_model
from engine.quick_training import without_detours
from engine.training import TrainingFailed, train
from tests.engine.processes import BOT

INTENT = "ask_parking"
OWN = {
    "domain.yml": f"intents:\n- {INTENT}\n",
    "nlu/own.yml": f"""
nlu:
- intent: {INTENT}
  examples: |
    - dove parcheggio?
    - c'è un parcheggio?
    - posso lasciare la macchina lì?
removed:
- intent: greet
  examples: |
    - ciao
""",
    "rules/own.yml": f"""
rules:
- rule: chiede del parcheggio
  steps:
  - intent: {INTENT}
  - action: utter_parking
""",
    "responses/own.yml": 'responses:\n  utter_parking:\n  - text: "Davanti al negozio."\n',
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    for name, content in OWN.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def sentences(layers: Layers) -> list[tuple[str, str]]:
    blocks = [block for content in nlu_of(layers) for block in content["nlu"] if "intent" in block]
    return [(block["intent"], line.strip()) for block in blocks for line in block["examples"].splitlines()]


def test_without_a_shop_folder_everything_is_the_products() -> None:
    layers = Layers(BOT)

    assert domain_of(layers) == YAML(typ="safe").load((BOT / "domain.yml").read_text(encoding="utf-8"))
    assert ("greet", "- ciao") in sentences(layers)


def test_the_shop_adds_intents_sentences_rules_and_responses_and_takes_sentences_away(home: Path) -> None:
    product, both = Layers(BOT), Layers(BOT, home)

    assert domain_of(both)["intents"] == [*domain_of(product)["intents"], INTENT]
    assert domain_of(both)["slots"] == domain_of(product)["slots"]
    assert len(rules_of(both)) == len(rules_of(product)) + 1
    assert set(response_names(both)) == {*response_names(product), "utter_parking"}
    left = [one for one in sentences(product) if one != ("greet", "- ciao")]
    assert sentences(both) == [*left, *[one for one in sentences(both) if one[0] == INTENT]]
    assert len(left) == len(sentences(product)) - 1


def test_a_rule_of_the_shop_takes_the_place_of_the_products_with_its_name(home: Path) -> None:
    first = rules_of(Layers(BOT))[0]
    (home / "rules" / "own.yml").write_text(
        f"rules:\n- rule: {first['rule']}\n  steps:\n  - intent: greet\n  - action: utter_parking\n", encoding="utf-8"
    )

    rules = rules_of(Layers(BOT, home))

    assert len(rules) == len(rules_of(Layers(BOT))) and rules[0]["steps"][-1] == {"action": "utter_parking"}


def test_rasa_reads_what_was_laid_out_as_it_reads_the_files(tmp_path: Path) -> None:
    from rasa.shared.importers.importer import TrainingDataImporter

    lay_out(Layers(ROOT), tmp_path)

    def read(folder: Path) -> tuple[list[tuple[str, str]], set[str], set[str]]:
        importer = TrainingDataImporter.load_from_config(
            str(folder / "config.yml"), str(folder / "domain.yml"), [str(folder / "data")]
        )
        examples = [(one.get("text"), one.get("intent")) for one in importer.get_nlu_data().intent_examples]
        rules = {step.block_name for step in importer.get_stories().story_steps}
        return examples, rules, set(importer.get_domain().action_names_or_texts)

    with without_detours():  # what the training found valid is not validated again
        assert read(tmp_path) == read(ROOT)


PROGRAM = """
import asyncio, sys
from datetime import datetime, timezone
from pathlib import Path
from base.clock import FixedClock
from base.layers import Layers
from engine.parsing import Parser
from engine.training import train
product, home, models, text = sys.argv[1:]
seen = []
info = train(Path(models), seen.append, Layers(Path(product), Path(home)))
parser = Parser.load(info.path, FixedClock(datetime(2026, 11, 25, tzinfo=timezone.utc)))
print(asyncio.run(parser.parse(text))["intent"]["name"], seen[-1].steps)
"""


def test_a_model_trained_with_a_shop_folder_understands_what_the_shop_added(home: Path, tmp_path: Path) -> None:
    arguments = [str(BOT), str(home), str(tmp_path / "models"), "c'è un parcheggio?"]

    said = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert said.splitlines()[-1] == f"{INTENT} ('packing',)"
    assert usable_model(tmp_path / "models", Layers(BOT, home))


def test_a_file_of_the_shop_that_cannot_be_read_fails_the_training(home: Path, tmp_path: Path) -> None:
    (home / "nlu" / "own.yml").write_text('nlu: "', encoding="utf-8")

    with pytest.raises(TrainingFailed):  # before Rasa is imported
        train(tmp_path / "models", lambda _: None, Layers(BOT, home))
