"""Reads annotated sentences, of training and held out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from base.settings import ROOT

TRAINING = ROOT / "data" / "nlu"
HELD_OUT = Path(__file__).parent

Span = tuple[str, int, int]


@dataclass(frozen=True)
class Sentence:
    file: str
    text: str
    intent: str
    entities: frozenset[Span]


def sentences(folder: Path) -> Iterator[Sentence]:
    """Every sentence of the YAML files of `folder`."""
    from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

    for file in sorted(folder.glob("*.yml")):
        for example in RasaYAMLReader().read(str(file)).nlu_examples:
            spans = frozenset((e["entity"], e["start"], e["end"]) for e in example.get("entities", []))
            yield Sentence(file.name, example.get("text"), example.get("intent"), spans)
