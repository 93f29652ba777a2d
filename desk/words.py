"""Every word that agents read: desk/it.yml, one flat list of texts, read once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from base.clock import ROME
from base.words import WordsOf

FILE = Path(__file__).with_name("it.yml")


@dataclass(frozen=True)
class Words(WordsOf):
    """Texts by key, with `{name}` for what is filled in."""

    @classmethod
    def load(cls, file: Path = FILE) -> "Words":
        """Read the file; every value is a text."""
        return cls.read(file)

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
