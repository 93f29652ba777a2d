"""Puts sentences into one YAML file of sentences, or takes them out, line by line: every other byte stays.

YAML is only read, to know where lines are to go; nothing is written from what was read. The result is read again and
has to be what was there and exactly these sentences besides.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Iterable, Iterator, Mapping, Sequence

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from labels.places import LINE_END, Block, NotAMapping, Places

NLU, REMOVED = "nlu", "removed"
VERSION = 'version: "3.1"'
STRIPPED = "\n\r "  # by Rasa, from both ends of a sentence


@dataclass(frozen=True)
class Line:
    """A sentence in a file.

    Attributes:
        intent: the one it stands under.
        written: with its annotations, without the dash.
        section: `nlu`, or `removed` for one of the product's that a shop does not want.
    """

    intent: str
    written: str
    section: str = NLU


class NotEditable(Exception):
    """Nothing can be written without touching something else.

    Attributes:
        reason: an ending of the texts `not_editable_…`: unreadable, form, gone or differs.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def edited(text: str, add: Sequence[Line], drop: Sequence[Line] = (), header: str = "") -> str:
    """`text` with the lines of `add` at the ends of their intents, and without those of `drop`.

    Args:
        text: of a file, its ends of lines as they are; empty when it is a new one.
        header: the comment a new file begins with.

    Raises:
        NotEditable: see there.
    """
    if not add and not drop:
        return text
    before = text or f"{VERSION}\n{header}"
    try:
        file = _File(before)
        changed = file.edited(add, drop)
        after = _normal(_loaded(changed))
    except YAMLError as error:
        raise NotEditable("unreadable") from error
    if after != file.expected():
        raise NotEditable("differs")
    return changed


@dataclass
class _Edits:
    """What is to become of the rows, and of the content that they stand for."""

    before: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))  # row -> new ones before it
    gone: set[int] = field(default_factory=set)
    added: dict[tuple[str, int], list[str]] = field(default_factory=lambda: defaultdict(list))
    dropped: dict[tuple[str, int], list[str]] = field(default_factory=lambda: defaultdict(list))
    new_blocks: list[tuple[str, str, list[str]]] = field(default_factory=list)
    whole_blocks: set[tuple[str, int]] = field(default_factory=set)
    whole_sections: set[str] = field(default_factory=set)
    new_version: bool = False


