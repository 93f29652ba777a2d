"""Texts by key from one YAML file: what people read of a part of Sportello, apart from its code."""

from dataclasses import dataclass
from pathlib import Path
from typing import Mapping, Type, TypeVar

import yaml

Own = TypeVar("Own", bound="WordsOf")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class WordMissing(KeyError):
    """There is no such text."""


@dataclass(frozen=True)
class WordsOf:
    """Texts by key, with `{name}` for what is filled in."""

    texts: Mapping[str, str]

    @classmethod
    def read(cls: Type[Own], file: Path) -> Own:
        """Read the file; every value is a text."""
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=LOADER)
        wrong = [key for key, text in content.items() if not isinstance(text, str)]
        if wrong:
            raise ValueError(f"{file.name}: no text: {', '.join(map(str, wrong))}")
        return cls(content)

    def say(self, key: str, **values: object) -> str:
        """The text of `key`, filled in.

        Raises:
            WordMissing: there is none, or a value for it is missing.
        """
        try:
            return self.texts[key].format(**values)
        except KeyError as error:
            raise WordMissing(f"{key}: {error}") from error

    def has(self, key: str) -> bool:
        """Whether there is a text for `key`."""
        return key in self.texts

    def count(self, key: str, number: int, **values: object) -> str:
        """`key_one` or `key_many` with `{count}`."""
        return self.say(f"{key}_{'one' if number == 1 else 'many'}", count=number, **values)
