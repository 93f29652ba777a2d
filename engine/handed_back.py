"""After people of the shop have dealt with a customer, the assistant begins afresh: what it was doing is over.

Only what was talked about last is kept, so that "e quando arriva?" still finds its order. How the people ended it is
in the switchboard, where actions read it.
"""

from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.events import ActiveLoop, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

KEPT = frozenset({"talked_about", "product_talked_about"})


def begin_afresh(tracker: DialogueStateTracker) -> None:
    """End the running form, and empty every slot but `KEPT`."""
    if tracker.active_loop_name:
        tracker.update(ActiveLoop(None))
        tracker.update(SlotSet(REQUESTED_SLOT, None))
    for name, slot in tracker.slots.items():
        if name not in KEPT and slot.value is not None:
            tracker.update(SlotSet(name, None))
