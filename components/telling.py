"""What a training tells while it goes on: which step it is in, and how much of each kind of work is new.

Components tell it, whoever started the training listens; where nobody does, nothing happens. One training at a time.
"""

from contextlib import contextmanager
from typing import Iterator, Optional, Protocol

WORDS, VECTORS, LEFT_OUT = "words", "vectors", "left_out"  # kinds of work: sentences split, encoded, cross-validated


class Listener(Protocol):
    """Called from the threads of the training."""

    def began(self, step: str) -> None:
        """A step has begun: the name of a class of ours, or a word of `engine.training_steps`."""

    def ended(self, step: str) -> None:
        """It is over."""

    def counted(self, kind: str, done: int, new: int, count: int) -> None:
        """Of `count` sentences `new` have to be worked on, and `done` of these are."""


_listener: Optional[Listener] = None


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """While this lasts, `listener` is told."""
    global _listener
    before, _listener = _listener, listener
    try:
        yield
    finally:
        _listener = before


def began(step: str) -> None:
    """See `Listener`."""
    if _listener is not None:
        _listener.began(step)


def ended(step: str) -> None:
    """See `Listener`."""
    if _listener is not None:
        _listener.ended(step)


def counted(kind: str, done: int, new: int, count: int) -> None:
    """See `Listener`."""
    if _listener is not None:
        _listener.counted(kind, done, new, count)
