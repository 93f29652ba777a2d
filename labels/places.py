"""Where things stand in a YAML file of sentences: rows, blocks and the sentences in them, read and never changed."""

import re
from dataclasses import dataclass, field
from typing import Callable, Iterator, Optional

from check.nodes import Node, ScalarNode, compose, get, is_list, is_mapping, items, key_node, line_of, pairs, plain
from check.nodes import text as text_of

INSIDE = 2  # columns
LINE = re.compile(r"[^\r\n\x85\u2028\u2029]*(?:\r\n|[\r\n\x85\u2028\u2029]|$)")
LINE_END = re.compile(r"(?:\r\n|[\r\n\x85\u2028\u2029])$")
COMMENT = re.compile(r"[ \t]*#")


class NotAMapping(Exception):
    """The file is no mapping with a key a line."""


@dataclass
class Block:
    """The sentences of one intent, where they stand: rows are counted from 0, the last one included."""

    section: str
    place: int  # in the section
    intent: str
    node: Node
    last_row: int
    sentences: list[tuple[str, int, int]] = field(default_factory=list)  # written, first row, last row
    last_sentence_row: int = 0
    column: int = 0  # of the dashes
    as_list: bool = False
    writable: bool = False


@dataclass(frozen=True)
class End:
    """The end of a section: the row before which a block more goes, its column, and whether a blank row comes first."""

    row: int
    column: int
    apart: bool


class Places:
    """One file, as rows and as nodes.

    Args:
        text: of the file, its ends of lines as they are.

    Raises:
        NotAMapping: see there.
        ruamel.yaml.error.YAMLError: it is no YAML.
    """

    def __init__(self, text: str) -> None:
        self._root = compose(text)
        if self._root is not None and not _is_block(self._root, is_mapping):
            raise NotAMapping
        self.rows = [found for found in LINE.findall(text) if found]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but comments."""
        return self._root is None

    def blocks(self, section: str) -> Iterator[Block]:
        """The blocks of a section that have an intent."""
        for place, item in enumerate(items(get(self._root, section))):
            intent, examples = text_of(get(item, "intent")), get(item, "examples")
            if intent:
                block = Block(section, place, intent, item, self._last_row(item))
                self._read(block, examples)
                yield block

    def _read(self, block: Block, examples: Optional[Node]) -> None:
        """Where the block's sentences are, if lines can be put among them."""
        if examples is None or not _is_block(block.node, is_mapping):
            return
        first, block.last_sentence_row = line_of(examples), self._last_row(examples)
        if _is_block(examples, is_list) and items(examples):
            block.as_list, block.column = True, examples.start_mark.column
            block.writable = all(is_mapping(one) and text_of(get(one, "text")) is not None for one in items(examples))
            for one in items(examples) if block.writable else []:
                written = str(text_of(get(one, "text"))).strip()
                block.sentences.append((written, one.start_mark.line, self._last_row(one)))
            return
        if not isinstance(examples, ScalarNode) or examples.style != "|":
            return
        lines, block.writable = examples.value.splitlines(), True
        block.column = _column_of_key(block.node, "examples") + INSIDE
        full = [place for place, line in enumerate(lines) if line.strip()]
        if full:
            block.column = len(LINE_END.sub("", self.rows[first + full[0]])) - len(lines[full[0]])
        for row, line in enumerate(lines, first):
            if line.startswith("-"):
                block.sentences.append((line[1:].strip(), row, row))

    def key_row(self, section: str) -> Optional[int]:
        """The row of a section's key, if it has one."""
        key = key_node(self._root, section)
        return None if key is None else int(key.start_mark.line)

    def end(self, section: str) -> Optional[End]:
        """Where a section ends; None where its value is something that no block can be added to."""
        node, row = get(self._root, section), self.key_row(section)
        if node is not None and _is_block(node, is_list):
            apart = len(node.value) > 1 and self._stands_apart(node.value[-1])
            return End(self._row_after(node), node.start_mark.column, apart)
        if row is None:
            return End(len(self.rows), 0, False)
        return End(row + 1, 0, False) if plain(node) is None else None

    def _last_row(self, node: Node) -> int:
        """The last row with something of a node in it."""
        if _is_block(node, is_mapping) and node.value:
            key, value = node.value[-1]
            return max(key.start_mark.line, self._last_row(value) if plain(value) is not None else 0)
        if _is_block(node, is_list) and node.value:
            return self._last_row(node.value[-1])
        end = node.end_mark
        if not (isinstance(node, ScalarNode) and node.style in ("|", ">")):
            return end.line
        row = end.line - 1 if end.column == 0 or end.line >= len(self.rows) else end.line
        while row > node.start_mark.line and not self.rows[row].strip():
            row -= 1
        return row

    def _stands_apart(self, item: Node) -> bool:
        """Whether there is an empty row before an item and its comments."""
        row = item.start_mark.line - 1
        while row > 0 and COMMENT.match(self.rows[row]):
            row -= 1
        return not self.rows[row].strip()

    def _row_after(self, node: Node) -> int:
        """The row after a list and after the comments that belong to its last item."""
        column, row = max(node.start_mark.column, 1), self._last_row(node) + 1
        while row < len(self.rows) and COMMENT.match(self.rows[row]):
            if len(self.rows[row]) - len(self.rows[row].lstrip()) < column:
                break
            row += 1
        return row


def _is_block(node: Node, is_kind: Callable[[Optional[Node]], bool]) -> bool:
    """Whether a mapping or a list is written on lines of its own, not in brackets."""
    return is_kind(node) and not getattr(node, "flow_style", None)


def _column_of_key(node: Node, name: str) -> int:
    return next(key.start_mark.column for key, _ in pairs(node) if key.value == name)
