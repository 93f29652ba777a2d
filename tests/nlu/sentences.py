"""Reads annotated sentences, of training and held out."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Optional

from base.settings import ROOT
from evaluation.labelled import Labelled
from evaluation.labelled import Span as Labels

TRAINING = ROOT / "data" / "nlu"
HOUSE = Path(__file__).parent
STRANGERS = HOUSE / "strangers"

Span = tuple[str, int, int]


@dataclass(frozen=True)
class Sentence:
    """An annotated sentence.

    Attributes:
        entities: `(entity, start, end)`, the end not included.
        style: who wrote it, when a stranger did: the name of a file of `strangers/`, which describes the style.
    """

    file: str
    text: str
    intent: str
    entities: frozenset[Span]
    style: Optional[str] = None

    @property
    def labelled(self) -> Labelled:
        """The same, as `evaluation` measures it."""
        return Labelled(self.text, self.intent, frozenset(Labels(*span) for span in self.entities))


@cache
def sentences(folder: Path) -> tuple[Sentence, ...]:
    """Every sentence of the YAML files of `folder`, read once."""
    from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

    found = []
    for file in sorted(folder.glob("*.yml")):
        style = file.stem if folder == STRANGERS else None
        for example in RasaYAMLReader().read(str(file)).nlu_examples:
            spans = frozenset((e["entity"], e["start"], e["end"]) for e in example.get("entities", []))
            found.append(Sentence(file.name, example.get("text"), example.get("intent"), spans, style))
    return tuple(found)


def held_out() -> tuple[Sentence, ...]:
    """Every sentence that is never trained: those of the house, then the strangers'."""
    return (*sentences(HOUSE), *sentences(STRANGERS))
