"""The day that a customer names: "domani", "sabato", "il 24 dicembre", "Ferragosto"."""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Mapping, Optional, Union

from babel.dates import get_day_names, get_month_names

from shop.calendar import easter
from shop.italian import italian_words, words_of

WEEK = 7
FIRST = "primo"
_NUMERIC = re.compile(r"\b(\d{1,2})[/.\-](\d{1,2})(?:[/.\-](\d{4}|\d{2}))?\b")


def day_named(text: str, today: date) -> Optional[date]:
    """The first day that `text` names, today or later; a date without a year is the next one; `None` if it names none.

    Args:
        text: what the customer wrote.
        today: the Italian local date.
    """
    words = words_of(text)
    return _by_name(words, today) or _by_month(words, today) or _by_digits(text, today) or _by_weekday(words, today)


def _by_name(words: tuple[str, ...], today: date) -> Optional[date]:
    written = f" {' '.join(words)} "
    names = italian_words().days
    name = next((name for name in sorted(names, key=len, reverse=True) if f" {name} " in written), None)
    return _moved(names[name], today) if name else None


def _moved(rule: Union[int, str], today: date) -> date:
    if isinstance(rule, int):
        return today + timedelta(days=rule)
    if rule.startswith("easter"):
        after = timedelta(days=int(rule.endswith("monday")))
        return next(day for day in (easter(today.year + n) + after for n in (0, 1)) if day >= today)
    month, day = map(int, rule.split("-"))
    return date(today.year + (date(today.year, month, day) < today), month, day)


def _by_month(words: tuple[str, ...], today: date) -> Optional[date]:
    for number, month in zip(words, words[1:]):
        if month in _months() and (number.isdigit() or number == FIRST):
            return _date(1 if number == FIRST else int(number), _months()[month], None, today)
    return None


def _by_digits(text: str, today: date) -> Optional[date]:
    found = _NUMERIC.search(text)
    if not found:
        return None
    year = int(found[3]) if found[3] else None
    return _date(int(found[1]), int(found[2]), year + 2000 if year and year < 100 else year, today)


def _by_weekday(words: tuple[str, ...], today: date) -> Optional[date]:
    weekday = next((_weekdays()[word] for word in words if word in _weekdays()), None)
    return today + timedelta(days=(weekday - today.weekday()) % WEEK) if weekday is not None else None


def _date(day: int, month: int, year: Optional[int], today: date) -> Optional[date]:
    try:
        meant = date(year or today.year, month, day)
        return meant.replace(year=meant.year + 1) if year is None and meant < today else meant
    except ValueError:
        return None


@lru_cache(maxsize=1)
def _weekdays() -> Mapping[str, int]:
    return {words_of(name)[0]: number for number, name in get_day_names("wide", locale="it_IT").items()}


@lru_cache(maxsize=1)
def _months() -> Mapping[str, int]:
    return {words_of(name)[0]: number for number, name in get_month_names("wide", locale="it_IT").items()}
