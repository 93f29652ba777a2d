"""One thing that is wrong: where, what, and, where it is mechanical, the edit that puts it right."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Mapping, Optional

from base.yaml_text import read_yaml

MESSAGES = Path(__file__).with_name("it.yml")


@dataclass(frozen=True)
class Edit:
    """Characters `start` to `end` (not included) of a file's text are to be `new`."""

    start: int
    end: int
    new: str


@dataclass(frozen=True)
class Fault:
    """What is wrong in a line.

    Attributes:
        file: as it is shown, from the folder of the project or of the shop.
        line: from 1.
        key: of the message in `it.yml`.
        values: what fills the message's placeholders.
        edits: what puts it right, all of them together; none when a person has to decide.
        path: of the file on this disk; None for what is no file.
    """

    file: str
    line: int
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()
    path: Optional[Path] = None

    @property
    def message(self) -> str:
        """What is wrong, in Italian."""
        return messages()[self.key].format(**self.values)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@cache
def messages() -> dict[str, str]:
    """Every message by its key, placeholders still open."""
    return read_yaml(MESSAGES.read_text(encoding="utf-8"))
