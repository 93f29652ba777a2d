"""Requests that wait for another one of their message: kept in a slot, answered when nothing is asked any more.

They are answered in the order they were written, and dropped when the customer gives up what was begun, a person takes
over, or the same is asked again meanwhile.
"""

from typing import Iterable

from rasa.shared.core.events import BotUttered, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from engine.cut_evidence import RECORDS, ParseData
from engine.understanding import ELSEWHERE
from switchboard.texts import parse_payload

SLOT = "waiting_requests"
GIVING_UP = {"cancel_task", "ask_human"}
NO = "deny"  # the intent of a button that makes what was said a question


def waiting_in(tracker: DialogueStateTracker) -> list[ParseData]:
    """The requests that wait, in order; none in an assistant whose domain has no such slot."""
    return list((tracker.slots[SLOT].value if SLOT in tracker.slots else None) or [])


def still_wanted(waiting: Iterable[ParseData], asked: Iterable[ParseData]) -> list[ParseData]:
    """Those of `waiting` that still count after the requests of a new message."""
    new = [(request["intent"]["name"], _records(request)) for request in asked]
    if any(intent in GIVING_UP for intent, _ in new):
        return []
    return [request for request in waiting if (request["intent"]["name"], _records(request)) not in new]


def remember(tracker: DialogueStateTracker, waiting: list[ParseData]) -> None:
    """Keep `waiting` in the conversation."""
    if waiting != waiting_in(tracker):
        tracker.update(SlotSet(SLOT, waiting or None))


def asks_something(tracker: DialogueStateTracker, said: Iterable[Event]) -> bool:
    """Whether the customer has to answer first: a form is open, or `said` offers something that "no" would refuse."""
    return tracker.active_loop_name is not None or any(map(_offers, said))


def _offers(event: Event) -> bool:
    buttons = (event.data.get("buttons") or []) if isinstance(event, BotUttered) else []
    return any(parse_payload(button["payload"])[0] == NO for button in buttons)


def _records(request: ParseData) -> frozenset[str]:
    """The numbers it names itself."""
    own = (entity for entity in request["entities"] if entity.get("extractor") != ELSEWHERE)
    return frozenset(str(entity["value"]) for entity in own if entity["entity"] in RECORDS)
