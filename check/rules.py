"""Rules: keys nobody reads, intents, actions, slots and forms that do not exist, rules that contradict each other.

What only shows when rules are followed step by step is found by Rasa (`full.py`).
"""

from typing import Any, Iterator

from check.faults import Fault
from check.nodes import Node, get, is_list, is_mapping, items, line_of, pairs, plain, text
from check.project import Named, Project, steps_of
from check.sources import Source

TOP_KEYS = ("version", "rules")
RULE_KEYS = ("rule", "conversation_start", "condition", "wait_for_user_input", "steps", "metadata")
STEP_KEYS = ("intent", "action", "active_loop", "slot_was_set", "entities", "user", "or", "bot")
CONDITION_KEYS = ("active_loop", "slot_was_set")


def faults(project: Project) -> Iterator[Fault]:
    """What is wrong in the rules."""
    for source in project.of_kind("rules"):
        yield from _form(source)
    yield from _twice(project)
    for rule in project.written_rules:
        yield from _of_rule(project, rule)
    yield from _contradicting(project)


def _form(source: Source) -> Iterator[Fault]:
    for key, value in pairs(source.root):
        if key.value not in TOP_KEYS:
            yield source.fault(key, "rules_unknown_key", name=key.value)
        elif key.value == "rules" and not is_list(value):
            yield source.fault(key, "rules_no_list")
    for rule in items(get(source.root, "rules")):
        if not is_mapping(rule) or not text(get(rule, "rule")):
            yield source.fault(rule, "rule_no_name")


def _twice(project: Project) -> Iterator[Fault]:
    """Two rules of one name in one layer: a shop's rule takes the place of the product's with its name."""
    seen: dict[tuple[str, bool], Named] = {}
    for rule in project.written_rules:
        first = seen.setdefault((rule.name, rule.source.of_shop), rule)
        if rule.name and first is not rule:
            values = {"name": rule.name, "file": first.source.name, "line": line_of(first.node)}
            yield rule.source.fault(rule.node, "rule_twice", **values)


def _of_rule(project: Project, rule: Named) -> Iterator[Fault]:
    source = rule.source
    for key, _ in pairs(rule.node):
        if key.value not in RULE_KEYS:
            yield source.fault(key, "rule_unknown_key", name=key.value, known=", ".join(RULE_KEYS))
    steps = steps_of(rule)
    if not steps:
        yield source.fault(rule.node, "rule_no_steps", name=rule.name)
        return
    said = [get(step, "intent") for step in steps if get(step, "intent") is not None]
    if len(said) > 1:
        yield source.fault(said[1], "rule_two_intents", name=rule.name)
    if not any(get(step, "action") is not None for step in steps):
        yield source.fault(rule.node, "rule_no_action", name=rule.name)
    for condition in items(get(rule.node, "condition")):
        yield from _of_step(project, source, condition, CONDITION_KEYS)
    for step in steps:
        yield from _of_step(project, source, step, STEP_KEYS)


def _of_step(project: Project, source: Source, step: Node, keys: tuple[str, ...]) -> Iterator[Fault]:
    if not is_mapping(step):
        yield source.fault(step, "step_form")
        return
    for key, _ in pairs(step):
        if key.value not in keys:
            yield source.fault(key, "step_unknown_key", name=key.value, known=", ".join(keys))
    if not project.whole("domain"):
        return
    intent, action, loop = get(step, "intent"), get(step, "action"), get(step, "active_loop")
    if intent is not None and text(intent) not in project.intent_names:
        yield source.fault(intent, "intent_unknown", intent=plain(intent))
    if action is not None:
        yield from _action(project, source, action)
    forms = {form.name for form in project.forms}
    if loop is not None and plain(loop) is not None and text(loop) not in forms:
        yield source.fault(loop, "form_unknown", form=plain(loop))
    slots = get(step, "slot_was_set")
    for entry in [slots] if is_mapping(slots) else items(slots):
        for name in [key for key, _ in pairs(entry)] or [entry]:
            if text(name) not in project.slot_names:
                yield source.fault(name, "slot_unknown", slot=plain(name))


def _action(project: Project, source: Source, action: Node) -> Iterator[Fault]:
    name = text(action) or ""
    known = {one.name for one in (*project.actions, *project.forms)} | set(project.limits["rasa_actions"])
    if not name.startswith("utter_") and name not in known:
        yield source.fault(action, "action_unknown", action=plain(action))


def _contradicting(project: Project) -> Iterator[Fault]:
    """Rules that begin alike and go on differently."""
    first: dict[str, Named] = {}
    for rule in project.rules:
        steps = [plain(step) for step in steps_of(rule)]
        if not steps or not all(isinstance(step, dict) for step in steps):
            continue
        begins = str([plain(get(rule.value, "condition")), [step for step in steps[:1] if "intent" in step]])
        other = first.setdefault(begins, rule) if "intent" in steps[0] else rule
        if other is not rule and other.name != rule.name and _goes_on(other) != _goes_on(rule):
            values: dict[str, Any] = {"name": rule.name, "other": other.name}
            values.update(intent=steps[0]["intent"], file=other.source.name, line=line_of(other.node))
            yield rule.source.fault(rule.node, "rules_contradict", **values)


def _goes_on(rule: Named) -> list[Any]:
    return [plain(step) for step in steps_of(rule)[1:]]
