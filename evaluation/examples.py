"""Reads a folder of annotated sentences as trainers write them: `data/nlu` or `tests/nlu`."""

from pathlib import Path

from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

from evaluation.labelled import Labelled, LabelledFileInvalid, Span


def read_examples(folder: Path, may_be_empty: bool = False) -> tuple[Labelled, ...]:
    """Every sentence that has an intent in the YAML files of `folder`, in the order of their names.

    Raises:
        LabelledFileInvalid: there is none, and there must be.
    """
    found = []
    for file in sorted(folder.glob("*.yml")):
        for example in RasaYAMLReader().read(str(file)).intent_examples:
            spans = (Span(one["entity"], one["start"], one["end"]) for one in example.get("entities", []))
            found.append(Labelled(example.get("text"), example.get("intent"), frozenset(spans)))
    if not found and not may_be_empty:
        raise LabelledFileInvalid("empty", folder)
    return tuple(found)
