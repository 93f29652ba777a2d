"""Which stores a customer means, and when they are open.

On a national holiday a store that would be open that weekday may keep other hours; the shop has not said which, so
they are not known. A weekday without hours is closed, holiday or not.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Mapping, Optional, Sequence

import yaml

from base.clock import ROME
from shop.calendar import is_national_holiday
from shop.italian import slipped, without_little, words_of
from shop.records import Opening, Store

PROVINCES_FILE = Path(__file__).with_name("provinces.yml")
AREA = 2  # digits of a postal code that name an area
DAYS_AHEAD = 14
_PARTS = re.compile(r"-| e ")


@dataclass(frozen=True)
class Standing:
    """Whether a store is open at a moment: until when, or when it opens next (`None`: not within two weeks)."""

    open_until: Optional[time] = None
    opens_on: Optional[date] = None
    opens_at: Optional[time] = None


@dataclass(frozen=True)
class StoresMeant:
    """Stores found for a place. `near`: none is there, but these are in the same region."""

    stores: tuple[Store, ...] = ()
    near: bool = False


def stores_at(place: str, stores: Sequence[Store]) -> StoresMeant:
    """The stores in a place: a town, a province by name or letters, a region, or a postal code."""
    if place.isdigit():
        return StoresMeant(_with_code(place, stores))
    named = _in_town(place, stores) or tuple(s for s in stores if s.province in _provinces_named(place))
    if named:
        return StoresMeant(named)
    neighbours = {code for region in provinces().values() if _provinces_named(place) & set(region) for code in region}
    return StoresMeant(tuple(store for store in stores if store.province in neighbours), near=True)


def is_region(place: str) -> bool:
    """Whether this is the name of a region, not of a town."""
    return any(_plain(place) in _names(region) for region in provinces())


def places_written(text: str, stores: Sequence[Store]) -> list[str]:
    """Towns of stores, provinces and regions that a text names; for what language understanding did not mark."""
    written = f" {_plain(text)} "
    known = (
        *(store.city for store in stores),
        *provinces(),
        *(p for names in provinces().values() for p in names.values()),
    )
    return [place for place in dict.fromkeys(known) if f" {_plain(place)} " in written]


def only_a_place(text: str, stores: Sequence[Store]) -> bool:
    """Whether a text says nothing but a place: "a Torino?"."""
    named = {word for place in places_written(text, stores) for word in words_of(place)}
    words = without_little(words_of(text))
    return bool(words) and set(words) <= named


def openings_on(store: Store, day: date) -> Optional[tuple[Opening, ...]]:
    """When the store is open on a day, () if it is closed, `None` if the day is a holiday and nobody has said."""
    usual = store.week[day.weekday()]
    return None if usual and is_national_holiday(day) else usual


def standing(store: Store, now: datetime) -> Standing:
    """Whether the store is open now, and what comes next. Holidays nobody has said anything about are passed over."""
    here = now.astimezone(ROME)
    today, clock = here.date(), here.time()
    for opening in openings_on(store, today) or ():
        if opening.opens <= clock < opening.closes:
            return Standing(open_until=opening.closes)
        if clock < opening.opens:
            return Standing(opens_on=today, opens_at=opening.opens)
    days = (today + timedelta(days=ahead) for ahead in range(1, DAYS_AHEAD + 1))
    following = next(((day, hours[0].opens) for day in days if (hours := openings_on(store, day))), None)
    return Standing(opens_on=following[0], opens_at=following[1]) if following else Standing()


def usual_week(store: Store) -> list[tuple[int, int, tuple[Opening, ...]]]:
    """The week, days with the same hours together: (first weekday, last weekday, hours), Monday is 0."""
    spans: list[tuple[int, int, tuple[Opening, ...]]] = []
    for weekday, hours in enumerate(store.week):
        if spans and spans[-1][2] == hours:
            spans[-1] = (spans[-1][0], weekday, hours)
        else:
            spans.append((weekday, weekday, hours))
    return spans


@lru_cache(maxsize=1)
def provinces() -> Mapping[str, Mapping[str, str]]:
    """Region -> two letters -> name of the province, as in provinces.yml."""
    regions: Mapping[str, Mapping[str, str]] = yaml.safe_load(PROVINCES_FILE.read_text(encoding="utf-8"))
    return regions


def _in_town(place: str, stores: Sequence[Store]) -> tuple[Store, ...]:
    wanted = _plain(place)
    there = tuple(store for store in stores if _plain(store.city) == wanted)
    return there or tuple(store for store in stores if slipped(_plain(store.city), wanted))


def provinces_of(place: str) -> frozenset[str]:
    """The letters of the provinces that a place stands for: one by its name or letters, or all of a region."""
    return frozenset(_provinces_named(place))


def _provinces_named(place: str) -> set[str]:
    """The provinces that a name stands for: one by its name or letters, or all of a region."""
    wanted = _plain(place)
    return {
        code
        for region, names in provinces().items()
        for code, name in names.items()
        if code == place.strip() or wanted in _names(name) or wanted in _names(region)
    }


def _names(official: str) -> set[str]:
    """`Forlì-Cesena` is also `Forlì` and `Cesena`."""
    return {_plain(official), *map(_plain, _PARTS.split(official))}


def _with_code(postal_code: str, stores: Sequence[Store]) -> tuple[Store, ...]:
    same = tuple(store for store in stores if store.postal_code == postal_code)
    return same or tuple(store for store in stores if store.postal_code[:AREA] == postal_code[:AREA])


def _plain(place: str) -> str:
    return " ".join(words_of(place))
