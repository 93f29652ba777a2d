"""What is mechanical in how files and texts are written: spaces, ends of lines, quotes, accents, order of keys.

All of it carries its edits, so that `sportello check --fix` can do it. What customers write is left as they write it.
"""

import re
from functools import lru_cache
from typing import Iterator, Mapping, Optional, Sequence

from check.faults import Edit, Fault
from check.nodes import Node, ScalarNode, get, is_mapping, items, line_of, pairs, text, walk
from check.project import Project
from check.rules import RULE_KEYS
from check.sources import SOURCES_KEPT, Source
from check.variants import BUTTON_KEYS, VARIANT_KEYS
from components.normalise import fold

TRAILING = re.compile(r"[ \t]+(?=\r?\n|$)")
DOUBLE = re.compile(r"(?<=[^\s\\])(?: {2,}|[ ]*\u00a0[ \u00a0]*)(?=\S)")
BEFORE_SIGN = re.compile(r"(?<=[\w})»]) +(?=[,.;:!?](?:\s|$|[\"']))")
CURLY = re.compile("[’‘]")
TYPOGRAPHIC = str.maketrans("’‘", "''")
ITEM_KEYS = ("intent", "examples", "metadata")
WORDS = ("text", "lei", "title")  # keys of a response whose value customers read
VERSION = "version"
WITH_VERSION = ("domain", "nlu", "responses", "rules", "held_out", "strangers")  # kinds of files that Rasa reads, too
PLAIN = (None, "", "'")  # styles of a scalar that is not in double quotation marks, nor a block


def faults(project: Project) -> Iterator[Fault]:
    """Everything mechanical, in all files."""
    for source in project.sources:
        yield from _form_faults(source)
    spellings = _spellings(project)
    for source in project.of_kind("responses"):
        for node in walk(get(source.root, "responses")):
            for key, value in pairs(node):
                if key.value in WORDS and isinstance(value, ScalarNode):
                    yield from words_faults(source, value, spellings)


@lru_cache(maxsize=SOURCES_KEPT)
def _form_faults(source: Source) -> tuple[Fault, ...]:
    lines = _lines(source) if source.text else ()
    return (*lines, *(_orders(source) if source.root is not None else ()))


def words_faults(source: Source, node: Node, spellings: Mapping[str, str]) -> Iterator[Fault]:
    """How the words of a scalar are written; `spellings` as from `spellings_of`."""
    written, start = source.written(node).rstrip(), node.start_mark.index
    if node.style in PLAIN and text(node) is not None and "\n" not in written:
        quoted = '"' + node.value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        yield source.fault(node, "style_quotes", (Edit(start, start + len(written), quoted),))
        return
    for key, pattern, new in (
        ("spaces_inside", DOUBLE, " "),
        ("space_before_sign", BEFORE_SIGN, ""),
        ("style_apostrophe", CURLY, "'"),
    ):
        edits = tuple(Edit(start + found.start(), start + found.end(), new) for found in pattern.finditer(written))
        if edits:
            yield source.fault(node, key, edits)
    for found in _pattern(tuple(spellings)).finditer(written):
        right = _with_case(spellings[found[0].lower().translate(TYPOGRAPHIC)], found[0])
        yield source.fault(
            line_of(node) + written.count("\n", 0, found.start()),
            "style_accent",
            (Edit(start + found.start(), start + found.end(), right),),
            written=found[0],
            right=right,
        )


def _spellings(project: Project) -> Mapping[str, str]:
    return spellings_of(project.limits)


def spellings_of(limits: Mapping[str, object]) -> Mapping[str, str]:
    """Each wrong spelling, in lower case, with the right one."""
    wrong: dict[str, str] = dict(limits["misspelt"])
    for word in (*limits["accented"], *limits["accented_or_not"]):
        plain = fold(word).text
        wrong[word.translate(str.maketrans("éèìòùà", "èéíóúá"))] = word
        wrong[f"{plain}'"] = word
    wrong.update({fold(word).text: word for word in limits["accented"]})
    return wrong


