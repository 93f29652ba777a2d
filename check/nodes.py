"""YAML as nodes that know where they stand, read by the parser that the program and Rasa read it with (YAML 1.2)."""

import re
from functools import lru_cache
from typing import Any, Iterator, Optional

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

TRUE_FALSE = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
NULLS = ("", "~", "null", "Null", "NULL")
INTEGER, DECIMAL = re.compile(r"[-+]?[0-9]+"), re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


@lru_cache(maxsize=256)
def compose(text: str) -> Optional[Node]:
    """The root of one YAML document, None when there is nothing in it; read once, so nobody changes it.

    Raises:
        ruamel.yaml.error.YAMLError: it is no YAML.
    """
    return YAML(typ="safe").compose(text)


def line_of(node: Node) -> int:
    """The line on which a node begins, counted from 1."""
    return node.start_mark.line + 1


def is_mapping(node: Optional[Node]) -> bool:
    return isinstance(node, MappingNode)


def is_list(node: Optional[Node]) -> bool:
    return isinstance(node, SequenceNode)


def pairs(node: Optional[Node]) -> list[tuple[Node, Node]]:
    """Keys and values of a mapping, as often as they are written; none of anything else."""
    return list(node.value) if isinstance(node, MappingNode) else []


def items(node: Optional[Node]) -> list[Node]:
    """The items of a list; none of anything else."""
    return list(node.value) if isinstance(node, SequenceNode) else []


def get(node: Optional[Node], key: str) -> Optional[Node]:
    """The value of a key, the last one when it is written twice."""
    return next((value for name, value in reversed(pairs(node)) if name.value == key), None)


def key_node(node: Optional[Node], key: str) -> Optional[Node]:
    """The node of the key itself."""
    return next((name for name, _ in reversed(pairs(node)) if name.value == key), None)


def text(node: Optional[Node]) -> Optional[str]:
    """The words of a scalar that is a text; None of a number, of `true`, of nothing, and of what is no scalar."""
    value = plain(node) if isinstance(node, ScalarNode) else None
    return value if isinstance(value, str) else None


def plain(node: Optional[Node]) -> Any:
    """What a node stands for: dicts, lists, texts, numbers, booleans, None."""
    if isinstance(node, MappingNode):
        return {plain(key) if isinstance(key, ScalarNode) else None: plain(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [plain(item) for item in node.value]
    return None if node is None else _scalar(node.value, node.style)


def walk(node: Optional[Node]) -> Iterator[Node]:
    """A node and everything in it; what is named again with `*` comes once."""
    seen: set[int] = set()
    waiting = [node] if node is not None else []
    while waiting:
        here = waiting.pop()
        if id(here) in seen:
            continue
        seen.add(id(here))
        yield here
        if isinstance(here, MappingNode):
            waiting += [part for pair in here.value for part in pair]
        elif isinstance(here, SequenceNode):
            waiting += here.value


def _scalar(written: str, style: Optional[str]) -> Any:
    if style:
        return written
    if written in NULLS:
        return None
    if written in TRUE_FALSE:
        return TRUE_FALSE[written]
    if INTEGER.fullmatch(written):
        return int(written)
    return float(written) if DECIMAL.fullmatch(written) else written
