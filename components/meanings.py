"""What the entities of a message mean, each in one normalised form (docs/nlu-entities.md has the table).

`value` is what fills slots and what actions read; `normalized` is what a shop's system would store. They are the same
for numbers, addresses, amounts and quantities. For the rest `value` stays as the customer wrote it, so that actions can
say it back and search for it.
"""

from datetime import date
from typing import Any, Callable, Mapping, Optional, Sequence

from components.colors import color_value
from components.dates import date_value
from components.how_large import size_value
from components.normalise import fold
from components.places import gazetteer

Entity = Mapping[str, Any]
_Reading = Callable[[str], Any]


def with_meanings(text: str, entities: Sequence[Entity], today: Optional[date]) -> list[dict[str, Any]]:
    """The entities of `text`, each with `normalized`.

    Args:
        text: the message as it was parsed: `start` and `end` count its characters.
        entities: as the pipeline found them; those of a button or another part of the message stay as they are.
        today: the day of the message, Italian local date; dates mean nothing where it is not known.

    Returns:
        New entities; `normalized` is None where the words tell nothing: "da qualche giorno", a town that does not
        exist.
    """
    return [
        {**entity, "normalized": _normalized(text, entity, today)} if "start" in entity else dict(entity)
        for entity in entities
    ]


def _normalized(text: str, entity: Entity, today: Optional[date]) -> Any:
    start, end = entity["start"], entity["end"]
    if entity["entity"] == "date":
        return date_value(text, start, end, today) if today else None
    reading = _READINGS.get(entity["entity"])
    return reading(text[start:end]) if reading else entity["value"]


def _place(written: str) -> Optional[dict[str, Optional[str]]]:
    place = gazetteer().place(written)
    return place.as_dict() if place else None


def _postal_code(written: str) -> Optional[str]:
    code = fold(written).text
    return code if gazetteer().code_exists(code) else None


def _product(written: str) -> dict[str, Any]:
    """Of no catalogue yet: `engine/products.py` looks for it where a shop is at hand."""
    return {"name": " ".join(fold(written).text.split()), "sku": None, "candidates": []}


_READINGS: Mapping[str, _Reading] = {
    "place": _place,
    "postal_code": _postal_code,
    "product": _product,
    "size": size_value,
    "color": color_value,
}
