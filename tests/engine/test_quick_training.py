from pathlib import Path

from rasa.engine.training.hooks import TrainingHook
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.utils import training_data_from_paths
from rasa.shared.nlu.training_data.training_data import TrainingData

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


def same_messages(one: TrainingData, other: TrainingData) -> bool:
    return {id(message) for message in one.training_examples} == {id(message) for message in other.training_examples}


def texts(data: TrainingData) -> list[str]:
    return [message.get("text") for message in data.nlu_examples]


def test_nothing_is_kept_for_the_cache_while_it_lasts_and_afterwards_as_before() -> None:
    before = TrainingHook.on_after_node

    with without_detours():
        during = TrainingHook.on_after_node

    assert during is not before and TrainingHook.on_after_node is before
