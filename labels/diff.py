"""A change of files as a unified diff that `patch -p1` and `git apply` take."""

import difflib
from typing import Iterator, Optional

NO_END = "\\ No newline at end of file\n"


def unified(name: str, before: Optional[str], after: Optional[str]) -> str:
    """The diff of one file; empty when nothing changes.

    Args:
        name: of the file, from the folder in which the diff is to be applied.
        before, after: its content; None where there is no file.
    """
    if before == after:
        return ""
    head = f"diff --git a/{name} b/{name}\n"
    if before is None:
        head += "new file mode 100644\n"
    if after is None:
        head += "deleted file mode 100644\n"
    old, new = f"a/{name}" if before is not None else "/dev/null", f"b/{name}" if after is not None else "/dev/null"
    lines = difflib.unified_diff(_lines(before), _lines(after), f"{old}{_tab(name)}", f"{new}{_tab(name)}")
    return head + "".join(_ended(line) for line in lines)


def _lines(text: Optional[str]) -> list[str]:
    """Lines as those programs count them, by line feeds alone."""
    return [line for line in _split(text or "") if line]


def _split(text: str) -> Iterator[str]:
    *whole, last = text.split("\n")
    yield from (f"{line}\n" for line in whole)
    yield last


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n{NO_END}"


def _tab(name: str) -> str:
    """A name with blanks ends at a tab."""
    return "\t" if " " in name else ""
