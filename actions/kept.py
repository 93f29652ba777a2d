"""Details given while a form cannot use them: it stood aside for another question, or had not been asked for yet.

They wait in one slot for the next form, or for the "no" that leads back to the one that stood aside.
"""

from typing import Optional

from rasa_sdk.events import SlotSet

from actions.details import Details
from actions.proof import RecordRef
from actions.turn import KEPT_SLOT, Events, Turn


def keep(details: Details, form: Optional[str] = None) -> Events:
    """The event that keeps these details, and the form that asked for more of them."""
    ref = [details.ref.kind, details.ref.number] if details.ref else None
    return [SlotSet(KEPT_SLOT, {"form": form, "ref": ref, "email": details.email})]


def kept_details(turn: Turn) -> Details:
    """What was kept."""
    kept = turn.slot(KEPT_SLOT)
    if not kept:
        return Details()
    return Details(RecordRef(*kept["ref"]) if kept["ref"] else None, kept["email"])


def form_aside(turn: Turn) -> Optional[str]:
    """The form that stood aside and could go on."""
    kept = turn.slot(KEPT_SLOT)
    return kept["form"] if kept else None
