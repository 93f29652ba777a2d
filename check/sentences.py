"""Annotated sentences as Rasa reads them, each with its line; and what is wrong in how they are written.

- intent: request_return
  examples: |
    - vorrei restituire l'ordine [48213](order_number)
"""

import json
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Iterator, Optional

from check.faults import Edit, Fault
from check.nodes import Node, get, is_list, is_mapping, items, line_of, pairs, text
from check.sources import SOURCES_KEPT, Source

ANNOTATION = re.compile(r"\[(?P<words>[^\]]+?)\](?:\((?P<entity>[^:)]+?)(?::[^)]+)?\)|\{(?P<keys>[^}]+?)\})")
LEFT_OVER = re.compile(r"[\[\]]|\((?P<name>[a-z]+_[a-z_]+|[a-z]+)\)")
OTHER_ITEMS = ("synonym", "regex", "lookup")
KEYS = {"intent", "examples", "metadata"}
TOP_KEYS = {"version", "nlu", "removed"}
SPACES = re.compile(r"(?<=\S)[ \u00a0]{2,}(?=\S)|\u00a0")


@dataclass(frozen=True)
class Span:
    """Where an entity stands in a sentence; `end` is not included."""

    entity: str
    start: int
    end: int


@dataclass(frozen=True)
class Sentence:
    """A sentence with its place.

    Attributes:
        text: without annotations.
        written: with them, as it stands in the file.
    """

    text: str
    intent: str
    spans: tuple[Span, ...]
    source: Source
    line: int
    written: str

    @cached_property
    def masked(self) -> str:
        """The text with each entity replaced by its kind."""
        return ANNOTATION.sub(lambda found: f" {_entity_of(found)} ", self.written)

    def fault(self, key: str, /, edits: tuple[Edit, ...] = (), **values: object) -> Fault:
        """A fault in this sentence's line."""
        return self.source.fault(self.line, key, edits, **values)


@dataclass(frozen=True)
class Block:
    """The sentences of one intent in one file."""

    intent: str
    node: Node
    sentences: tuple[Sentence, ...]


@lru_cache(maxsize=SOURCES_KEPT)
def blocks(source: Source, key: str = "nlu") -> tuple[Block, ...]:
    """What stands under `key`, as far as it can be read."""
    return tuple(_blocks(source, key))


@lru_cache(maxsize=SOURCES_KEPT)
def form_faults(source: Source) -> tuple[Fault, ...]:
    """What keeps sentences from being read, whatever they mean."""
    return tuple(_form_faults(source))


def _blocks(source: Source, key: str) -> Iterator[Block]:
    for item in items(get(source.root, key)):
        intent = text(get(item, "intent"))
        if intent:
            examples = get(item, "examples")
            found = (sentence_of(source, intent, line, written) for line, written in _written(source, examples))
            yield Block(intent, item, tuple(one for one in found if one.text))


def _form_faults(source: Source) -> Iterator[Fault]:
    for key, value in pairs(source.root):
        if key.value not in TOP_KEYS:
            yield source.fault(key, "nlu_unknown_key", name=key.value, known=", ".join(sorted(TOP_KEYS)))
        elif key.value != "version":
            if not is_list(value):
                yield source.fault(key, "nlu_no_list", name=key.value)
            for item in items(value):
                yield from _item_faults(source, item)


def _item_faults(source: Source, item: Node) -> Iterator[Fault]:
    if not is_mapping(item):
        yield source.fault(item, "nlu_item_no_intent")
        return
    names = {key.value for key, _ in pairs(item)}
    if not names.isdisjoint(OTHER_ITEMS):
        return
    if not text(get(item, "intent")):
        yield source.fault(item, "nlu_item_no_intent")
        return
    intent, examples = get(item, "intent"), get(item, "examples")
    for key, _ in pairs(item):
        if key.value not in KEYS:
            yield source.fault(key, "nlu_item_unknown_key", name=key.value)
    if examples is None or not examples.value:
        yield source.fault(item, "nlu_no_examples", intent=intent.value)
    elif is_mapping(examples) or not all(map(is_mapping, items(examples))):
        yield source.fault(examples, "nlu_examples_no_text", intent=intent.value)
    elif not is_list(examples):
        if examples.style != "|":
            yield source.fault(examples, "nlu_examples_no_bar", intent=intent.value)
        yield from _line_faults(source, examples)


def _line_faults(source: Source, examples: Node) -> Iterator[Fault]:
    if examples.style != "|":
        return
    for number, line in enumerate(examples.value.splitlines(), line_of(examples) + 1):
        if not line.strip():
            continue
        if not line.startswith("-"):
            yield source.fault(number, "nlu_no_dash")
        elif not line[1:].strip():
            yield source.fault(number, "nlu_empty_sentence")
        elif not line.startswith("- "):
            start, _ = source.line_span(number)
            place = start + source.text[start:].index("-") + 1
            yield source.fault(number, "nlu_no_space", (Edit(place, place, " "),))
        else:
            yield from _spaces(source, number)


def _spaces(source: Source, number: int) -> Iterator[Fault]:
    start, end = source.line_span(number)
    written = source.text[start:end]
    edits = [Edit(start + m.start(), start + m.end(), " ") for m in SPACES.finditer(written)]
    if edits:
        yield source.fault(number, "spaces_inside", tuple(edits))


def _written(source: Source, examples: Optional[Node]) -> Iterator[tuple[int, str]]:
    if examples is None or is_mapping(examples):
        return
    if is_list(examples):
        for item in items(examples):
            words = text(get(item, "text")) if is_mapping(item) else text(item)
            yield line_of(item), (words or "").strip()
        return
    inside = 1 if examples.style in ("|", ">") else 0
    for number, line in enumerate(examples.value.splitlines(), line_of(examples) + inside):
        if line.startswith("-"):
            yield number, line[1:].strip()


def sentence_of(source: Source, intent: str, line: int, written: str) -> Sentence:
    """What is written in a line, with annotations."""
    spans, plain, after = [], "", 0
    for found in ANNOTATION.finditer(written):
        plain += written[after : found.start()]
        words, after = found["words"], found.end()
        spans.append(Span(_entity_of(found), len(plain), len(plain) + len(words)))
        plain += words
    return Sentence(plain + written[after:], intent, tuple(spans), source, line, written)


def _entity_of(found: "re.Match[str]") -> str:
    if found["entity"]:
        return str(found["entity"])
    try:
        return str(json.loads("{" + found["keys"] + "}").get("entity") or "")
    except ValueError:
        return ""
