"""One variant of a response: its words, placeholders nobody fills, formal words, buttons that lead nowhere.

What makes a response unreadable for the running program is decided by `switchboard/texts.py`; here it gets its line.
"""

import json
import re
from typing import Iterator, Optional

from check.faults import Fault
from check.informal import informal_words
from check.nodes import Node, get, is_list, is_mapping, items, pairs, plain, text
from check.project import Named, Project
from check.sources import Source
from switchboard.texts import FORMAL, LEFT_FOR_FRONT, PAYLOAD, PLACEHOLDER

VARIANT_KEYS = ("channel", "condition", "text", "metadata", "buttons")
BUTTON_KEYS = ("title", "lei", "payload")
CHANNELS = ("web", "telegram")
BRACES = re.compile(r"\{[^{}]*\}|[{}]")
LONGEST_TITLE = 60


def faults(project: Project, response: Named, variant: Node) -> Iterator[Fault]:
    source = response.source
    for key, _ in pairs(variant):
        if key.value not in VARIANT_KEYS:
            known = ", ".join(VARIANT_KEYS)
            yield source.fault(key, "variant_unknown_key", name=key.value, known=known)
    words = get(variant, "text")
    if not text(words):
        yield source.fault(words or variant, "variant_no_text", response=response.name)
        return
    yield from _placeholders(project, response, words)
    metadata = get(variant, "metadata")
    yield from formal_faults(project, source, words, get(metadata, FORMAL))
    channel = get(variant, "channel")
    if channel is not None and plain(channel) not in CHANNELS:
        yield source.fault(channel, "variant_channel", name=plain(channel), known=", ".join(CHANNELS))
    yield from _conditions(project, source, get(variant, "condition"))
    buttons = get(variant, "buttons")
    if buttons is not None and not is_list(buttons):
        yield source.fault(buttons, "buttons_no_list")
    titles: set[str] = set()
    for button in items(buttons):
        yield from _of_button(project, response, button)
        title = text(get(button, "title")) or ""
        if title in titles:
            yield source.fault(button, "button_twice", title=title)
        titles.add(title)


def _conditions(project: Project, source: Source, conditions: Optional[Node]) -> Iterator[Fault]:
    if conditions is not None and not is_list(conditions):
        yield source.fault(conditions, "condition_no_list")
    for condition in items(conditions):
        name = get(condition, "name")
        if plain(get(condition, "type")) != "slot" or name is None or get(condition, "value") is None:
            yield source.fault(condition, "condition_form")
        elif project.whole("domain") and text(name) not in project.slot_names:
            yield source.fault(name, "slot_unknown", slot=name.value)


def _placeholders(project: Project, response: Named, words: Node) -> Iterator[Fault]:
    """Who fills them: slots; what the program gives to this response; the front, the number of a request."""
    source, written = response.source, text(words) or ""
    for found in BRACES.findall(written):
        if not PLACEHOLDER.fullmatch(found):
            yield source.fault(words, "placeholder_form", written=found)
            continue
        name = found[1:-1]
        if name in project.slot_names or name == LEFT_FOR_FRONT:
            continue
        product = project.product_responses.get(response.name)
        if source.of_shop and product is not None:
            if name not in _names(product):
                known = ", ".join(sorted(_names(product))) or "-"
                yield source.fault(words, "placeholder_not_of_product", name=name, known=known)
        elif source.of_shop or _only_rules_say(project, response.name) or name not in project.code.keywords:
            yield source.fault(words, "placeholder_unfilled", name=name)


def _only_rules_say(project: Project, response: str) -> bool:
    return response in project.said_by_rules and not project.code.says(response)


def formal_faults(project: Project, source: Source, words: Node, formal: Optional[Node]) -> Iterator[Fault]:
    """What is wrong with the formal words beside `words`, or that they are missing."""
    informal = text(words) or ""
    if formal is None:
        both = not source.of_shop or project.register == FORMAL
        left = informal_words(informal) if both else []
        if left:
            yield source.fault(words, "formal_missing", words=", ".join(left))
        return
    said = text(formal)
    if not said:
        yield source.fault(formal, "formal_no_text")
        return
    different = set(PLACEHOLDER.findall(informal)) ^ set(PLACEHOLDER.findall(said))
    if different:
        yield source.fault(formal, "formal_placeholders", names=", ".join(sorted(different)))
    if said == informal:
        yield source.fault(formal, "formal_same")
    left = informal_words(said)
    if left:
        yield source.fault(formal, "formal_informal", words=", ".join(left))


def _of_button(project: Project, response: Named, button: Node) -> Iterator[Fault]:
    source = response.source
    title, payload = get(button, "title"), get(button, "payload")
    if not is_mapping(button) or not text(title) or not text(payload):
        yield source.fault(button, "button_form")
        return
    for key, _ in pairs(button):
        if key.value not in BUTTON_KEYS:
            yield source.fault(key, "button_unknown_key", name=key.value, known=", ".join(BUTTON_KEYS))
    if len(text(title) or "") > LONGEST_TITLE:
        yield source.fault(title, "button_long", most=LONGEST_TITLE)
    yield from _placeholders(project, response, title)
    yield from formal_faults(project, source, title, get(button, FORMAL))
    yield from _payload(project, response, payload)


def _payload(project: Project, response: Named, payload: Node) -> Iterator[Fault]:
    source = response.source
    found = PAYLOAD.fullmatch(text(payload) or "")
    entities = _entities(found["entities"] or "{}") if found else None
    if found is None or entities is None:
        yield source.fault(payload, "button_payload", written=payload.value)
        return
    if project.whole("domain"):
        if found["intent"] not in project.intent_names:
            yield source.fault(payload, "button_nowhere", intent=found["intent"])
        known = {entity.name for entity in project.entities}
        for name in entities:
            if name not in known and not project.code.mentions(name):
                yield source.fault(payload, "button_entity", entity=name)


def _entities(written: str) -> Optional[dict[str, object]]:
    try:
        read = json.loads(written)
    except ValueError:
        return None
    return read if isinstance(read, dict) else None


def values(variant: Node) -> frozenset[str]:
    return frozenset(PLACEHOLDER.findall(text(get(variant, "text")) or ""))


def payloads(variant: Node) -> list[Optional[str]]:
    return [text(get(button, "payload")) for button in items(get(variant, "buttons"))]


def _names(response: Named) -> frozenset[str]:
    """The placeholders of all variants, in words and buttons."""
    found: set[str] = set()
    for variant in items(response.value):
        found.update(values(variant))
        for button in items(get(variant, "buttons")):
            found.update(PLACEHOLDER.findall(text(get(button, "title")) or ""))
    return frozenset(found)
