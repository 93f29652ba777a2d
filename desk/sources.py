"""Where trainers find what the assistant said and why: file and line of responses, rules and sentences in `data/`."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping

RESPONSE = re.compile(r"^  (utter_\w+):")
RULE = re.compile(r"^\s*- intent: (\w+)")
FOLDERS = (("responses", RESPONSE), ("rules", RULE))


@dataclass(frozen=True)
class Sources:
    """`file.yml:line` by the key of a response, and by the intent with which a rule begins."""

    responses: Mapping[str, str]
    rules: Mapping[str, str]

    @classmethod
    def read(cls, data: Path) -> "Sources":
        """Look through the files below `data`; the first place of each name counts."""
        return cls(*(_places(data, folder, pattern) for folder, pattern in FOLDERS))


def _places(data: Path, folder: str, pattern: "re.Pattern[str]") -> dict[str, str]:
    places: dict[str, str] = {}
    for file in sorted((data / folder).glob("*.yml")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            found = pattern.match(line)
            if found:
                places.setdefault(found[1], f"data/{folder}/{file.name}:{number}")
    return places
