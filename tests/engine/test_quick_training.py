from pathlib import Path

from rasa.engine.training.hooks import TrainingHook
from rasa.shared.importers.utils import training_data_from_paths

from engine.quick_training import without_detours

SENTENCES = 'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - ciao\n    - buongiorno\n'


def test_a_file_is_read_once_and_every_reader_gets_sentences_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "nlu.yml"
    file.write_text(SENTENCES, encoding="utf-8")

    with without_detours():
        first = training_data_from_paths([str(file)], "it")
        file.write_text(SENTENCES.replace("ciao", "salve"), encoding="utf-8")
        second = training_data_from_paths([str(file)], "en")
    after = training_data_from_paths([str(file)], "it")

    assert [message.get("text") for message in second.training_examples] == ["ciao", "buongiorno"]
    assert not {id(m) for m in first.training_examples} & {id(m) for m in second.training_examples}
    assert after.training_examples[0].get("text") == "salve"


def test_nothing_is_kept_for_the_cache_while_it_lasts_and_afterwards_as_before() -> None:
    before = TrainingHook.on_after_node

    with without_detours():
        during = TrainingHook.on_after_node

    assert during is not before and TrainingHook.on_after_node is before
