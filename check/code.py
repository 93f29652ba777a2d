"""What the program's own sources name: responses, slots, actions, values that fill placeholders.

Read from the text of the Python files, without importing them: a name that is put together while the program runs
(`f"utter_order_{state}"`) is a pattern.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Mapping

FOLDERS = (
    "actions",
    "attachments",
    "base",
    "components",
    "connectors",
    "desk",
    "engine",
    "evaluation",
    "front",
    "shop",
    "switchboard",
)
LITERAL = re.compile(r"""(?<![\w])(?:"([^"\\\n]*)"|'([^'\\\n]*)')""")
PUT_TOGETHER = re.compile(r"""\bf"([^"\\\n]*)\"""")
SAID = re.compile(r'(?<![\w])"(utter_[a-z0-9_]*[a-z0-9])"')
HOLE = re.compile(r"\{[^{}]*\}")
NAME = re.compile(r"[A-Za-z_][\w]*")
KEYWORD = re.compile(r"\b([a-z][a-z0-9_]*)\s*=(?!=)")
LEAST_KNOWN = 4  # characters of a pattern that are not a hole
LABEL = "utter_label_"
ANY_LABEL = (f"{LABEL}{{name}}", f"{LABEL}{{}}")


@dataclass(frozen=True)
class Code:
    """All Python sources of the product: `files` maps a file, as it is shown, to its text."""

    files: Mapping[str, str]

    @classmethod
    @lru_cache(maxsize=1)
    def read(cls, product: Path) -> "Code":
        """Read them, once: a program's own sources do not change while it runs."""
        found = sorted(file for folder in FOLDERS for file in (product / folder).rglob("*.py"))
        return cls({file.relative_to(product).as_posix(): file.read_text(encoding="utf-8") for file in found})

    @cached_property
    def sources(self) -> str:
        """All of them, one after the other."""
        return "\n".join(self.files.values())

    @cached_property
    def names(self) -> frozenset[str]:
        """Everything in quotes that looks like a name."""
        found = (one or other for one, other in LITERAL.findall(self.sources))
        return frozenset(name for name in found if NAME.fullmatch(name))

    @cached_property
    def keywords(self) -> frozenset[str]:
        """Names to which a value is given: what fills placeholders is among them."""
        return frozenset(KEYWORD.findall(self.sources)) | self.names

    @cached_property
    def responses(self) -> frozenset[str]:
        """Names of responses that stand anywhere, also in names of attributes."""
        return frozenset(re.findall(r"utter_[a-z0-9_]*[a-z0-9]", self.sources))

    @cached_property
    def said_in(self) -> dict[str, tuple[str, int]]:
        """Where each response is first named whole: file and line."""
        found: dict[str, tuple[str, int]] = {}
        for name, source in self.files.items():
            for said in SAID.finditer(source):
                found.setdefault(said[1], (name, source.count("\n", 0, said.start()) + 1))
        return found

    @cached_property
    def patterns(self) -> tuple["re.Pattern[str]", ...]:
        """Names put together, with anything in the place of what is not known before."""
        found = {words for words in PUT_TOGETHER.findall(self.sources) if words not in ANY_LABEL}
        known = (words for words in found if NAME.fullmatch(HOLE.sub("x", words)) and "{" in words)
        return tuple(
            re.compile(HOLE.sub(r"[a-z0-9_]+", words))
            for words in sorted(known)
            if len(HOLE.sub("", words)) >= LEAST_KNOWN
        )

    def says(self, response: str) -> bool:
        """Whether a response may be said by the program itself; a label is named without its beginning."""
        if response in self.responses or self._put_together(response):
            return True
        label = response.removeprefix(LABEL)
        return label != response and (label in self.names or self._put_together(label))

    def mentions(self, name: str) -> bool:
        """Whether a name of a slot, an entity, an action or a form stands in quotes, or may be put together."""
        return name in self.names or self._put_together(name)

    def count(self, name: str) -> int:
        """How often a name stands in quotes."""
        return len(re.findall(rf"""["']{name}["']""", self.sources))

    def _put_together(self, name: str) -> bool:
        return any(pattern.fullmatch(name) for pattern in self.patterns)
