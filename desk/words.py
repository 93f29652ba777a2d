"""Every word that agents read: desk/it.yml, one flat list of texts, read once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Mapping

import yaml

from base.clock import ROME

FILE = Path(__file__).with_name("it.yml")


class WordMissing(KeyError):
    """There is no such text."""


@dataclass(frozen=True)
class Words:
    """Texts by key, with `{name}` for what is filled in."""

    texts: Mapping[str, str]

    @classmethod
    def load(cls, file: Path = FILE) -> "Words":
        """Read the file; every value is a text."""
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
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

    def ago(self, since: timedelta) -> str:
        """`adesso`, `3 min`, `2 h 5 min`, `4 giorni`."""
        minutes = max(0, int(since.total_seconds() // 60))
        if minutes < 1:
            return self.say("ago_now")
        if minutes < 60:
            return self.say("ago_minutes", minutes=minutes)
        if minutes < 48 * 60:
            return self.say("ago_hours", hours=minutes // 60, minutes=minutes % 60)
        return self.say("ago_days", days=minutes // 1440)


def clock_time(moment: datetime, now: datetime) -> str:
    """`10:30`, with the day unless it is today's: `23/11 10:30`, `23/11/2025 10:30`."""
    here, today = moment.astimezone(ROME), now.astimezone(ROME).date()
    if here.date() == today:
        return here.strftime("%H:%M")
    return here.strftime("%d/%m %H:%M" if here.year == today.year else "%d/%m/%Y %H:%M")
