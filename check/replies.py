"""replies.yml, the desk's ready replies: a title and a text each, and only values and intents that exist."""

from typing import Iterator

from check.faults import Fault
from check.nodes import get, items, pairs, text
from check.project import Project
from desk.replies import KNOWN, PLACEHOLDER

KEYS = ("title", "text", "intents")
REMOVED = "removed"
TOP_KEYS = ("replies", REMOVED)


def faults(project: Project) -> Iterator[Fault]:
    """What is wrong in replies.yml."""
    intents = project.intent_names
    product = (source for source in project.of_kind("replies") if not source.of_shop)
    titles = {text(get(reply, "title")) for source in product for reply in items(get(source.root, "replies"))}
    for source in project.of_kind("replies"):
        seen: set[str] = set()
        for key, _ in pairs(source.root):
            if key.value not in TOP_KEYS:
                yield source.fault(key, "parameter_unknown", name=key.value, known=", ".join(TOP_KEYS))
        for title in items(get(source.root, REMOVED)):
            if text(title) not in titles:
                yield source.fault(title, "reply_not_removed", name=text(title) or "")
        if not source.of_shop and not items(get(source.root, "replies")):
            yield source.fault(1, "reply_none")
        for reply in items(get(source.root, "replies")):
            for key, _ in pairs(reply):
                if key.value not in KEYS:
                    yield source.fault(key, "reply_unknown_key", name=key.value)
            title, words = text(get(reply, "title")), text(get(reply, "text"))
            if not title or not words:
                yield source.fault(reply, "reply_incomplete")
                continue
            if title in seen:
                yield source.fault(reply, "reply_twice", name=title)
            seen.add(title)
            for intent in items(get(reply, "intents")):
                if text(intent) not in intents:
                    yield source.fault(intent, "reply_unknown_intent", name=text(intent) or "")
            for name in PLACEHOLDER.findall(words):
                if name not in KNOWN:
                    yield source.fault(reply, "reply_unknown_value", name=name, known=", ".join(sorted(KNOWN)))
