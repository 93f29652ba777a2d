"""Test conversations: keys nobody reads, responses and buttons that do not exist, and which intents they show."""

import re
from typing import Iterator

from check.faults import Fault
from check.nodes import Node, get, is_list, is_mapping, items, pairs, plain, text
from check.project import Project
from check.sources import Source
from switchboard.texts import PLACEHOLDER

KEYS = {"conversation", "register", "known_failure", "turns"}
TURN_KEYS = {
    "customer", "button", "wait", "session", "between", "intent", "bot", "says", "never", "card", "problem", "effects",
    "files", "kept",
}  # fmt: skip
LISTS = ("between", "bot", "says", "never", "effects")
WHO = ("customer", "button", "wait", "session", "files")
REGISTERS = ("tu", "lei")
LABEL = "utter_label_"
LABELS = ("utter_label_order_title", "utter_label_return_title", "utter_label_quote_title")


def faults(project: Project) -> Iterator[Fault]:
    """What is wrong in the test conversations."""
    titles = _titles(project)
    names: set[tuple[str, bool]] = set()
    for conversation in project.conversations:
        source, node = conversation.source, conversation.node
        if not is_mapping(node) or not conversation.name:
            yield source.fault(node, "conversation_no_name")
            continue
        for key, _ in pairs(node):
            if key.value not in KEYS:
                yield source.fault(key, "conversation_unknown_key", name=key.value, known=", ".join(sorted(KEYS)))
        if (conversation.name, source.of_shop) in names:
            yield source.fault(node, "conversation_twice", name=conversation.name)
        names.add((conversation.name, source.of_shop))
        register = get(node, "register")
        if register is not None and plain(register) not in REGISTERS:
            yield source.fault(register, "conversation_register")
        if not items(get(node, "turns")):
            yield source.fault(node, "conversation_no_turns", name=conversation.name)
        for turn in items(get(node, "turns")):
            yield from _of_turn(project, source, turn, titles)


def intents_shown(project: Project) -> frozenset[str]:
    """The intents that a turn of a test conversation names, as what is understood or as what may be meant."""
    turns = (turn for conversation in project.conversations for turn in items(get(conversation.node, "turns")))
    named = (one for turn in turns for one in (get(turn, "intent"), *items(get(turn, "between"))))
    return frozenset(text(one) or "" for one in named)


def _of_turn(project: Project, source: Source, turn: Node, titles: set[str]) -> Iterator[Fault]:
    if not any(get(turn, who) is not None for who in WHO):
        yield source.fault(turn, "conversation_no_customer")
    for key, value in pairs(turn):
        if key.value not in TURN_KEYS:
            yield source.fault(key, "conversation_unknown_key", name=key.value, known=", ".join(sorted(TURN_KEYS)))
        elif key.value in LISTS and not is_list(value):
            yield source.fault(value, "conversation_no_list", name=key.value)
    if project.whole("responses"):
        for response in items(get(turn, "bot")):
            if text(response) not in project.responses:
                yield source.fault(response, "response_missing", response=plain(response))
        title = get(turn, "button")
        if title is not None and text(title) not in titles and not _of_data(project, source, title):
            yield source.fault(title, "conversation_no_button", title=title.value)
    named = [*items(get(turn, "between")), *filter(None, [get(turn, "intent")])]
    for intent in named if project.whole("domain") else []:
        if text(intent) not in project.intent_names:
            yield source.fault(intent, "intent_unknown", intent=plain(intent))
    wait = get(turn, "wait")
    if wait is not None and not isinstance(plain(wait), int):
        yield source.fault(wait, "conversation_wait")


def _of_data(project: Project, source: Source, title: Node) -> bool:
    """Whether a button may bear a name of the shop's data, or a label with one in it ("Ordine 104206")."""
    if f'"{title.value}"' in project.shop_data(source):
        return True
    labels = (text(get(v, "text")) for r in project.responses.values() if r.name in LABELS for v in items(r.value))
    return any(label and re.fullmatch(PLACEHOLDER.sub(".+", label), str(title.value)) for label in labels)


def _titles(project: Project) -> set[str]:
    """What is written on buttons, in either register; labels become buttons, too."""
    found: set[str] = set()
    for response in project.responses.values():
        for variant in items(response.value):
            if response.name.startswith(LABEL):
                found.update(_both(variant, "text", get(variant, "metadata")))
            for button in items(get(variant, "buttons")):
                found.update(_both(button, "title", button))
    return found


def _both(node: Node, key: str, beside: "Node | None") -> list[str]:
    return [words for words in (text(get(node, key)), text(get(beside, "lei"))) if words]
