"""A customer who goes on elsewhere takes along what he talks about, and nothing that says or shows who he is.

A conversation may be written in from several sides (docs/joining.md). When a message comes from another one than the
message before, what the assistant keeps in mind loses addresses and telephones, a code is asked for anew, and what was
told in the customer's own words is kept for the shop but not said back.
"""

from typing import Any, Mapping, Optional

from rasa.shared.core.events import Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from engine.choices import SLOT as CHOICE
from engine.waiting import SLOT as WAITING

SLOT, OPENER = "side", ""
EMAIL, PROOF = "email", "proof_step"
DROPPED = ("contact", "phone")  # details of a case by which somebody is reached
KNOWN, DESCRIPTION, TOLD_ELSEWHERE = "known", "description", "told_elsewhere"  # of a case
OWN_WORDS = (CHOICE, WAITING)  # slots that keep messages as they were written
ASK_EMAIL = {"asked": EMAIL, EMAIL: None, "known": False, "missed": 0}  # the first step of a proof


def change_side(tracker: DialogueStateTracker, side: Optional[str]) -> None:
    """Keep in mind from where the latest message came, and forget what must not be known there.

    Args:
        side: `turn_request.TurnRequest.side`; None for the conversation's opener.
    """
    if SLOT not in tracker.slots:
        return  # an assistant that is not asked on several channels
    now, before = side or OPENER, tracker.slots[SLOT].value or OPENER
    if now == before:
        return
    for event in _forgetting(tracker):
        tracker.update(event)
    tracker.update(SlotSet(SLOT, now))


def _forgetting(tracker: DialogueStateTracker) -> list[Event]:
    events: list[Event] = []
    for name, slot in tracker.slots.items():
        value = slot.value
        if value is None or name == SLOT:
            continue
        kept = None if name == EMAIL or name in OWN_WORDS else ASK_EMAIL if name == PROOF else _without(value)
        if kept != value:
            events.append(SlotSet(name, kept))
    return events


def _without(value: Any) -> Any:
    """`value` without addresses, telephones, and with the mark that a description was told elsewhere."""
    if isinstance(value, list):
        return [_without(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    kept = {key: None if key == EMAIL else _without(item) for key, item in value.items() if key not in DROPPED}
    if isinstance(value.get(KNOWN), Mapping) and DESCRIPTION in value[KNOWN]:
        kept[TOLD_ELSEWHERE] = [DESCRIPTION]
    return kept