@lru_cache(maxsize=2)
def _pattern(wrong: Sequence[str]) -> "re.Pattern[str]":
    """Whole words; an apostrophe at the end belongs to them unless a letter follows."""
    words = "|".join(re.escape(word).replace("'", "['’]") for word in sorted(wrong, key=len, reverse=True))
    return re.compile(rf"(?<![\w'’])(?:{words})(?![\w'’])", re.IGNORECASE)


def _with_case(right: str, written: str) -> str:
    return right[0].upper() + right[1:] if written[0].isupper() else right


def _lines(source: Source) -> Iterator[Fault]:
    if "\r" in source.text:
        edits = (Edit(found.start(), found.end(), "\n") for found in re.finditer(r"\r\n?", source.text))
        yield source.fault(1, "style_line_ends", tuple(edits))
        return
    for found in TRAILING.finditer(source.text):
        if found.end() > found.start():
            line = source.text.count("\n", 0, found.start()) + 1
            yield source.fault(line, "style_trailing", (Edit(found.start(), found.end(), ""),))
    end = len(source.text.rstrip("\n"))
    if source.text[end:] != "\n":
        line = source.text.count("\n", 0, end) + 1
        yield source.fault(line, "style_last_line", (Edit(end, len(source.text), "\n"),))


def _orders(source: Source) -> Iterator[Fault]:
    """Keys that stand in another order than everywhere else."""
    if is_mapping(source.root) and source.kind in WITH_VERSION:
        yield from _order(source, source.root, (VERSION,))
    if source.kind == "responses":
        for _, variants in pairs(get(source.root, "responses")):
            for variant in items(variants):
                yield from _order(source, variant, VARIANT_KEYS)
                for button in items(get(variant, "buttons")):
                    yield from _order(source, button, BUTTON_KEYS)
    for top, order in (("rules", RULE_KEYS), ("nlu", ITEM_KEYS)):
        for item in items(get(source.root, top)):
            yield from _order(source, item, order)


def _order(source: Source, node: Optional[Node], order: Sequence[str]) -> Iterator[Fault]:
    written = pairs(node)
    if len(order) > 1 and not {key.value for key, _ in written} <= set(order):
        return  # what nobody knows has no place
    wanted = sorted(written, key=lambda pair: order.index(pair[0].value) if pair[0].value in order else len(order))
    if [key.value for key, _ in written] == [key.value for key, _ in wanted]:
        return
    places = [_segment(source, node, key, value) for key, value in written]
    if any(one is None for one in places) or any(one[1] > other[0] for one, other in zip(places, places[1:])):
        return  # something is named again with `*`: it stands elsewhere
    texts = [source.text[slice(*places[written.index(pair)])] for pair in wanted]
    edits = tuple(Edit(start, end, new) for (start, end), new in zip(places, texts))
    first = next(key for (key, _), (other, _) in zip(written, wanted) if key is not other)
    yield source.fault(first, "style_order", edits, order=", ".join(key.value for key, _ in wanted))


def _segment(source: Source, mapping: Node, key: Node, value: Node) -> Optional[tuple[int, int]]:
    """Where a key with its value and, in a block, the comment after it stands."""
    start, end = key.start_mark.index, last_of(value)
    if end < start:
        return None
    if not mapping.flow_style:
        line_end = source.text.find("\n", end)
        end = len(source.text) if line_end < 0 else line_end
    return start, end


def last_of(node: Node) -> int:
    """Where what a node holds ends; a block's own end lies after the lines that follow it."""
    if isinstance(node, ScalarNode) or node.flow_style or not node.value:
        end = node.end_mark.index
        return end - 1 if isinstance(node, ScalarNode) and node.style in ("|", ">") else end
    last = node.value[-1]
    return last_of(last[1] if isinstance(last, tuple) else last)
