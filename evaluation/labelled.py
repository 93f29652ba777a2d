"""Reads labelled sentences: JSON lines `{"text", "intent", "entities": [{"entity", "start", "end"}]}`.

Offsets count characters, the end not included. `entities` may be left out where there are none; other fields (`id`,
`value`) are not read. Blank lines are skipped.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

OUT_OF_SCOPE = "out_of_scope"


class Span(NamedTuple):
    """An entity and where it stands: `text[start:end]`."""

    entity: str
    start: int
    end: int


@dataclass(frozen=True)
class Labelled:
    """A sentence, and what should be understood of it."""

    text: str
    intent: str
    entities: frozenset[Span]


class LabelledFileInvalid(Exception):
    """The file cannot be used.

    Attributes:
        code: what is wrong, the ending of the operator's text: missing, empty, not_json, no_text, no_intent,
            entities or span.
        file: the file.
        line: the first wrong line, counted from 1; 0 when it is the file as a whole.
    """

    def __init__(self, code: str, file: Path, line: int = 0) -> None:
        super().__init__(f"{code}: {file}:{line}")
        self.code, self.file, self.line = code, file, line


class _Fault(Exception):
    """One line is wrong; its argument is the code."""


def read_labelled(file: Path) -> tuple[Labelled, ...]:
    """Every sentence of `file`, in order; never empty.

    Raises:
        LabelledFileInvalid: see there.
        OSError: the file cannot be read.
    """
    if not file.exists():
        raise LabelledFileInvalid("missing", file)
    sentences = []
    for number, line in enumerate(file.read_bytes().split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            sentences.append(_labelled(line))
        except _Fault as fault:
            raise LabelledFileInvalid(str(fault), file, number) from fault
    if not sentences:
        raise LabelledFileInvalid("empty", file)
    return tuple(sentences)


def _labelled(line: bytes) -> Labelled:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        raise _Fault("not_json") from None
    if not isinstance(said, dict):
        raise _Fault("not_json")
    text = _words(said, "text")
    entities = said.get("entities", [])
    if not isinstance(entities, list):
        raise _Fault("entities")
    return Labelled(text, _words(said, "intent").strip(), frozenset(_span(entity, text) for entity in entities))


def _words(said: dict[str, Any], field: str) -> str:
    value = said.get(field)
    if not isinstance(value, str) or not value.strip():
        raise _Fault(f"no_{field}")
    return value.encode("utf-8", "replace").decode()  # half an emoji is no text; a turn reads it so too


def _span(said: Any, text: str) -> Span:
    if not isinstance(said, dict) or not isinstance(said.get("entity"), str) or not said["entity"].strip():
        raise _Fault("entities")
    start, end = said.get("start"), said.get("end")
    if type(start) is not int or type(end) is not int:
        raise _Fault("entities")
    if not 0 <= start < end <= len(text):
        raise _Fault("span")
    return Span(said["entity"].strip(), start, end)