class _File:
    """One file, and what is to become of it."""

    def __init__(self, text: str) -> None:
        try:
            self._places = Places(text)
        except NotAMapping as error:
            raise NotEditable("form") from error
        self._content = _normal(_loaded(text))
        self._blocks = [block for section in (NLU, REMOVED) for block in self._places.blocks(section)]
        self._edits = _Edits()

    def edited(self, add: Sequence[Line], drop: Sequence[Line]) -> str:
        """The new text."""
        for line in drop:
            self._drop(line)
        new: dict[tuple[str, str], list[str]] = defaultdict(list)
        for line in add:
            new[line.section, line.intent].append(line.written)
        blocks: dict[str, list[tuple[str, list[str]]]] = defaultdict(list)
        for (section, intent), sentences in new.items():
            if not self._add(section, intent, sentences):
                blocks[section].append((intent, sentences))
        self._drop_empty({*blocks})
        new_ones_last = sorted(blocks, key=lambda section: (self._places.key_row(section) is None, section))
        for section in new_ones_last:
            self._add_blocks(section, blocks[section])
        return self._written()

    def expected(self) -> Mapping[str, Any]:
        """The content that the new text must have, in normal form."""
        edits, content = self._edits, dict(self._content)
        if edits.new_version:
            content["version"] = "3.1"
        for section in (NLU, REMOVED):
            kept = []
            for place, item in enumerate(content.get(section) or []):
                if (section, place) in edits.whole_blocks:
                    continue
                if (section, place) in {*edits.added, *edits.dropped}:
                    lines = list(item["examples"])
                    for written in edits.dropped[section, place]:
                        lines.remove(next(one for one in lines if _sentence(one) == written))
                    as_list = self._block(section, place).as_list
                    lines += [_normal_line(one, as_list) for one in edits.added[section, place]]
                    item = {**item, "examples": lines}
                kept.append(item)
            for other, intent, sentences in edits.new_blocks:
                if other == section:
                    kept.append({"intent": intent, "examples": [_normal_line(one, False) for one in sentences]})
            if section in edits.whole_sections:
                content.pop(section)
            elif kept or section in content:
                content[section] = kept or content[section]
        return content

    def _drop(self, line: Line) -> None:
        for block in self._of(line.section, line.intent):
            for written, first, last in block.sentences:
                if written == line.written and first not in self._edits.gone:
                    self._edits.gone.update(range(first, last + 1))
                    self._edits.dropped[block.section, block.place].append(written)
                    return
        raise NotEditable("gone")

    def _add(self, section: str, intent: str, sentences: Sequence[str]) -> bool:
        """Put the sentences at the end of a block of this intent; False when there is none to put them into."""
        block = next((one for one in self._of(section, intent) if one.writable), None)
        if block is None:
            return False
        row = block.last_sentence_row + 1
        self._edits.added[section, block.place] += sentences
        blanks = " " * block.column
        for one in sentences:
            line = f"- text: {json.dumps(one, ensure_ascii=False)}" if block.as_list else f"- {one}"
            self._edits.before[row].append(blanks + line)
        return True

    def _drop_empty(self, kept_sections: set[str]) -> None:
        """Take out blocks without a sentence left, and a section without a block left."""
        edits = self._edits
        for section, place in list(edits.dropped):
            block = self._block(section, place)
            if len(edits.dropped[section, place]) < len(block.sentences) or (section, place) in edits.added:
                continue
            edits.whole_blocks.add((section, place))
            edits.gone.update(range(block.node.start_mark.line, block.last_row + 1))
        for section in {section for section, _ in edits.whole_blocks} - kept_sections:
            if all((section, place) in edits.whole_blocks for place, _ in enumerate(self._content[section])):
                edits.whole_sections.add(section)
                edits.gone.add(self._places.key_row(section) or 0)

    def _add_blocks(self, section: str, blocks: Iterable[tuple[str, list[str]]]) -> None:
        """Blocks at the end of a section, which is made when missing."""
        end = self._places.end(section)
        if end is None:
            raise NotEditable("form")
        new = self._edits.before[end.row]
        if self._places.key_row(section) is None:
            if self._places.is_empty and not self._edits.new_version:
                self._edits.new_version = True
                new.append(VERSION)
            new.append(f"{section}:")
        blanks = " " * end.column
        for intent, sentences in blocks:
            self._edits.new_blocks.append((section, intent, sentences))
            lines = [f"- intent: {intent}", "  examples: |", *(f"    - {one}" for one in sentences)]
            new += [*([""] if end.apart else []), *(blanks + line for line in lines)]

    def _written(self) -> str:
        """The rows with what is to become of them."""
        pieces: list[str] = []
        ending = next((found[0] for found in map(LINE_END.search, self._places.rows) if found), "\n")
        for row in range(len(self._places.rows) + 1):
            for line in self._edits.before.get(row, ()):
                before = LINE_END.search(pieces[-1]) if pieces else None
                if pieces and not before:
                    pieces[-1] += ending
                pieces.append(line + (before[0] if before else ending))
            if row < len(self._places.rows) and row not in self._edits.gone:
                pieces.append(self._places.rows[row])
        return "".join(pieces)

    def _of(self, section: str, intent: str) -> Iterator[Block]:
        return (block for block in self._blocks if (block.section, block.intent) == (section, intent))

    def _block(self, section: str, place: int) -> Block:
        return next(block for block in self._blocks if (block.section, block.place) == (section, place))


def _loaded(text: str) -> Any:
    return YAML(typ="safe").load(text) or {}


def _normal(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """With the sentences of each block as a list; blank lines among them mean nothing."""
    sections = {
        key: [_normal_item(item) for item in value] if key in (NLU, REMOVED) and isinstance(value, list) else value
        for key, value in content.items()
    }
    return sections


def _normal_item(item: Any) -> Any:
    examples = item.get("examples") if isinstance(item, dict) else None
    if isinstance(examples, str):
        return {**item, "examples": [line for line in examples.splitlines() if line.strip()]}
    return {**item, "examples": [_normal_example(one) for one in examples]} if isinstance(examples, list) else item


def _normal_example(example: Any) -> Any:
    """One of a list; what Rasa takes off its ends means nothing, such as the end of a file's last line."""
    text = example.get("text") if isinstance(example, dict) else None
    return {**example, "text": text.strip(STRIPPED)} if isinstance(text, str) else example


def _normal_line(written: str, as_list: bool) -> Any:
    return _normal_example({"text": written}) if as_list else f"- {written}"


def _sentence(line: Any) -> str:
    return str(line["text"]).strip() if isinstance(line, dict) else line[1:].strip()
