"""A conversation as it went, turn by turn. Nothing heavy is imported here: reports are made of it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Mismatch:
    """What a turn should have done, and what it did.

    Attributes:
        kind: the key of the turn that was not met; `placeholder` for one that nothing filled, `button` for one that was
            not there, `broken` for a turn that ended in an error.
        wanted, got: as they are shown; empty where there is nothing to show.
    """

    kind: str
    wanted: str
    got: str


@dataclass(frozen=True)
class HeldTurn:
    """One turn as it went.

    Attributes:
        place: from 1, as it is counted in the file, those in which nobody writes included.
        said: what the customer wrote, or the title of the button.
        pressed: whether it was a button.
        files: how many came.
        understood: the intent.
        responses, effects: names, in order.
        words: everything that was answered.
        mismatches: empty where it went as written.
    """

    place: int
    said: str
    pressed: bool
    files: int
    understood: str
    responses: tuple[str, ...]
    effects: tuple[str, ...]
    words: str
    mismatches: tuple[Mismatch, ...] = ()


@dataclass(frozen=True)
class Held:
    """A conversation as it went; the last turn is the one that went otherwise, if one did.

    Attributes:
        count: turns that are written.
    """

    name: str
    turns: tuple[HeldTurn, ...]
    count: int

    @property
    def as_written(self) -> bool:
        """Whether nothing went otherwise."""
        return not (self.turns and self.turns[-1].mismatches)

    @property
    def outcome(self) -> tuple[Any, ...]:
        """What two models' conversations are compared by: what was understood, answered and done, not the words."""
        return self.as_written, tuple((turn.understood, turn.responses, turn.effects) for turn in self.turns)
