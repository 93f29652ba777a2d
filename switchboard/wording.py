"""Days, hours and money the Italian way, seen from the moment of the turn."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Optional, Sequence, Union

from babel.dates import format_date, format_time, get_day_names
from babel.lists import format_list
from babel.numbers import format_currency

from base.clock import ROME
from switchboard.texts import Texts

LOCALE = "it_IT"
NEAR_DAYS = {0: "today", 1: "tomorrow", -1: "yesterday"}
MIDNIGHT = "24:00"
FAR_DAYS = 180  # from here on the year is said too

When = Union[date, datetime]  # an Italian day, or a moment that falls on one


class Wording:
    """Turns values into words; `now` decides what is called today."""

    def __init__(self, texts: Texts, now: datetime) -> None:
        self._texts = texts
        self.today: date = italian_day(now)

    def label(self, name: str, /, **values: str) -> str:
        """The response `utter_label_<name>`: a word or two for a card, or a sentence that completes another."""
        return self._texts.say(f"utter_label_{name}", **values)

    def has_label(self, name: str) -> bool:
        """Whether there is a response `utter_label_<name>`."""
        return f"utter_label_{name}" in self._texts.responses

    def dated(self, name: str, when: Optional[When]) -> str:
        """The label `name` with its `{day}`; nothing when the day is not known."""
        return self.label(name, day=self.day(when)) if when else ""

    def day(self, when: When) -> str:
        """`oggi`, `domani`, `ieri` or `venerdì 27 novembre`, with the year when it is far away."""
        day = italian_day(when)
        away = (day - self.today).days
        if away in NEAR_DAYS:
            return self.label(NEAR_DAYS[away])
        words = format_date(day, "EEEE d MMMM" if abs(away) <= FAR_DAYS else "EEEE d MMMM y", locale=LOCALE)
        return words.replace(" 1 ", " 1º ", 1)  # the first of a month is an ordinal

    def moment(self, moment: datetime) -> str:
        """`domani alle 18:00`."""
        hour = format_time(moment.astimezone(ROME), "H:mm", tzinfo=ROME, locale=LOCALE)
        return self.label("day_and_hour", day=self.day(moment), hour=hour)

    def hour(self, clock: time) -> str:
        """`9:30`; the end of a day is `24:00`."""
        return MIDNIGHT if clock == time.max else format_time(clock, "H:mm", locale=LOCALE)

    def weekday(self, number: int) -> str:
        """`lunedì` for 0."""
        return str(get_day_names("wide", locale=LOCALE)[number])

    def listed(self, items: Sequence[str]) -> str:
        """`naturale, bianco e nero`."""
        return format_list(items, locale=LOCALE)

    def opened(self, words: str) -> str:
        """Words at the beginning of a sentence: `Sedia Alba`."""
        return words[:1].upper() + words[1:]

    def sentence(self, words: str) -> str:
        """Words that somebody wrote, ended like a sentence whether they wrote the full stop or not."""
        written = words.strip()
        return written if written.endswith((".", "!", "?", "…")) else f"{written}."

    def money(self, amount: Decimal) -> str:
        """`59,90 €`."""
        return format_currency(amount, "EUR", locale=LOCALE)


def italian_day(when: When) -> date:
    """The day in Italy of a moment; a day is itself."""
    return when.astimezone(ROME).date() if isinstance(when, datetime) else when
