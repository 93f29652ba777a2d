"""A line on standard error that shows a long command is alive."""

import sys

REST = "\x1b[K"  # what a longer line has left behind it goes


def show(line: str, due: bool) -> None:
    """`line`, written over the one before on a terminal; elsewhere a line of its own, and only when it is `due`."""
    if sys.stderr.isatty():
        print(f"\r{line}{REST}", end="", file=sys.stderr, flush=True)
    elif due:
        print(line, file=sys.stderr, flush=True)


def end() -> None:
    """What is written next does not belong to it."""
    if sys.stderr.isatty():
        print(file=sys.stderr)
