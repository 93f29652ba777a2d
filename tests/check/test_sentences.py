"""Sentences are read as Rasa reads them."""

from pathlib import Path
from typing import Any

import pytest

from base.layers import Layers
from base.settings import ROOT
from check.project import Project
from check.sentences import Span


def spans(entities: list[dict[str, Any]]) -> tuple[Span, ...]:
    return tuple(Span(one["entity"], one["start"], one["end"]) for one in entities)


FILES = sorted((ROOT / "data" / "nlu").glob("*.yml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_sentence_of_a_file_is_read_as_rasa_reads_it(file: Path) -> None:
    from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

    examples = RasaYAMLReader().read(str(file)).intent_examples
    of_rasa = [
        (
            one.get("text"),
            one.get("intent"),
            tuple(Span(e["entity"], e["start"], e["end"]) for e in one.get("entities", [])),
        )
        for one in examples
    ]

    ours = [(one.text, one.intent, one.spans) for one in Project.read(Layers()).trained if one.source.path == file]

    assert ours == of_rasa


def test_a_sentence_knows_its_line() -> None:
    sentence = Project.read(Layers()).trained[-1]

    line = sentence.source.path.read_text(encoding="utf-8").split("\n")[sentence.line - 1]

    assert line.strip() == f"- {sentence.written}"
