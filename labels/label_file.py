"""Reads labels from a file: JSON lines `{"text", "intent", "held_out"}`, or a YAML list of the same.

`text` is in the syntax of Rasa's examples; `held_out` may be left out; other fields are not read.
"""

import json
from pathlib import Path
from typing import Any, Iterator

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from labels.label import Label

YAML_ENDINGS = (".yml", ".yaml")


class LabelFileInvalid(Exception):
    """The file cannot be used.

    Attributes:
        code: what is wrong, the ending of a text `labels_file_…`: missing, empty, not_read or no_label.
        place: the first wrong line of JSON lines or item of a list, from 1; 0 when it is the file as a whole.
    """

    def __init__(self, code: str, file: Path, place: int = 0) -> None:
        super().__init__(f"{code}: {file}:{place}")
        self.code, self.file, self.place = code, file, place


def read_labels(file: Path) -> tuple[Label, ...]:
    """Every label of `file`, in order; never empty.

    Raises:
        LabelFileInvalid: see there.
        OSError: the file cannot be read.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise LabelFileInvalid("missing", file) from None
    except UnicodeDecodeError:
        raise LabelFileInvalid("not_read", file) from None
    said = _yaml(text, file) if file.suffix in YAML_ENDINGS else _json_lines(text, file)
    labels = tuple(_label(one, file, place) for place, one in said)
    if not labels:
        raise LabelFileInvalid("empty", file)
    return labels


def _json_lines(text: str, file: Path) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError):
                raise LabelFileInvalid("not_read", file, number) from None


def _yaml(text: str, file: Path) -> Iterator[tuple[int, Any]]:
    try:
        said = YAML(typ="safe").load(text)
    except YAMLError:
        raise LabelFileInvalid("not_read", file) from None
    if said is not None and not isinstance(said, list):
        raise LabelFileInvalid("not_read", file)
    return enumerate(said or [], start=1)


def _label(said: Any, file: Path, place: int) -> Label:
    if isinstance(said, dict):
        text, intent, held_out = said.get("text"), said.get("intent"), said.get("held_out", False)
        if isinstance(text, str) and isinstance(intent, str) and isinstance(held_out, bool):
            return Label(text, intent.strip(), held_out)
    raise LabelFileInvalid("no_label", file, place)
