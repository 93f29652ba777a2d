"""Puts a new piece into a YAML file of trainers and leaves everything else in it as it is, comments included."""

import re
from functools import cache
from pathlib import Path
from typing import Optional

from ruamel.yaml import YAML

from check.nodes import Node, compose, get, is_list, is_mapping, key_node, plain
from check.style import last_of

PIECES = Path(__file__).with_suffix(".yml")
NEW_FILE = 'version: "3.1"\n'
STANDING_APART = ("rules", None)  # sections whose items have an empty line between them
INSIDE = 2  # columns
COMMENT = re.compile(r"\s*#")


class NoPlaceForIt(Exception):
    """The file is written in a way that nothing can be added to: a list in brackets, a value where a list is wanted."""


def piece(key: str, **values: object) -> str:
    """The piece of `cli/pieces.yml` with its values."""
    return _pieces()[key].format(**values)


def with_piece(text: str, section: Optional[str], new: str, whole: str = NEW_FILE) -> str:
    """`text`, the content of a file, with `new` at the end of a section.

    Args:
        section: a key at the top of the file, made when missing; None: the file itself is a list.
        new: items of a list, or keys; from the first column on.
        whole: how a file begins that has nothing in it yet.

    Raises:
        NoPlaceForIt: see there.
        ruamel.yaml.error.YAMLError: the file is no YAML.
    """
    root = compose(text)
    below = _indented(new, 0 if new.startswith("-") else INSIDE)  # the section's key
    if root is None:
        text = _ended(text) if text.strip() else whole if section else ""
        return f"{text}{section}:\n{below}" if section else text + new
    value = get(root, section) if section else root
    key = key_node(root, section) if section else None
    if section and key is None:
        if not is_mapping(root):
            raise NoPlaceForIt
        return f"{_ended(text)}{section}:\n{below}"
    if key is not None and plain(value) is None:
        return _inserted(text, key.start_mark.line + 1, below)
    if value is None or not (is_list(value) or is_mapping(value)) or value.flow_style:
        raise NoPlaceForIt
    column, line = value.start_mark.column, _line_after(text, value)
    apart = "\n" if _stand_apart(text, value, section in STANDING_APART) else ""
    return _inserted(text, line, apart + _indented(new, column))


def _inserted(text: str, line: int, new: str) -> str:
    """With `new` before the line of this number, counted from 0."""
    lines = _ended(text).splitlines(keepends=True)
    return "".join([*lines[:line], new, *lines[line:]])


def _line_after(text: str, node: Node) -> int:
    """The number of the line after the last one of a list or of keys, and after the comments that belong to it."""
    lines, column = text.splitlines(), node.start_mark.column
    line = text[: last_of(node)].rstrip().count("\n") + 1
    while line < len(lines) and COMMENT.match(lines[line]) and _column(lines[line]) >= max(column, 1):
        line += 1
    return line


def _stand_apart(text: str, node: Node, usually: bool) -> bool:
    """Whether things are written with an empty line between them."""
    parts = [part[0] if isinstance(part, tuple) else part for part in node.value]
    if len(parts) < 2:
        return usually
    return not text.splitlines()[parts[-1].start_mark.line - 1].strip()


def _column(line: str) -> int:
    return len(line) - len(line.lstrip())


def _indented(new: str, column: int) -> str:
    return "".join(f"{' ' * column}{line}" if line.strip() else line for line in new.splitlines(keepends=True))


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


@cache
def _pieces() -> dict[str, str]:
    return YAML(typ="safe").load(PIECES.read_text(encoding="utf-8"))
