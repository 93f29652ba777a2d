"""The day or period that a written date means, in ISO 8601, seen from the day on which the message was written.

What comes out:

- a day: `2026-12-04`; a month or a year: `2026-12`, `2025`;
- a week, a weekend, "gli ultimi 3 giorni": first and last day, `2026-11-16/2026-11-22`;
- how long something has lasted or may last ("da 4 gg", "dopo 3 mesi"): a duration, `P4D`, `P3M`. With "fa", "fra",
  "tra" or "entro" it is a day;
- nothing where no day can be told ("da giorni", "qualche mese").

A date that may lie before or after the message ("lunedì", "il 3/11") lies where its own words say ("scorso", "fa",
"prossimo", "entro"), then where the nearest word of the message says (italian.yml: `dates`; what was ordered is past,
what is to be delivered is to come); without any, weekdays and feasts are the next ones, days and months the nearest
ones. "Prossimo" is the first one after today. Hours and parts of a day are not kept.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Callable, Iterable, Iterator, Optional

from components import date_words as written_as
from components.normalise import fold, folded_word, italian_words
from shop.calendar import easter
from shop.italian import italian_words as shop_words

PAST, COMING = -1, 1
WEEK, SATURDAY, SUNDAY, THURSDAY = 7, 5, 6, 3
LONGEST = 80  # characters; a date is shorter
WORDS_AROUND = 40  # words before and after that may tell the tense
SIDE = 400  # characters that are looked at for them
_FRA = re.compile(r"\b(?:fra|tra|entro)(?: (?:massimo|circa|max|al massimo|i|le|gli))*$")
_WORD = re.compile(r"[a-z]+")
_TAKES_THE_NEXT = frozenset({"entro", "per", "fino", "dopo"})


@dataclass(frozen=True)
class _Context:
    """Where a date stands: the day of the message, the folded words before it, and the tense of the message there."""

    today: date
    before: str
    tense: Optional[int]


_Reading = Callable[[str, _Context], Optional[str]]


def date_value(text: str, start: int, end: int, today: date) -> Optional[str]:
    """What the date `text[start:end]` means, as the module says; `None` when it tells no day.

    Args:
        text: the customer's message; the words around the date tell whether it is past.
        today: the day of the message, Italian local date.
    """
    written = folded_word(text[start:end]).strip()
    if not written or len(written) > LONGEST:
        return None
    folded = fold(text)
    first, last = folded.place_of(start), folded.place_of(end)
    before, after = folded.text[max(0, first - SIDE) : first], folded.text[last : last + SIDE]
    context = _Context(today, before.rstrip(), _tense(before, after))
    for reading in _READINGS:
        value = reading(written, context)
        if value is not None:
            return value or None
    return None


def date_spans(folded: str) -> Iterator[tuple[int, int]]:
    """Where folded text may hold a date: `(start, end)`, longest first where several begin; some overlap."""
    for pattern in (*_SPAN_PATTERNS, written_as.feasts()):
        for match in pattern.finditer(folded):
            yield match.span()


def _tense(before: str, after: str) -> Optional[int]:
    """Past or to come, by the nearest telling word; of two as near, the one before the date."""
    cues = italian_words().date_cues
    words_before = _WORD.findall(before)[-WORDS_AROUND:]
    words_after = _WORD.findall(after)[:WORDS_AROUND]
    found = [(distance * 2, cues[word]) for distance, word in enumerate(reversed(words_before)) if word in cues]
    found += [(distance * 2 + 3, cues[word]) for distance, word in enumerate(words_after) if word in cues]
    return min(found)[1] if found else None


def _side(match: "re.Match[str]", context: _Context) -> Optional[int]:
    """Past or to come, by the words of the date itself, else by the message."""
    groups = match.groupdict()
    if any(groups.get(name) for name in ("last", "past", "before")):
        return PAST
    if any(groups.get(name) for name in ("next", "coming", "after", "this", "week")):
        return COMING
    return context.tense


def _numeric(written: str, context: _Context) -> Optional[str]:
    match = written_as.NUMERIC.search(written)
    if not match:
        return None
    if match["iso"]:
        year, month, day = map(int, match["iso"].split("-"))
        return _iso(_day(year, month, day))
    year = match["year"] and int(match["year"]) + (2000 if len(match["year"]) == 2 else 0)
    return _iso(_nearest(int(match["day"]), int(match["month"]), year, _side(match, context), context.today))


def _day_of_month(written: str, context: _Context) -> Optional[str]:
    match = written_as.DAY_OF_MONTH.search(written)
    if not match:
        return None
    day = int(match["day"]) if match["day"] else 1 if match["word"] in ("primo", "1o") else _count(match["word"])
    month = written_as.MONTHS[match["month"].rstrip(".")]
    year = int(match["year"].strip("'")) if match["year"] else None
    year = year + 2000 if year is not None and year < 100 else year
    return _iso(_nearest(day, month, year, _side(match, context), context.today))


def _relative(written: str, context: _Context) -> Optional[str]:
    match = written_as.RELATIVE.search(written)
    if not match:
        return None
    count = written_as.count_of(match["upto"] or match["count"] or "")
    unit = written_as.UNITS[match["unit"]]
    before = f"{context.before} {written[: match.start()]}".rstrip()
    if match["ago"] or re.search(r"\b(?:scors|passat)", written[match.end() :]):
        return _iso(_moved(context.today, count, unit, PAST)) if count else ""
    if _FRA.search(before) and count:
        return _iso(_moved(context.today, count, unit, COMING))
    return f"P{count}{unit}" if count else ""


def _span_of_days(written: str, context: _Context) -> Optional[str]:
    match = written_as.SPAN_OF_DAYS.search(written)
    count = written_as.count_of(match["count"]) if match else None
    if not match or not count:
        return None
    other = _moved(context.today, count, written_as.UNITS[match["unit"]], PAST if match["last"] else COMING)
    return _interval(min(other, context.today), max(other, context.today)) if other else ""


def _named_day(written: str, context: _Context) -> Optional[str]:
    match = written_as.NAMED_DAY.search(written)
    return _iso(context.today + timedelta(days=written_as.NAMED[match["name"]])) if match else None


def _feast(written: str, context: _Context) -> Optional[str]:
    match = written_as.feasts().search(written)
    if not match:
        return None
    years = (context.today.year + n for n in (-1, 0, 1))
    days = [_feast_in(match["name"], year) for year in years]
    return _iso(_on_side(days, _side(match, context) or COMING, context.today, bool(match["next"])))


def _weekday(written: str, context: _Context) -> Optional[str]:
    match = written_as.WEEKDAY.search(written)
    if not match:
        return None
    weekday, today = written_as.WEEKDAYS[match["name"]], context.today
    side = _side(match, context) or COMING
    if match["week"]:
        return _iso(_monday(today) + timedelta(days=WEEK + weekday))
    if match["number"]:
        return _iso(_nearest_number(int(match["number"]), side, today))
    ahead = (weekday - today.weekday()) % WEEK
    if side == PAST:
        return _iso(today + timedelta(days=ahead - WEEK))
    strictly_next = match["next"] or match["coming"]
    return _iso(today + timedelta(days=ahead if ahead or not strictly_next else WEEK))


def _period(written: str, context: _Context) -> Optional[str]:
    match = written_as.PERIOD.search(written)
    if not match:
        return None
    what = "weekend" if match["what"].startswith(("fine", "week")) else match["what"]
    step = PAST if match["last"] or match["before"] else COMING if match["next"] or match["after"] else 0
    told = step or match["this"] or match["of"] or match["edge"] or what == "weekend"
    if not told:
        return ""
    first, last = _period_around(what, step, context)
    if match["edge"]:
        return _iso({"fine": last, "inizio": first}.get(match["edge"], first + (last - first) / 2))
    if what == "mese":
        return f"{first:%Y-%m}"
    return f"{first.year}" if what == "anno" else _interval(first, last)


def _period_around(what: str, step: int, context: _Context) -> tuple[date, date]:
    """First and last day of the period that is `step` periods from today's."""
    today = context.today
    if what in ("settimana", "weekend"):
        monday = _monday(today) + timedelta(days=WEEK * step)
        if what == "weekend":
            past = step == PAST or (not step and context.tense == PAST and today.weekday() < SATURDAY)
            monday = _monday(today) - timedelta(days=WEEK) if past else monday
            # on a weekday "il prossimo weekend" is the coming one, as "sabato prossimo" is
            monday = _monday(today) if step == COMING and today.weekday() < SATURDAY else monday
            return monday + timedelta(days=SATURDAY), monday + timedelta(days=SUNDAY)
        return monday, monday + timedelta(days=SUNDAY)
    if what == "mese":
        return _month(today.year * 12 + today.month - 1 + step)
    return date(today.year + step, 1, 1), date(today.year + step, 12, 31)


