"""dialogue.yml: keys nobody reads, intents that do not exist, numbers out of range, cases without rule or words."""

from typing import Any, Iterator, Optional

from actions.dialogue import DETAILS
from check.faults import Fault
from check.nodes import Node, get, is_list, is_mapping, items, pairs, plain, text
from check.project import Project, steps_of
from check.sources import Source

CASE_FORM = "case_form"
# Where intents are named: a list of them, a list of lists, keys with lists.
INTENTS = (
    ("heard_in_a_description",),
    ("told_in_a_case",),
    ("choices",),
    ("close", "same_answer"),
    ("several", "told"),
    ("several", "no_requests"),
    ("several", "alone"),
    ("several", "one_by_one"),
    ("several", "topics"),
    ("several", "leaning"),
    ("identity", "proved_first"),
    ("at_once", "requests"),
    ("threats", "not_instead_of"),
    ("questions", "never_instead_of"),
)
KEYED_BY_INTENT = (("several", "leaning"),)
SHARES = (
    ("leaves_a_case_at",),
    ("close", "first_below"),
    ("close", "second_of_first"),
    ("close", "together"),
    ("several", "least_sure"),
    ("questions", "shown_at"),
    ("questions", "asked_at"),
    ("questions", "clear_request"),
    ("questions", "shown_beside_a_request_at"),
    ("questions", "asked_beside_a_request_at"),
)
COUNTS = (("described_by_words",), ("close", "most"), ("questions", "most"))
NEEDED = (
    ("cases",),
    ("heard_in_a_description",),
    ("told_in_a_case",),
    ("corrections",),
    ("choices",),
    ("at_once", "requests"),
    ("at_once", "from_euro"),
    ("threats", "words"),
    ("threats", "names"),
    ("threats", "steps"),
    ("threats", "harmless"),
    ("close", "same_answer"),
    ("close", "going_on"),
    ("close", "ordinals"),
    ("several", "joints"),
    ("several", "no_requests"),
    ("several", "alone"),
    ("several", "one_by_one"),
    *SHARES,
    *COUNTS,
)
FREE = ("cases", "joints", "topics", "leaning", "channels")  # their keys are the trainers'


def faults(project: Project) -> Iterator[Fault]:
    """What is wrong in dialogue.yml, the shop's included."""
    for source in project.of_kind("dialogue"):
        yield from _unknown_keys(project, source, source.root)
        yield from _values(source)
        if project.whole("domain"):
            yield from _intents(project, source)
        yield from _cases(project, source)
        if not source.of_shop:
            yield from _missing(source)


def _missing(source: Source) -> Iterator[Fault]:
    for path in NEEDED:
        if _at(source, path) is None:
            above = _at(source, path[:-1]) or source.root
            yield source.fault(above if len(path) > 1 else 1, "dialogue_missing", name=".".join(path))


def _unknown_keys(project: Project, source: Source, node: Optional[Node]) -> Iterator[Fault]:
    for key, value in pairs(node):
        if not project.code.mentions(key.value):
            yield source.fault(key, "dialogue_unknown_key", name=key.value)
        elif key.value not in FREE:
            yield from _unknown_keys(project, source, value)


def _values(source: Source) -> Iterator[Fault]:
    for path in SHARES:
        value = _at(source, path)
        if value is not None and not _between(plain(value), 0, 1):
            yield source.fault(value, "dialogue_share", name=".".join(path))
    for path in COUNTS:
        value = _at(source, path)
        if value is not None and (not isinstance(plain(value), int) or plain(value) < 1):
            yield source.fault(value, "dialogue_count", name=".".join(path))
    for path in (*INTENTS, ("corrections",), ("close", "going_on"), ("close", "ordinals")):
        value = _at(source, path)
        if value is not None and not (is_list(value) or is_mapping(value)):
            yield source.fault(value, "dialogue_no_list", name=".".join(path))


def _intents(project: Project, source: Source) -> Iterator[Fault]:
    known = project.intent_names | {"nlu_fallback"}
    for path in INTENTS:
        node = _at(source, path)
        keys = [key for key, _ in pairs(node)] if path in KEYED_BY_INTENT else []
        for intent in (*keys, *_leaves(node)):
            if text(intent) not in known:
                yield source.fault(intent, "intent_unknown", intent=plain(intent))


def _cases(project: Project, source: Source) -> Iterator[Fault]:
    """Each case: an intent, with a rule that opens it, details that exist, a name and a question for each detail."""
    opened = {
        text(get(step, "intent"))
        for rule in project.rules
        for step in steps_of(rule)
        if any(text(get(other, "action")) == CASE_FORM for other in steps_of(rule))
    }
    whole = project.whole("rules", "responses", "domain")
    for intent, details in pairs(get(source.root, "cases")):
        if not is_list(details):
            yield source.fault(details, "dialogue_no_list", name=f"cases.{intent.value}")
        for detail in items(details):
            if text(detail) not in DETAILS:
                yield source.fault(detail, "case_detail", detail=plain(detail), known=", ".join(DETAILS))
        if project.whole("domain") and intent.value not in project.intent_names:
            yield source.fault(intent, "intent_unknown", intent=intent.value)
        elif whole:
            if intent.value not in opened:
                yield source.fault(intent, "case_no_rule", intent=intent.value)
            yield from _words_of_case(project, source, intent, details)
    yield from _named(project, source, get(source.root, "choices"))
    if whole and not source.of_shop:
        yield from _rules_without_case(project, opened)


def _rules_without_case(project: Project, opened: set[Optional[str]]) -> Iterator[Fault]:
    cases = {key.value for one in project.of_kind("dialogue") for key, _ in pairs(get(one.root, "cases"))}
    for rule in project.rules:
        intents = [step for step in map(_intent_of, steps_of(rule)) if step is not None]
        for intent in intents:
            if text(intent) in opened - cases and _opens(rule.value):
                yield rule.source.fault(intent, "rule_no_case", intent=intent.value)


def _intent_of(step: Node) -> Optional[Node]:
    return get(step, "intent")


def _opens(rule: Optional[Node]) -> bool:
    return any(text(get(step, "action")) == CASE_FORM for step in items(get(rule, "steps")))


def _words_of_case(project: Project, source: Source, intent: Node, details: Node) -> Iterator[Fault]:
    wanted = [f"utter_label_intent_{intent.value}"]
    for detail in items(details):
        if text(detail) in DETAILS:
            wanted += [f"utter_case_ask_{detail.value}", f"utter_case_explain_{detail.value}"]
    for response in wanted:
        if response not in project.responses and f"{response}_{intent.value}" not in project.responses:
            yield source.fault(intent, "response_missing", response=response)


def _named(project: Project, source: Source, choices: Optional[Node]) -> Iterator[Fault]:
    for choice in items(choices) if project.whole("responses") else []:
        response = f"utter_label_intent_{choice.value}"
        if text(choice) in project.intent_names and response not in project.responses:
            yield source.fault(choice, "response_missing", response=response)


def _leaves(node: Optional[Node]) -> Iterator[Node]:
    if is_list(node):
        for item in items(node):
            yield from _leaves(item)
    elif is_mapping(node):
        for _, value in pairs(node):
            yield from _leaves(value)
    elif node is not None:
        yield node


def _at(source: Source, path: tuple[str, ...]) -> Optional[Node]:
    node = source.root
    for key in path:
        node = get(node, key)
    return node


def _between(value: Any, least: float, most: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value <= most
