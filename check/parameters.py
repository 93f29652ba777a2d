"""Files of parameters that nobody here knows more of: whether somebody reads them, and whether a shop's keys exist.

`look.yml` is one of them: how the chat presents itself, where it has to be said that a machine answers.
"""

import re
from typing import Iterator, Optional

from check.faults import Fault
from check.nodes import Node, get, is_mapping, pairs, plain, text
from check.project import Project
from check.sources import Source
from front.look import ATTRIBUTES

POSITIONS = ("left", "right")
COLOR = re.compile(r"#(?:[0-9a-fA-F]{3,4}){1,2}|[a-z]+|(?:rgb|hsl|oklch)a?\([^()]*\)")
SAYS_MACHINE = re.compile(r"automatic|virtual|robot|\bbot\b|\bia\b|intelligenza artificiale", re.IGNORECASE)
LONGEST_HEADING, LONGEST_GREETING = 40, 80


def faults(project: Project) -> Iterator[Fault]:
    """What is wrong in `look.yml` and in files of parameters."""
    for source in project.of_kind("look"):
        yield from _look(source)
    for source in (one for one in project.sources if one.kind == "parameters"):
        same = [one for one in project.of_kind("parameters") if one.path.name == source.path.name]
        product = next((one for one in same if not one.of_shop), None)
        if source.path.name not in project.code.sources or product is None:
            yield source.fault(1, "file_unread")
        elif source.of_shop:
            yield from _unknown_keys(source, source.root, product.root)


def _unknown_keys(source: Source, node: Optional[Node], of_product: Optional[Node]) -> Iterator[Fault]:
    """Keys that the product's file does not have."""
    for key, value in pairs(node):
        known = get(of_product, key.value)
        if known is None:
            names = ", ".join(sorted(str(name.value) for name, _ in pairs(of_product)))
            yield source.fault(key, "parameter_unknown", name=key.value, known=names)
        elif is_mapping(known):
            yield from _unknown_keys(source, value, known)


def _look(source: Source) -> Iterator[Fault]:
    for key, value in pairs(source.root):
        words = text(value)
        if key.value not in ATTRIBUTES:
            yield source.fault(key, "parameter_unknown", name=key.value, known=", ".join(ATTRIBUTES))
        elif plain(value) is None:
            continue
        elif words is None:
            yield source.fault(value, "look_no_text", name=key.value)
        elif key.value == "position" and words not in POSITIONS:
            yield source.fault(value, "look_position")
        elif key.value == "accent" and not COLOR.fullmatch(words):
            yield source.fault(value, "look_color", written=words)
        elif key.value == "greeting" and not SAYS_MACHINE.search(words):
            yield source.fault(value, "look_greeting")
        elif key.value in ("heading", "greeting"):
            most = LONGEST_HEADING if key.value == "heading" else LONGEST_GREETING
            if len(words) > most:
                yield source.fault(value, "look_long", name=key.value, most=most)