def _month_alone(written: str, context: _Context) -> Optional[str]:
    match = written_as.MONTH_ALONE.search(written)
    if not match:
        return None
    month, today, side = written_as.MONTHS[match["month"]], context.today, _side(match, context)
    now = today.year * 12 + today.month - 1
    candidates = [(today.year + n) * 12 + month - 1 for n in (-1, 0, 1)]
    if match["year"]:
        chosen = int(match["year"]) * 12 + month - 1
    elif side == PAST:
        chosen = max(one for one in candidates if one < now + (not match["last"]))
    elif side == COMING:
        chosen = min(one for one in candidates if one >= now + bool(match["next"]))
    else:
        chosen = min(candidates, key=lambda one: (abs(one - now), -one))
    first, last = _month(chosen)
    if match["edge"]:
        early = {"fine": last, "ultimi": last, "meta": date(first.year, first.month, 15)}
        return _iso(early.get(match["edge"], first))
    return f"{first:%Y-%m}"


def _season(written: str, context: _Context) -> Optional[str]:
    """Three months: winter is that of its December."""
    match = written_as.SEASON.search(written)
    if not match:
        return None
    month, today, side = written_as.SEASONS[match["season"]], context.today, _side(match, context)
    years = [int(match["year"])] if match["year"] else [today.year + n for n in (-2, -1, 0, 1)]
    spans = [(_month(year * 12 + month - 1)[0], _month(year * 12 + month + 1)[1]) for year in years]
    if len(spans) == 1:
        return _interval(*spans[0])
    if side == PAST:
        return _interval(
            *max(span for span in spans if (span[1] if match["last"] or match["past"] else span[0]) <= today)
        )
    if side == COMING:
        return _interval(*min(span for span in spans if span[1] >= today and not (match["next"] and span[0] <= today)))
    return _interval(*min(spans, key=lambda span: max(span[0] - today, today - span[1])))


