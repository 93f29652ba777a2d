"""desk.yml: days and hours that are none, minutes that are none, outcomes that the desk has no words for."""

from typing import Iterator

from check.faults import Fault
from check.nodes import get, items, key_node, pairs, plain, text
from check.project import Project
from check.sources import Source
from shop.desk_rules import DAYS, MINUTES, read_closed, read_spans

KEYS = ("hours", "closed", *MINUTES, "outcomes")


def faults(project: Project) -> Iterator[Fault]:
    """What is wrong in desk.yml."""
    for source in project.of_kind("desk"):
        for key, _ in pairs(source.root):
            if key.value not in KEYS:
                yield source.fault(key, "desk_unknown_key", name=key.value, known=", ".join(KEYS))
        for name in () if source.of_shop else KEYS:
            if key_node(source.root, name) is None:
                yield source.fault(1, "desk_missing", name=name)
        yield from _hours(source)
        yield from _minutes(source)
        for outcome in items(get(source.root, "outcomes")):
            if f"outcome_{text(outcome)}" not in project.desk_words:
                yield source.fault(outcome, "desk_outcome", name=text(outcome) or "")


def _hours(source: Source) -> Iterator[Fault]:
    for day, spans in pairs(get(source.root, "hours")):
        if day.value not in DAYS:
            yield source.fault(day, "desk_day", name=day.value, known=", ".join(DAYS))
        try:
            list(read_spans([text(span) or "" for span in items(spans)], day.value))
        except ValueError:
            yield source.fault(day, "desk_hours", name=day.value)
    for closed in items(get(source.root, "closed")):
        try:
            read_closed(text(closed) or "")
        except ValueError:
            yield source.fault(closed, "desk_closed", name=text(closed) or "")


def _minutes(source: Source) -> Iterator[Fault]:
    for name in MINUTES:
        value = get(source.root, name)
        minutes = plain(value)
        if value is not None and (isinstance(minutes, bool) or not isinstance(minutes, (int, float)) or minutes <= 0):
            yield source.fault(value, "desk_minutes", name=name)
