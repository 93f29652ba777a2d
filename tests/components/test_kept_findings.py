"""What cross-validation found is kept for practically the same sentences, and for nothing else."""

from dataclasses import replace
from pathlib import Path
from typing import Optional

import numpy as np
import pytest

from components.intent import learning
from components.intent.findings import Findings
from components.intent.kept import MOST_FILES, forget_findings, keep_findings, kept_findings, keys_of
from components.intent.learning import findings_of
from tests.components.test_intent_stages import SETTINGS, Sentences

TEXTS = [f"frase {number}" for number in range(100)]
INTENTS = ["order", "return"] * 50
FOUND = findings_of(Sentences().learnt())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "intent" / "one.json"
    keep_findings(file, keys_of(TEXTS, INTENTS), INTENTS, FOUND)
    return file


def read(
    file: Path, texts: list[str] = TEXTS, intents: list[str] = INTENTS, vectors: bool = True
) -> Optional[Findings]:
    return kept_findings(file, keys_of(texts, intents), intents, vectors, most_changed=0.02)


def test_the_same_sentences_find_what_was_kept_to_the_last_digit(file: Path) -> None:
    found = read(file)

    assert found.sure_from == FOUND.sure_from
    for stage, kept in ((found.first, FOUND.first), (found.second, FOUND.second)):
        assert stage.temperature == kept.temperature
        assert (stage.scope.bias, stage.scope.refuses_at) == (kept.scope.bias, kept.scope.refuses_at)
        assert np.array_equal(stage.scope.weights, kept.scope.weights)


def test_one_sentence_written_otherwise_changes_nothing_and_two_are_too_many_of_a_hundred(file: Path) -> None:
    assert read(file, ["un'altra frase", *TEXTS[1:]])
    assert read(file, ["un'altra frase", "e un'altra", *TEXTS[2:]]) is None


def test_small_changes_do_not_add_up(file: Path) -> None:
    texts = ["un'altra frase", *TEXTS[1:]]
    assert read(file, texts)

    assert read(file, ["e un'altra", "terza", *texts[2:]]) is None


def test_a_sentence_of_another_intent_is_another_sentence(file: Path) -> None:
    assert read(file, intents=["return", "order", *INTENTS[2:]]) is None


def test_another_intent_or_no_encoder_is_another_training(file: Path) -> None:
    assert read(file, intents=["greet", *INTENTS[1:]]) is None
    assert read(file, vectors=False) is None


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"sentences": 3}', "\x00"])
def test_a_damaged_file_holds_nothing(file: Path, content: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("WARNING", logger="components")  # whatever tests before this one were told to log
    file.write_text(content, encoding="utf-8")

    assert read(file) is None
    assert "cross-validation is done again" in caplog.text


def test_few_files_are_kept_and_all_can_be_forgotten(file: Path) -> None:
    for number in range(MOST_FILES + 2):
        keep_findings(file.with_name(f"{number}.json"), keys_of(TEXTS, INTENTS), INTENTS, FOUND)
    assert len(list(file.parent.iterdir())) == MOST_FILES

    forget_findings(file.parent)

    assert list(file.parent.iterdir()) == []


def test_with_findings_nothing_is_tried_again_and_the_model_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    sentences = Sentences()
    model = sentences.learnt()

    def never(*_args: object) -> None:
        raise AssertionError("cross-validation was done")

    monkeypatch.setattr(learning, "tried", never)
    again = learning.learn(
        sentences.counts,
        sentences.vectors,
        sentences.characters,
        sentences.names,
        replace(SETTINGS, folds=3),
        kept=findings_of(model),
    )

    assert again.sure_from == model.sure_from
    assert [v.confidences.tolist() for v in sentences.verdicts(again)] == [
        v.confidences.tolist() for v in sentences.verdicts(model)
    ]