def _year(written: str, context: _Context) -> Optional[str]:
    match = written_as.YEAR.search(written)
    return match["year"] if match else None


def _bare_day(written: str, context: _Context) -> Optional[str]:
    """As in "il 12"."""
    match = written_as.BARE_DAY.fullmatch(written)
    return _iso(_nearest_number(int(match["day"]), context.tense, context.today)) if match else None


def _part_of_today(written: str, context: _Context) -> Optional[str]:
    return _iso(context.today) if written_as.PART_OF_TODAY.fullmatch(written) else None


_READINGS: tuple[_Reading, ...] = (
    _numeric, _day_of_month, _span_of_days, _relative, _named_day, _feast, _weekday, _period, _month_alone, _season,
    _year, _bare_day, _part_of_today,
)  # fmt: skip
_SPAN_PATTERNS = (
    written_as.NUMERIC, written_as.DAY_OF_MONTH, written_as.SPAN_OF_DAYS, written_as.RELATIVE, written_as.NAMED_DAY,
    written_as.WEEKDAY, written_as.PERIOD, written_as.MONTH_ALONE, written_as.SEASON,
)  # fmt: skip


def _count(word: str) -> int:
    return written_as.count_of(word) or 0


def _iso(day: Optional[date]) -> str:
    """The day, or "" where there is none such: a date was read and tells no day."""
    return day.isoformat() if day else ""


def _interval(first: date, last: date) -> str:
    return f"{first.isoformat()}/{last.isoformat()}"


def _day(year: int, month: int, day: int) -> Optional[date]:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(months: int) -> tuple[date, date]:
    """First and last day of a month, counted from year 0."""
    year, month = divmod(months, 12)
    return date(year, month + 1, 1), date(year, month + 1, monthrange(year, month + 1)[1])


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _moved(day: date, count: Optional[int], unit: str, side: int) -> Optional[date]:
    """The day `count` days, weeks, months or years away; the last of the month where the month is shorter."""
    if not count:
        return None
    try:
        if unit in ("D", "W"):
            return day + timedelta(days=side * count * (WEEK if unit == "W" else 1))
        first, last = _month(day.year * 12 + day.month - 1 + side * count * (12 if unit == "Y" else 1))
        return first.replace(day=min(day.day, last.day))
    except (ValueError, OverflowError):
        return None


def _nearest(day: int, month: int, year: Optional[int], side: Optional[int], today: date) -> Optional[date]:
    if year:
        return _day(year, month, day)
    return _on_side([_day(today.year + n, month, day) for n in (-1, 0, 1, 2, 3, 4)], side, today)


def _nearest_number(number: int, side: Optional[int], today: date) -> Optional[date]:
    now = today.year * 12 + today.month - 1
    months = (divmod(now + n, 12) for n in (-2, -1, 0, 1, 2))
    return _on_side([_day(year, month + 1, number) for year, month in months], side, today)


def _on_side(
    days: Iterable[Optional[date]], side: Optional[int], today: date, strictly: bool = False
) -> Optional[date]:
    """The last of `days` until today, the first from today on, or the nearest; the one to come if two are as near."""
    there = [day for day in days if day]
    if side == PAST:
        return max((day for day in there if day <= today), default=None)
    if side == COMING:
        return min((day for day in there if day >= today and not (strictly and day == today)), default=None)
    return min(there, key=lambda day: (abs((day - today).days), day < today), default=None)


def _feast_in(name: str, year: int) -> Optional[date]:
    if name == "san valentino":
        return date(year, 2, 14)
    if name == "black friday":
        first = date(year, 11, 1)
        return first + timedelta(days=(THURSDAY - first.weekday()) % WEEK + 3 * WEEK + 1)
    rule = str(shop_words().days["vigilia" if name == "vigilia di natale" else name])
    if rule.startswith("easter"):
        return easter(year) + timedelta(days=int(rule.endswith("monday")))
    month, day = map(int, rule.split("-"))
    return date(year, month, day)
