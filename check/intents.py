"""Intents: unknown, unused, too few sentences, none held out, no conversation that shows them."""

from collections import Counter
from typing import Any, Iterator, Mapping

from check.conversations import intents_shown
from check.faults import Fault
from check.nodes import text
from check.project import HELD_OUT, Named, Project


def faults(project: Project) -> Iterator[Fault]:
    """What is wrong with the intents of domain.yml and of sentences."""
    yield from _written_twice(project)
    yield from _unknown(project)
    if project.whole("nlu", "domain", "rules", *HELD_OUT, "conversations"):
        yield from _neglected(project)
    if project.whole("nlu"):
        yield from _removed_in_vain(project)


def _written_twice(project: Project) -> Iterator[Fault]:
    seen: set[str] = set()
    for intent in project.intents:
        if intent.name in seen:
            yield intent.source.fault(intent.node, "intent_twice", intent=intent.name)
        seen.add(intent.name)


def _unknown(project: Project) -> Iterator[Fault]:
    if not project.whole("domain"):
        return
    for source, block in project.blocks:
        if block.intent not in project.intent_names:
            yield source.fault(block.node, "intent_unknown", intent=block.intent)
    for source, block in project.held_out_blocks:
        if block.intent not in project.intent_names:
            yield source.fault(block.node, "intent_unknown", intent=block.intent)


def _neglected(project: Project) -> Iterator[Fault]:
    """An intent that is in domain.yml and lacks something that every intent has."""
    limits = project.limits
    trained = Counter(sentence.intent for sentence in project.trained)
    held_out = Counter(sentence.intent for sentence in project.held_out)
    ruled = {text(intent) for _, intent in project.steps("intent")}
    shown = intents_shown(project)
    for intent in project.intents:
        of = "shop" if intent.source.of_shop else "product"
        if intent.name not in ruled and intent.name not in limits["without_rules"]:
            yield intent.source.fault(intent.node, "intent_no_rule", intent=intent.name)
        if intent.name in limits["without_sentences"]:
            continue
        least = limits["sentences_of"].get(intent.name, limits["sentences"][of])
        yield from _fewer(intent, "intent_few_sentences", trained, least)
        yield from _fewer(intent, "intent_few_held_out", held_out, limits["held_out"][of])
        if intent.name not in shown:
            yield intent.source.fault(intent.node, "intent_no_conversation", intent=intent.name)


def _fewer(intent: Named, key: str, counts: Mapping[str, int], least: Any) -> Iterator[Fault]:
    if counts[intent.name] < least:
        yield intent.source.fault(intent.node, key, intent=intent.name, count=counts[intent.name], least=least)


def _removed_in_vain(project: Project) -> Iterator[Fault]:
    """A shop removes a sentence that the product does not have (any more)."""
    product = {(s.intent, s.text) for source, block in project.blocks if not source.of_shop for s in block.sentences}
    for sentence in project.removed:
        if (sentence.intent, sentence.text) not in product:
            yield sentence.fault("nlu_removed_unknown", intent=sentence.intent)
