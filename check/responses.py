"""Responses: written twice, missing, unused, variants that differ; what is in a variant is in `variants.py`."""

import re
from typing import Iterator

from check import variants
from check.faults import Fault
from check.nodes import Node, get, is_mapping, items, line_of, pairs, plain, text
from check.project import Named, Project

NAME = re.compile(r"utter_[a-z0-9_]+")
OF_RASA = {"utter_message", "utter_action"}  # names in the code that are no responses


def faults(project: Project) -> Iterator[Fault]:
    """What is wrong with the responses of both layers."""
    for source in project.of_kind("responses"):
        for key, value in pairs(source.root):
            if key.value not in ("version", "responses"):
                yield source.fault(key, "responses_unknown_key", name=key.value)
            elif key.value == "responses" and not is_mapping(value):
                yield source.fault(key, "responses_no_keys")
    yield from _written_twice(project)
    for response in project.written_responses:
        yield from _of_response(project, response)
    yield from _missing(project)
    if project.whole("rules", "responses", "domain"):
        yield from _unused(project)


def _written_twice(project: Project) -> Iterator[Fault]:
    """In two files of one layer; twice in one file is a repeated key, of which `yaml_faults` tells."""
    seen: dict[tuple[str, bool], Named] = {}
    for response in project.written_responses:
        first = seen.setdefault((response.name, response.source.of_shop), response)
        if first.source is not response.source:
            values = {"response": response.name, "file": first.source.name, "line": line_of(first.node)}
            yield response.source.fault(response.node, "response_twice", **values)


def _of_response(project: Project, response: Named) -> Iterator[Fault]:
    source, written = response.source, response.value
    if not NAME.fullmatch(response.name):
        yield source.fault(response.node, "response_name", response=response.name)
    if not items(written) or not all(map(is_mapping, items(written))):
        yield source.fault(response.node, "response_no_variants", response=response.name)
        return
    for variant in items(written):
        yield from variants.faults(project, response, variant)
    yield from _differing(response)
    if all(get(variant, "channel") or get(variant, "condition") for variant in items(written)):
        yield source.fault(response.node, "response_not_for_all", response=response.name)


def _differing(response: Named) -> Iterator[Fault]:
    """Variants for the same channel and condition say the same: the same values, the same buttons."""
    first: dict[str, Node] = {}
    for variant in items(response.value):
        kind = f"{plain(get(variant, 'channel'))} {plain(get(variant, 'condition'))}"
        other = first.setdefault(kind, variant)
        if variants.values(other) != variants.values(variant):
            yield response.source.fault(variant, "variants_differ_values", line=line_of(other))
        if variants.payloads(other) != variants.payloads(variant):
            yield response.source.fault(variant, "variants_differ_buttons", line=line_of(other))


def _missing(project: Project) -> Iterator[Fault]:
    """Responses that are said somewhere and stand nowhere."""
    if not project.whole("responses"):
        return
    for rule, action in project.steps("action"):
        name = text(action) or ""
        if name.startswith("utter_") and name not in project.responses:
            yield rule.source.fault(action, "response_missing", response=name)
    for form in project.forms:
        for slot in items(get(form.value, "required_slots")):
            names = (f"utter_ask_{form.name}_{slot.value}", f"utter_ask_{slot.value}")
            if not any(name in project.responses for name in names) and not project.code.mentions(slot.value):
                yield form.source.fault(slot, "form_no_question", form=form.name, slot=slot.value, response=names[0])
    for name, file in sorted(project.code.said_in.items()):
        if name not in project.responses and name not in OF_RASA:
            yield Fault(*file, "response_missing", {"response": name})


def _unused(project: Project) -> Iterator[Fault]:
    ruled = project.said_by_rules
    asked = {
        f"utter_ask_{prefix}{slot.value}"
        for form in project.forms
        for slot in items(get(form.value, "required_slots"))
        for prefix in (f"{form.name}_", "")
    }
    for response in project.responses.values():
        product = project.product_responses.get(response.name)
        if response.source.of_shop and product is not None:
            continue  # the product's own, told in other words
        general = {response.name, *_more_general(response.name, project)}
        if not general & (ruled | asked) and not any(map(project.code.says, general)):
            yield response.source.fault(response.node, "response_unused", response=response.name)


def _more_general(name: str, project: Project) -> list[str]:
    """`utter_case_passed_on` for `utter_case_passed_on_cancel_order`, which is said instead for one intent."""
    return [name.removesuffix(f"_{intent}") for intent in project.intent_names if name.endswith(f"_{intent}")]
