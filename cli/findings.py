"""The lines of `sportello doctor`: what was found, and whether it is good."""

from dataclasses import dataclass
from datetime import datetime

from base.clock import ROME
from cli.say import say


@dataclass(frozen=True)
class Finding:
    """One line of the answer."""

    good: bool
    line: str


def either(is_good: bool, key: str, **values: object) -> Finding:
    """The text `<key>_good` or `<key>_bad`."""
    return good(f"{key}_good", **values) if is_good else bad(f"{key}_bad", **values)


def good(key: str, **values: object) -> Finding:
    """What is as it should be."""
    return Finding(True, say(key, **values))


def bad(key: str, **values: object) -> Finding:
    """What is not, with what to do."""
    return Finding(False, say(key, **values))


def shown(moment: datetime) -> str:
    """A moment as an operator reads it."""
    return moment.astimezone(ROME).strftime("%d/%m/%Y %H:%M")
