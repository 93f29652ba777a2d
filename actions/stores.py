"""Answers about the shop's stores: where they are, when they are open, how to reach them."""

from datetime import date
from typing import Optional, Sequence

from actions.base import SportelloAction
from actions.turn import Events, Turn
from shop.days import day_named
from shop.records import Opening, Store
from shop.stores import is_region, openings_on, places_written, standing, stores_at, usual_week
from switchboard.body import ButtonMeaning

FIND_STORE = "find_store"
MOST_LISTED = 6
MOST_CHOICES = 4


class ActionFindStore(SportelloAction):
    """One store in full, several as a list, or where there are any; place and day may come from the message before."""

    def name(self) -> str:
        return "action_find_store"

    async def act(self, turn: Turn) -> Events:
        stores = await turn.context.shop.stores()
        if not stores:
            turn.say("utter_stores_unknown")
            return []
        places, day = _places(turn, stores), _day(turn)
        found = [stores_at(place, stores) for place in places]
        there = tuple(dict.fromkeys(store for meant in found if not meant.near for store in meant.stores))
        if there or not places:
            _say_stores(turn, there or stores, day)
        else:
            near = tuple(dict.fromkeys(store for meant in found for store in meant.stores))
            _say_none_there(turn, places[0], near, stores)
        return []


def _places(turn: Turn, stores: Sequence[Store]) -> list[str]:
    """The places that are meant, as they were written, now or in the question before."""
    marked = [place for kind in ("place", "postal_code") for place in turn.entity_values(kind)]
    if marked or (written := places_written(turn.text, stores)):
        return marked or written
    before = [turn.previous_entities()["place"]] if "place" in turn.previous_entities() else []
    return before or places_written(turn.previous_text(), stores) if _goes_on(turn) else []


def _day(turn: Turn) -> Optional[date]:
    """The day that is meant, named now or in the question before: "siete aperti domenica?", "e a Torino?"."""
    today = turn.wording.today
    return day_named(turn.text, today) or (day_named(turn.previous_text(), today) if _goes_on(turn) else None)


def _goes_on(turn: Turn) -> bool:
    return turn.previous_request() == FIND_STORE


def _say_stores(turn: Turn, stores: Sequence[Store], day: Optional[date]) -> None:
    if len(stores) == 1:
        _say_one(turn, stores[0], day)
    elif len(stores) > MOST_LISTED:
        towns = _towns(stores)
        turn.say("utter_many_stores", choices=_choices(towns), count=len(stores), towns=len(towns))
    else:
        lines = [_line(turn, store, day or turn.wording.today) for store in stores]
        turn.say("utter_stores", day=turn.wording.day(day or turn.wording.today), stores="\n".join(lines))


def _say_one(turn: Turn, store: Store, day: Optional[date]) -> None:
    wording = turn.wording
    named = _on_day(turn, store, day) if day else ""
    turn.say(
        "utter_store",
        store=store.name,
        address=store.address,
        postal_code=store.postal_code,
        city=store.city,
        province=store.province,
        standing=_now(turn, store) if day in (None, wording.today) else "",
        on_day=named,
        week="" if day else wording.label("store_week", week=_week(turn, store)),
        phone=wording.label("store_phone", phone=store.phone) if store.phone else "",
        pickup=wording.label("store_pickup" if store.pickup else "store_no_pickup"),
    )


def _say_none_there(turn: Turn, place: str, near: Sequence[Store], stores: Sequence[Store]) -> None:
    wording, towns = turn.wording, _towns(near or stores)
    place = place.title() if place.islower() else place
    kind = "code" if place.isdigit() else "region" if is_region(place) else "town"
    turn.say(
        "utter_no_store_there",
        choices=_choices(towns),
        there=wording.label(f"store_in_{kind}", place=place),
        where=wording.label("stores_near" if near else "stores_elsewhere", towns=wording.listed(towns)),
    )


def _now(turn: Turn, store: Store) -> str:
    wording, now = turn.wording, standing(store, turn.now)
    if openings_on(store, wording.today) is None:
        return wording.label("store_holiday_today")
    if now.open_until:
        return wording.label("store_open_now", closes=wording.hour(now.open_until))
    if now.opens_on is None or now.opens_at is None:
        return wording.label("store_closed_now")
    return wording.label("store_opens", day=wording.day(now.opens_on), opens=wording.hour(now.opens_at))


def _on_day(turn: Turn, store: Store, day: date) -> str:
    named = turn.wording.opened(turn.wording.day(day))
    return turn.wording.label("store_on_day", day=named, hours=_hours(turn, store, day))


def _line(turn: Turn, store: Store, day: date) -> str:
    pickup = turn.wording.label("store_line_pickup") if store.pickup else ""
    hours = _hours(turn, store, day)
    return turn.wording.label("store_line", city=store.city, address=store.address, hours=hours, pickup=pickup)


def _hours(turn: Turn, store: Store, day: date) -> str:
    openings = openings_on(store, day)
    return turn.wording.label("store_holiday") if openings is None else _stretches(turn, openings)


def _week(turn: Turn, store: Store) -> str:
    days = []
    for first, last, openings in usual_week(store):
        label = "store_one_day" if first == last else "store_days"
        names = {"first": turn.wording.weekday(first), "last": turn.wording.weekday(last)}
        days.append(turn.wording.label(label, hours=_stretches(turn, openings), **names))
    return "; ".join(days)


def _stretches(turn: Turn, openings: Sequence[Opening]) -> str:
    """`9:30-13:00 e 15:30-19:30`."""
    wording = turn.wording
    if not openings:
        return wording.label("store_closed")
    return wording.listed([f"{wording.hour(opening.opens)}–{wording.hour(opening.closes)}" for opening in openings])


def _towns(stores: Sequence[Store]) -> list[str]:
    return list(dict.fromkeys(store.city for store in stores))


def _choices(towns: Sequence[str]) -> list[ButtonMeaning]:
    return [ButtonMeaning(town, FIND_STORE, {"place": town}) for town in towns[:MOST_CHOICES]]
