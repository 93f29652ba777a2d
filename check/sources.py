"""The files that are checked, each read once: where it is, what kind it is, its text and its YAML nodes."""

import os
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Iterator, Mapping, Optional

from ruamel.yaml.error import YAMLError

from base.layers import Layers
from check.faults import Edit, Fault
from check.nodes import Node, compose, line_of

# kind -> where in data/, or in the shop's folder
IN_DATA = {
    "nlu": "nlu/*.yml",
    "responses": "responses/*.yml",
    "rules": "rules/*.yml",
    "dialogue": "dialogue.yml",
    "desk": "desk.yml",
    "replies": "replies.yml",
    "look": "look.yml",
    "questions": "domande.yml",
    "parameters": "*.yml",  # every other one
}
# kind -> where beside data/, in the product alone
OF_PRODUCT = {"config": "config.yml"}
# kind -> where beside data/, in the shop's folder likewise
BESIDE = {
    "domain": "domain.yml",
    "held_out": "tests/nlu/*.yml",
    "strangers": "tests/nlu/strangers/*.yml",
    "conversations": "tests/conversations/*.yml",
}
LINE_END = re.compile(r"\r\n|\r|\n")  # as YAML counts lines
YAML_ENDINGS = (".yml", ".yaml")
SOURCES_KEPT = 128  # both layers have some ninety files


@dataclass(frozen=True, eq=False)
class Source:
    """A file as it was read; the same one as long as its text is, so that what is found in it is found once.

    Attributes:
        name: how it is shown.
        kind: a key of `IN_DATA` or `BESIDE`, or "unread" when nobody reads such a file.
        of_shop: whether it lies in the shop's folder.
        text: its characters, line ends as they are; empty when it is no UTF-8.
        root: its nodes; None when it is empty or no YAML.
        problem: why it cannot be read, None when it can.
    """

    path: Path
    name: str
    kind: str
    of_shop: bool
    text: str
    root: Optional[Node]
    problem: Optional[Exception] = None

    def fault(self, where: "Node | int", key: str, /, edits: tuple[Edit, ...] = (), **values: Any) -> Fault:
        """A fault in this file, at a node or in a line."""
        line = where if isinstance(where, int) else line_of(where)
        return Fault(self.name, line, key, values, edits, self.path)

    def line_span(self, number: int) -> tuple[int, int]:
        """Where line `number`, from 1, begins and ends in the text, its end of line not included."""
        start = self._line_starts[number - 1]
        end = self._line_starts[number] if number < len(self._line_starts) else len(self.text)
        return start, start + len(self.text[start:end].rstrip("\r\n"))

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(found.end() for found in LINE_END.finditer(self.text))]

    def written(self, node: Node) -> str:
        """The characters of a node as they stand in the file, quotes included."""
        return self.text[node.start_mark.index : node.end_mark.index]


def read_sources(layers: Layers, instead: Mapping[Path, bytes] = {}) -> tuple[Source, ...]:
    """Every file of both layers, the product's first, in the order of kinds and names.

    Args:
        instead: for some files what is to be read instead of them, or besides when they do not exist.
    """
    return tuple(_sources(layers, instead))


def _sources(layers: Layers, instead: Mapping[Path, bytes]) -> Iterator[Source]:
    for beside, data in zip(layers.beside, layers.data):
        of_shop = beside == layers.home
        seen = set()
        for folder, kinds in ((beside, BESIDE if of_shop else {**BESIDE, **OF_PRODUCT}), (data, IN_DATA)):
            for kind, pattern in kinds.items():
                for path in _found(folder, pattern, instead):
                    if path in seen:
                        continue
                    seen.add(path)
                    yield _read(path, _shown(path, layers), kind, of_shop, instead)
        for path in sorted(_all_below(data, instead) - seen):
            if path.suffix in YAML_ENDINGS and not (of_shop and _is_hidden(path, data)):
                yield Source(path, _shown(path, layers), "unread", of_shop, "", None)


def _found(folder: Path, pattern: str, instead: Mapping[Path, bytes]) -> list[Path]:
    new = {path for path in instead if path.is_relative_to(folder) and path.relative_to(folder).match(pattern)}
    exact = {path for path in new if len(path.relative_to(folder).parts) == len(Path(pattern).parts)}
    return sorted({*(path for path in folder.glob(pattern) if path.is_file()), *exact})


def _all_below(folder: Path, instead: Mapping[Path, bytes]) -> set[Path]:
    return {*folder.rglob("*.*"), *(path for path in instead if path.is_relative_to(folder))}


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _shown(path: Path, layers: Layers) -> str:
    """The product's files from its folder; the shop's from where we are, or in full."""
    if layers.home is None or not path.is_relative_to(layers.home):
        return path.relative_to(layers.product).as_posix()
    here = Path(os.getcwd())
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()


def _read(path: Path, name: str, kind: str, of_shop: bool, instead: Mapping[Path, bytes]) -> Source:
    try:
        text = (instead[path] if path in instead else path.read_bytes()).decode("utf-8")
    except UnicodeDecodeError as error:
        return Source(path, name, kind, of_shop, "", None, error)
    return _composed(path, name, kind, of_shop, text)


@lru_cache(maxsize=SOURCES_KEPT)
def _composed(path: Path, name: str, kind: str, of_shop: bool, text: str) -> Source:
    try:
        return Source(path, name, kind, of_shop, text, compose(text))
    except YAMLError as error:
        return Source(path, name, kind, of_shop, text, None, error)
