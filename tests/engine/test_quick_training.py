import sys
from pathlib import Path

import pytest
from rasa.engine.training.hooks import TrainingHook
from rasa.shared.exceptions import YamlException
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.utils import training_data_from_paths
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils import validation
from rasa.utils import common

from base.settings import ROOT
from engine.quick_training import without_detours

SENTENCES = 'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - ciao\n    - buongiorno\n'


def test_sentences_are_read_once_whatever_language_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "nlu.yml"
    file.write_text(SENTENCES, encoding="utf-8")

    with without_detours():
        importer = TrainingDataImporter.load_from_config(str(ROOT / "config.yml"), training_data_paths=[str(tmp_path)])
        first = importer.get_nlu_data()
        file.write_text(SENTENCES.replace("ciao", "salve"), encoding="utf-8")
        second = importer.get_nlu_data(language="it")

    assert texts(first) == texts(second) == ["ciao", "buongiorno"]


def test_afterwards_everything_is_read_and_copied_as_before(tmp_path: Path) -> None:
    file = tmp_path / "nlu.yml"
    file.write_text(SENTENCES, encoding="utf-8")
    with without_detours():
        during = training_data_from_paths([str(file)], "it")
        shared = during.merge(TrainingData())

    after = training_data_from_paths([str(file)], "it")
    copied = after.merge(TrainingData())

    assert same_messages(shared, during)
    assert not same_messages(copied, after)


def test_a_file_is_validated_once_and_again_when_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPORTELLO_VAR", str(tmp_path / "var"))
    validated: list[str] = []
    monkeypatch.setattr(validation, "validate_yaml_schema", lambda content, *_more: validated.append(content))
    file = tmp_path / "nlu.yml"

    for content in (SENTENCES, SENTENCES, f"{SENTENCES}    - salve\n", SENTENCES):
        file.write_text(content, encoding="utf-8")
        with without_detours():
            training_data_from_paths([str(file)], "it")

    assert validated == [SENTENCES, f"{SENTENCES}    - salve\n"]


def test_what_is_not_valid_is_refused_every_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPORTELLO_VAR", str(tmp_path / "var"))
    file = tmp_path / "nlu.yml"
    file.write_text(SENTENCES.replace("intent: greet", "intents: greet"), encoding="utf-8")

    for _ in range(2):
        with pytest.raises(YamlException), without_detours():
            training_data_from_paths([str(file)], "it")


def test_sentences_are_cleaned_and_repeated_ones_dropped_as_rasa_does() -> None:
    said = [("ciao", " greet "), ("ciao", "greet"), ("grazie", "thank"), ("ciao", "bye")]

    def cleaned() -> list[tuple[str, str]]:
        data = TrainingData([Message({"text": text, "intent": intent}) for text, intent in said])
        return [(message.get("text"), message.get("intent")) for message in data.training_examples]

    with without_detours():
        ours = cleaned()

    assert ours == cleaned() == [("ciao", "greet"), ("grazie", "thank"), ("ciao", "bye")]


def test_a_package_that_is_not_installed_is_found_and_none_is_imported() -> None:
    with without_detours():
        missing = common.find_unavailable_packages(["this_is_no_package", "antigravity"])

    assert missing == {"this_is_no_package"}
    assert "antigravity" not in sys.modules


def same_messages(one: TrainingData, other: TrainingData) -> bool:
    return {id(message) for message in one.training_examples} == {id(message) for message in other.training_examples}


def texts(data: TrainingData) -> list[str]:
    return [message.get("text") for message in data.nlu_examples]


def test_nothing_is_kept_for_the_cache_while_it_lasts_and_afterwards_as_before() -> None:
    before = TrainingHook.on_after_node

    with without_detours():
        during = TrainingHook.on_after_node

    assert during is not before and TrainingHook.on_after_node is before
