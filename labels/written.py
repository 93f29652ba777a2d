"""What is wrong with one sentence while it is written, by the rules of `sportello check`."""

from functools import lru_cache
from pathlib import Path
from typing import Callable, Sequence

from base.layers import Layers, read_layered
from check.annotations import of_sentence
from check.sentences import sentence_of
from check.sources import Source

NOWHERE = Source(Path(), "", "nlu", False, "", None)


def written_faults(layers: Layers) -> Callable[[str, str], Sequence[str]]:
    """A function of a sentence with annotations and its intent that says what is wrong, in Italian."""

    @lru_cache(maxsize=1)
    def entities() -> frozenset[str]:
        """Those of domain.yml, of the product's and the shop's."""
        files = (folder / "domain.yml" for folder in layers.beside)
        read = (read_layered(file).get("entities") or () for file in files if file.is_file())
        return frozenset(next(iter(one)) if isinstance(one, dict) else str(one) for found in read for one in found)

    def faults(sentence: str, intent: str) -> Sequence[str]:
        return tuple(
            dict.fromkeys(one.message for one in of_sentence(sentence_of(NOWHERE, intent, 0, sentence), entities()))
        )

    return faults
