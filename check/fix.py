"""Puts right what is mechanical; every line that is not concerned stays as it is, byte by byte."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping, Sequence

from base.layers import Layers
from check.checker import check
from check.faults import Edit, Fault

MOST_PASSES = 8  # one edit may uncover another: a text gets its quotes, then its accents


@dataclass(frozen=True)
class Fixed:
    """The files that change with their new `texts`, how many faults that takes away, and those that are left."""

    texts: Mapping[Path, str]
    count: int
    left: tuple[Fault, ...]


def fix(layers: Layers, register: str = "tu") -> Fixed:
    """What the files would be; nothing is written."""
    texts: dict[Path, str] = {}
    before = faults = check(layers, register)
    for _ in range(MOST_PASSES):
        fixable = [fault for fault in faults if fault.edits and fault.path]
        if not fixable:
            break
        for path in {fault.path for fault in fixable if fault.path}:
            text = texts[path] if path in texts else path.read_bytes().decode("utf-8")
            texts[path] = edited(text, [fault.edits for fault in fixable if fault.path == path])
        faults = check(layers, register, instead={path: text.encode() for path, text in texts.items()})
    return Fixed(texts, len(before) - len(faults), faults)


def edited(text: str, groups: Sequence[Sequence[Edit]]) -> str:
    """`text` with the groups of edits, each made whole or, where it would meet an earlier one, not at all."""
    taken: list[Edit] = []
    for group in groups:
        if not any(one.start < other.end and other.start < one.end for one in group for other in taken):
            taken += group
    for edit in sorted(taken, key=lambda one: one.start, reverse=True):
        text = text[: edit.start] + edit.new + text[edit.end :]
    return text


def write(texts: Mapping[Path, str]) -> None:
    """Put the texts in their files, each whole or not at all, with the permissions they have."""
    for path, text in texts.items():
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.name}.", delete=False) as draft:
            draft.write(text.encode("utf-8"))
        os.chmod(draft.name, path.stat().st_mode & 0o777)
        os.replace(draft.name, path)
