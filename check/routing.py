"""Departments and routing in desk.yml: what leads nowhere, nobody hears of, or can never be reached."""

from typing import Iterator, Optional, Sequence

from base.settings import MAIL_ADDRESS
from check.desk import hours, minutes
from check.faults import Fault
from check.nodes import Node, get, is_list, items, key_node, pairs
from check.project import Project
from check.sources import Source
from shop.desk_rules import DEPARTMENT_MINUTES, loop_in
from shop.routing import KEY, MATCHES, NUMBERS, Condition, covers, is_value

DEPARTMENT_KEYS = ("name", "mail", "hours", "next", *DEPARTMENT_MINUTES)
ROUTE_KEYS, PRIORITY_KEYS = ("rule", "when", "to", "skill"), ("rule", "when", "ahead_minutes")
INTENT = "intent"


def faults(project: Project) -> Iterator[Fault]:
    """What is wrong in the departments and rules of desk.yml."""
    for source in project.of_kind("desk"):
        yield from _departments(source, project)
        for skill, name in pairs(get(source.root, "skills")):
            if not KEY.fullmatch(skill.value) or not _raw(name):
                yield source.fault(skill, "desk_key", name=skill.value)
        yield from _rules(source, project, "routing", ROUTE_KEYS)
        yield from _rules(source, project, "priority", PRIORITY_KEYS)


def _departments(source: Source, project: Project) -> Iterator[Fault]:
    written = pairs(get(source.root, "departments"))
    keys = _keys(project, "departments")
    elsewhere = _elsewhere(source, project)
    following: dict[str, Optional[str]] = {}
    for key, own in written:
        if not KEY.fullmatch(key.value):
            yield source.fault(key, "desk_key", name=key.value)
        for name, _ in pairs(own):
            if name.value not in DEPARTMENT_KEYS:
                known = ", ".join(DEPARTMENT_KEYS)
                yield source.fault(name, "desk_unknown_key", name=name.value, known=known)
        if not _raw(get(own, "name")) and "name" not in elsewhere.get(key.value, ()):
            yield source.fault(key, "desk_no_name", name=key.value)
        if get(own, "mail") is not None or "mail" not in elsewhere.get(key.value, ()):
            yield from _mail(source, key, own)
        yield from hours(source, own)
        if key_node(own, "hours") is not None and not any(items(spans) for _, spans in pairs(get(own, "hours"))):
            yield source.fault(get(own, "hours") or key, "desk_no_hours", name=key.value)
        yield from minutes(source, own, DEPARTMENT_MINUTES)
        next_ = get(own, "next")
        following[key.value] = _raw(next_) or None
        if next_ is not None and (_raw(next_) not in keys or _raw(next_) == key.value):
            yield source.fault(next_, "desk_unknown_department", name=_raw(next_), known=", ".join(keys) or "—")
            following[key.value] = None
        if next_ is not None and key_node(own, "next_after_minutes") is None:
            yield source.fault(next_, "desk_next_never", name=key.value)
    looped = loop_in(following)
    if looped:
        place = next(key for key, _ in written if key.value == looped[0])
        yield source.fault(place, "desk_loop", way=" → ".join(looped))


def _keys(project: Project, section: str) -> list[str]:
    """The keys of a mapping in all files."""
    found = (pairs(get(source.root, section)) for source in project.of_kind("desk"))
    return list(dict.fromkeys(key.value for own in found for key, _ in own))


def _elsewhere(here: Source, project: Project) -> dict[str, set[str]]:
    """What other files say of departments: the names of keys."""
    said: dict[str, set[str]] = {}
    for source in project.of_kind("desk"):
        for key, own in pairs(get(source.root, "departments")) if source is not here else ():
            said.setdefault(key.value, set()).update(name.value for name, _ in pairs(own))
    return said


def _mail(source: Source, key: Node, own: Node) -> Iterator[Fault]:
    addresses = items(get(own, "mail"))
    if not addresses:
        yield source.fault(key, "desk_no_mail", name=key.value)
    for address in addresses:
        if not MAIL_ADDRESS.fullmatch(_raw(address)):
            yield source.fault(address, "desk_not_a_mail", name=_raw(address))


def _rules(source: Source, project: Project, section: str, known: Sequence[str]) -> Iterator[Fault]:
    departments, skills = _keys(project, "departments"), _keys(project, "skills")
    before: list[tuple[str, list[Condition]]] = []
    for rule in items(get(source.root, section)):
        name = _raw(get(rule, "rule"))
        if not name:
            yield source.fault(rule, "desk_rule_without_name")
        for key, _ in pairs(rule):
            if key.value not in known:
                yield source.fault(key, "desk_unknown_key", name=key.value, known=", ".join(known))
        if section == "routing":
            yield from _named(source, rule, "to", departments, "desk_unknown_department")
            if key_node(rule, "skill") is not None:
                yield from _named(source, rule, "skill", skills, "desk_unknown_skill")
        else:
            yield from _ahead(source, rule)
        yield from _conditions(source, rule, project)
        when = _when(rule)
        earlier = next((one for one, conditions in before if covers(conditions, when)), None)
        if section == "routing" and earlier is not None:
            yield source.fault(rule, "desk_rule_never", name=name, earlier=earlier)
        if len(when) == len(pairs(get(rule, "when"))):  # else what it takes is not known
            before.append((name, when))


def _named(source: Source, rule: Node, key: str, known: Sequence[str], fault: str) -> Iterator[Fault]:
    value = get(rule, key)
    if _raw(value) not in known:
        yield source.fault(value or rule, fault, name=_raw(value), known=", ".join(known) or "—")


def _ahead(source: Source, rule: Node) -> Iterator[Fault]:
    written = _raw(get(rule, "ahead_minutes"))
    if not (written.isascii() and written.isdigit() and int(written) > 0):
        yield source.fault(get(rule, "ahead_minutes") or rule, "desk_minutes", name="ahead_minutes")


def _conditions(source: Source, rule: Node, project: Project) -> Iterator[Fault]:
    for key, value in pairs(get(rule, "when")):
        if key.value not in MATCHES:
            yield source.fault(key, "desk_condition", name=key.value, known=", ".join(MATCHES))
            continue
        values = _values(value)
        if not values or (key.value in NUMBERS and len(values) > 1):
            yield source.fault(key, "desk_condition_value", name=key.value, value="")
        for one in values:
            unknown = key.value == INTENT and project.intent_names and _raw(one) not in project.intent_names
            if unknown or not is_value(key.value, _raw(one)):
                yield source.fault(one, "desk_condition_value", name=key.value, value=_raw(one))


def _when(rule: Node) -> list[Condition]:
    """The conditions that can be compared with others'."""
    found = [(key.value, tuple(_raw(one) for one in _values(value))) for key, value in pairs(get(rule, "when"))]
    return [
        (key, values)
        for key, values in found
        if key in MATCHES and values and all(is_value(key, one) for one in values)
    ]


def _values(value: Node) -> list[Node]:
    return items(value) if is_list(value) else [value]


def _raw(node: Optional[Node]) -> str:
    """The characters of a scalar, whatever YAML would make of them."""
    return str(node.value).strip() if node is not None and isinstance(node.value, str) else ""
