"""domain.yml and config.yml: entities, slots, forms and actions that are unknown, unused or have no code."""

from typing import Iterator

from check.faults import Fault
from check.nodes import Node, get, is_list, is_mapping, items, pairs, plain, text, walk
from check.project import Named, Project

KEYS = ("version", "intents", "entities", "slots", "forms", "actions", "responses", "session_config")
SLOT_TYPES = ("text", "bool", "categorical", "float", "list", "any")
SLOT_KEYS = ("type", "mappings", "influence_conversation", "initial_value", "values", "min_value", "max_value")
FORM_PREFIX = "validate_"


def faults(project: Project) -> Iterator[Fault]:
    """What is wrong in domain.yml and, of names, in config.yml."""
    for source in project.of_kind("domain"):
        for key, value in pairs(source.root):
            if key.value not in KEYS:
                yield source.fault(key, "domain_unknown_key", name=key.value, known=", ".join(KEYS))
            elif key.value in ("intents", "entities", "actions") and not is_list(value):
                yield source.fault(key, "domain_no_list", name=key.value)
            elif key.value in ("slots", "forms") and not is_mapping(value):
                yield source.fault(key, "domain_no_keys", name=key.value)
    for group, key in ((project.entities, "entity_twice"), (project.actions, "action_twice")):
        yield from _twice(group, key)
    if project.whole("domain"):
        yield from _entities(project)
        yield from _slots(project)
        yield from _forms(project)
        yield from _actions(project)
        yield from _config(project)


def _twice(group: list[Named], key: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for one in group:
        if one.name in seen:
            yield one.source.fault(one.node, key, name=one.name)
        seen.add(one.name)


def _entities(project: Project) -> Iterator[Fault]:
    """An entity is used when the sentences mark it or when a part of the program finds it."""
    marked = {span.entity for sentence in project.trained for span in sentence.spans}
    for entity in project.entities:
        if project.whole("nlu") and entity.name not in marked and not project.code.mentions(entity.name):
            yield entity.source.fault(entity.node, "entity_unused", entity=entity.name)


def _slots(project: Project) -> Iterator[Fault]:
    forms = {text(slot) for form in project.forms for slot in items(get(form.value, "required_slots"))}
    ruled = {key.value for _, slots in project.steps("slot_was_set") for one in walk(slots) for key, _ in pairs(one)}
    filled = "\n".join(source.text for source in project.of_kind("responses"))
    for slot in project.slots:
        source = slot.source
        for key, _ in pairs(slot.value):
            if key.value not in SLOT_KEYS:
                yield source.fault(key, "slot_unknown_key", name=key.value, known=", ".join(SLOT_KEYS))
        kind = get(slot.value, "type")
        if kind is None or text(kind) not in SLOT_TYPES:
            yield source.fault(kind or slot.node, "slot_type", slot=slot.name, known=", ".join(SLOT_TYPES))
        if not items(get(slot.value, "mappings")):
            yield source.fault(slot.node, "slot_no_mappings", slot=slot.name)
        used = slot.name in forms | ruled or project.code.mentions(slot.name) or f"{{{slot.name}}}" in filled
        if not used:
            yield source.fault(slot.node, "slot_unused", slot=slot.name)


def _forms(project: Project) -> Iterator[Fault]:
    slots = project.slot_names
    for form in project.forms:
        required = get(form.value, "required_slots")
        if not items(required):
            yield form.source.fault(form.node, "form_no_slots", form=form.name)
        for slot in items(required):
            if text(slot) not in slots:
                yield form.source.fault(slot, "slot_unknown", slot=plain(slot))
        if project.whole("rules") and form.name not in project.said_by_rules:
            yield form.source.fault(form.node, "form_unused", form=form.name)


def _actions(project: Project) -> Iterator[Fault]:
    """An action has code, and a rule or other code leads to it."""
    forms = {form.name for form in project.forms}
    for action in project.actions:
        if action.name.startswith("utter_"):
            continue
        if not project.code.mentions(action.name):
            yield action.source.fault(action.node, "action_no_code", action=action.name)
        elif action.name.startswith(FORM_PREFIX):
            if action.name.removeprefix(FORM_PREFIX) not in forms:
                yield action.source.fault(action.node, "action_no_form", action=action.name)
        elif (
            project.whole("rules") and action.name not in project.said_by_rules and project.code.count(action.name) < 2
        ):
            yield action.source.fault(action.node, "action_unused", action=action.name)


def _leads_to(project: Project, action: str) -> bool:
    """Whether a rule or, besides the action's own name, code does."""
    return action in project.said_by_rules or project.code.count(action) > 1


def _config(project: Project) -> Iterator[Fault]:
    """Entities that config.yml names."""
    known = {entity.name for entity in project.entities}
    for source in project.of_kind("config"):
        for part in items(get(source.root, "pipeline")):
            named: list[Node] = [*items(get(part, "entities")), *(key for key, _ in pairs(get(part, "kinds")))]
            for entity in named:
                if text(entity) not in known:
                    yield source.fault(entity, "entity_unknown", entity=plain(entity))
