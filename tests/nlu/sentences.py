"""Reads annotated sentences, of training and held out."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

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


@cache
def sentences(folder: Path) -> tuple[Sentence, ...]:
    """Every sentence of the YAML files of `folder`, read once."""
    from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

    found = []
    for file in sorted(folder.glob("*.yml")):
        for example in RasaYAMLReader().read(str(file)).nlu_examples:
            spans = frozenset((e["entity"], e["start"], e["end"]) for e in example.get("entities", []))
            found.append(Sentence(file.name, example.get("text"), example.get("intent"), spans))
    return tuple(found)
