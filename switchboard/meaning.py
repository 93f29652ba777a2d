"""What a text may mean, as the engine says it to whoever asks for no answer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Marked:
    """Where an entity stands in a text; `end` is not included."""

    entity: str
    start: int
    end: int


@dataclass(frozen=True)
class Meaning:
    """The likeliest intents with their confidence, from 0 to 1, and the entities; nothing where nobody says so."""

    intents: tuple[tuple[str, float], ...] = ()
    entities: tuple[Marked, ...] = ()
