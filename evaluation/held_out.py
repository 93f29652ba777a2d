"""The labelled sentences that no model learns from: `tests/nlu` of the product, its strangers, and a shop's own."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from base.layers import Layers
from engine.laid_out import lay_out
from evaluation.examples import read_examples
from evaluation.groups import HOUSE, SHOP, STRANGERS
from evaluation.labelled import Labelled

FOLDER = Path("tests") / "nlu"


@dataclass(frozen=True)
class HeldOut:
    """A labelled sentence, and who wrote it: one of `evaluation.groups.GROUPS`."""

    group: str
    sentence: Labelled


def held_out(layers: Layers) -> tuple[HeldOut, ...]:
    """Every sentence of both layers, in the order of `evaluation.groups.GROUPS`, files and lines.

    Raises:
        rasa.shared.exceptions.RasaException: a file cannot be read.
    """
    product = layers.product / FOLDER
    folders = [(HOUSE, product), (STRANGERS, product / "strangers")]
    if layers.home:
        folders += [(SHOP, layers.home / FOLDER), (SHOP, layers.home / FOLDER / "strangers")]
    return tuple(
        HeldOut(group, sentence)
        for group, folder in folders
        if any(folder.glob("*.yml"))
        for sentence in read_examples(folder, may_be_empty=True)
    )


def training_sentences(layers: Layers) -> tuple[Labelled, ...]:
    """The sentences that a model of these layers learns from, without those that the shop has removed."""
    if layers.home is None:
        return read_examples(layers.product / "data" / "nlu")
    with tempfile.TemporaryDirectory(prefix="sportello-sentences-") as folder:
        lay_out(layers, Path(folder))
        return read_examples(Path(folder) / "data" / "nlu")
