"""Held-out messages with several requests (tests/nlu/two_requests*.yml): the intents they name."""

from typing import Iterator

from check.faults import Fault
from check.nodes import get, items, pairs, plain, text
from check.project import Project
from check.sentences import form_faults
from check.sources import Source

LISTS = ("two", "one")


def faults(project: Project) -> Iterator[Fault]:
    """What is wrong in the files of held-out sentences as such; sentences themselves are checked with the trained."""
    for source in project.of_kind("held_out", "strangers"):
        if any(get(source.root, key) is not None for key in LISTS):
            yield from _requests(project, source)
        else:
            yield from form_faults(source)


def _requests(project: Project, source: Source) -> Iterator[Fault]:
    for key, _ in pairs(source.root):
        if key.value not in ("version", *LISTS):
            yield source.fault(key, "nlu_unknown_key", name=key.value, known=", ".join(("version", *LISTS)))
    for item in items(get(source.root, "two")):
        intents = items(get(item, "requests"))
        if not text(get(item, "text")) or not intents:
            yield source.fault(item, "two_form")
        for intent in intents if project.whole("domain") else []:
            if text(intent) not in project.intent_names:
                yield source.fault(intent, "intent_unknown", intent=plain(intent))
