"""What was found in a message, and which of it shares no character with what was found before. No Rasa."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any, Iterable


@dataclass(frozen=True)
class Found:
    """One entity: `text[start:end]` of the customer's message means `value`."""

    entity: str
    start: int
    end: int
    value: str


def apart_from(taken: Iterable[Found], found: Iterable[Found]) -> list[Found]:
    """Those of `found` that share no character with any of `taken`, which share none with each other."""
    spans = sorted((one.start, one.end) for one in taken)
    ends = [end for _, end in spans]
    nearest = ((one, bisect_right(ends, one.start)) for one in found)
    return [one for one, i in nearest if i == len(spans) or one.end <= spans[i][0]]


def entity_of(found: Found, text: str, extractor: str) -> dict[str, Any]:
    """The entity as Rasa carries it: `value` is canonical and fills slots, `text` is what the customer wrote."""
    return {
        "entity": found.entity,
        "start": found.start,
        "end": found.end,
        "value": found.value,
        "text": text[found.start : found.end],
        "extractor": extractor,
    }
