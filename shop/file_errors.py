"""What can be wrong with a shop file, as one family.

    ShopFileError                  base
    ├── ShopFileUnreadable         there is no JSON to look at: no file, no permission, not UTF-8, not JSON
    └── ShopFileInvalid            the JSON breaks the format; carries every fault that was found

Faults hold no Italian: `code` names a text of `cli/it.yml` (`shop_file_<code>`) and `values` fill it.
"""

from dataclasses import dataclass, field
from typing import Mapping, Sequence, Union

Path = tuple[Union[str, int], ...]


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where, what, and the values that a text about it needs."""

    at: Path
    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where, as people write it: `orders[12].lines[0].quantity`; empty for the file as a whole."""
        steps = (f"[{step}]" if isinstance(step, int) else f".{shown(step)}" for step in self.at)
        return "".join(steps).lstrip(".")


class ShopFileError(Exception):
    """Base of the family."""


class ShopFileUnreadable(ShopFileError):
    """The file cannot be read as JSON. `code` and `values` are as in a fault."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(f"{code} {values}")
        self.code, self.values = code, values


class ShopFileInvalid(ShopFileError):
    """The file breaks the format in the places that `faults` names; nothing of it may be loaded."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults, the first at {faults[0].path or 'the top'}: {faults[0].code}")
        self.faults = tuple(faults)


def shown(value: object, longest: int = 60) -> str:
    """A value from the file in a form that any terminal can print, cut when it is long."""
    if isinstance(value, (dict, list)):
        return "{…}" if isinstance(value, dict) else "[…]"
    text = value if isinstance(value, str) else str(value)
    cut = text[:longest] + ("…" if len(text) > longest else "")
    return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in cut)
