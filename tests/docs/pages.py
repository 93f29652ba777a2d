"""What the trainers' pages tell to type and to write, as a test can do it."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from base.settings import ROOT

COMMAND = re.compile(r"    (?:\.venv/bin/)?sportello (?P<words>.+)$")
SECTION = re.compile(r"#{2,3} (?P<title>.+)")
GOES_INTO = re.compile(r"(?i)in fondo a `(?P<file>[\w./-]+)`:$")


@dataclass(frozen=True)
class Step:
    """Something a page tells to do: a command, or lines for the end of a file of the shop's folder.

    Attributes:
        section: title of the part of the page.
        words: of the command, without `sportello`; none for lines.
        output: file into which the command's output goes; mostly none.
        file, lines: where which lines go; empty for a command.
    """

    page: str
    line: int
    section: str
    words: tuple[str, ...] = ()
    output: str = ""
    file: str = ""
    lines: str = ""

    def __str__(self) -> str:
        return f"{self.page}:{self.line} " + (shlex.join(self.words) or self.file)


def steps(page: str) -> list[Step]:
    """Everything the page `docs/<page>` tells to do, in its order."""
    return list(_steps(page, (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines()))


def _steps(page: str, lines: list[str]) -> Iterator[Step]:
    section, number = "", 0
    while number < len(lines):
        line, number = lines[number], number + 1
        if title := SECTION.match(line):
            section = title["title"]
        elif command := COMMAND.match(line):
            words = shlex.split(command["words"], comments=True)
            words, output = (words[:-2], words[-1]) if ">" in words else (words, "")
            yield Step(page, number, section, tuple(words), output)
        elif into := GOES_INTO.search(line):
            began = number
            block, number = _block(lines, number)
            yield Step(page, began + 2, section, file=into["file"], lines=block)


def _block(lines: list[str], number: int) -> tuple[str, int]:
    """The indented lines after an empty one, and the number of the line after them."""
    block = []
    number += 1
    while number < len(lines) and (lines[number].startswith("    ") or not lines[number].strip()):
        block.append(lines[number][4:])
        number += 1
    return "\n".join(block).strip("\n") + "\n", number


def files_of(page: str, suffix: str) -> str:
    """Lines that the page shows as a file of this kind, for instance JSON lines."""
    assert suffix == ".jsonl"
    lines = (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines()
    return "".join(f"{line[4:]}\n" for line in lines if line.startswith('    {"'))


def a_page(text: str, folder: Path) -> list[Step]:
    """The steps of a page that is not in docs/: for tests of this module."""
    (folder / "page.md").write_text(text, encoding="utf-8")
    return list(_steps("page.md", text.splitlines()))
