"""desk.yml: days and hours that are none, minutes that are none, outcomes that the desk has no words for.

Its departments and the rules that lead to them are in `routing.py`.
"""

from typing import Iterator, Optional, Sequence

from check.faults import Fault
from check.nodes import Node, get, items, key_node, pairs, plain, text
from check.project import Project
from check.sources import Source
from shop.desk_rules import DAYS, MINUTES, PROPOSE, read_closed, read_spans

NEEDED = ("hours", "closed", *MINUTES, "outcomes")
KEYS = (*NEEDED, "departments", "skills", "routing", "priority", PROPOSE)


def faults(project: Project) -> Iterator[Fault]:
    """What is wrong in desk.yml."""
    for source in project.of_kind("desk"):
        for key, _ in pairs(source.root):
            if key.value not in KEYS:
                yield source.fault(key, "desk_unknown_key", name=key.value, known=", ".join(KEYS))
        for name in () if source.of_shop else NEEDED:
            if key_node(source.root, name) is None:
                yield source.fault(1, "desk_missing", name=name)
        yield from hours(source, source.root)
        yield from _closed(source)
        yield from minutes(source, source.root, (*MINUTES, PROPOSE))
        for outcome in items(get(source.root, "outcomes")):
            if f"outcome_{text(outcome)}" not in project.desk_words:
                yield source.fault(outcome, "desk_outcome", name=text(outcome) or "")


def hours(source: Source, where: Optional[Node]) -> Iterator[Fault]:
    """What is wrong in the hours of this mapping."""
    for day, spans in pairs(get(where, "hours")):
        if day.value not in DAYS:
            yield source.fault(day, "desk_day", name=day.value, known=", ".join(DAYS))
        try:
            list(read_spans([text(span) or "" for span in items(spans)], day.value))
        except ValueError:
            yield source.fault(day, "desk_hours", name=day.value)


def minutes(source: Source, where: Optional[Node], names: Sequence[str]) -> Iterator[Fault]:
    """Which of these keys of a mapping are no numbers of minutes."""
    for name in names:
        value = get(where, name)
        count = plain(value)
        if value is not None and (isinstance(count, bool) or not isinstance(count, (int, float)) or count <= 0):
            yield source.fault(value, "desk_minutes", name=name)


def _closed(source: Source) -> Iterator[Fault]:
    for closed in items(get(source.root, "closed")):
        try:
            read_closed(text(closed) or "")
        except ValueError:
            yield source.fault(closed, "desk_closed", name=text(closed) or "")
