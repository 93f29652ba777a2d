"""Tasks that wait, and details given while no form could use them. Both survive in the conversation's slots.

One entry is kept at hand for the next form, or for the "no" that leads back to the form that stood aside for a
question. Under it lies a stack of tasks that the customer left for another one.
"""

from dataclasses import asdict, dataclass
from typing import Any, Mapping, Optional

from rasa_sdk.events import SlotSet

from actions.details import SLOT_OF_KIND, Details
from actions.proof import RecordRef
from actions.turn import CASE_SLOT, KEPT_SLOT, PARKED_SLOT, Events, Turn

MAX_PARKED = 3


@dataclass(frozen=True)
class Waiting:
    """A task that can go on: its form, what was known, and the case it was preparing."""

    form: Optional[str] = None
    ref: Optional[list[str]] = None
    email: Optional[str] = None
    case: Optional[Mapping[str, Any]] = None

    @property
    def details(self) -> Details:
        return Details(RecordRef(*self.ref) if self.ref else None, self.email)


def keep(details: Details, form: Optional[str] = None, case: Optional[Mapping[str, Any]] = None) -> Events:
    """The event that keeps these details, and the form that asked for more of them."""
    ref = [details.ref.kind, details.ref.number] if details.ref else None
    return keep_at_hand(Waiting(form, ref, details.email, case))


def keep_at_hand(waiting: Waiting) -> Events:
    """The event that keeps a task at hand."""
    return [SlotSet(KEPT_SLOT, asdict(waiting))]


def kept(turn: Turn) -> Waiting:
    """What is at hand; nothing known when there is nothing."""
    return Waiting(**(turn.slot(KEPT_SLOT) or {}))


def kept_details(turn: Turn) -> Details:
    """The number and e-mail at hand."""
    return kept(turn).details


def form_aside(turn: Turn) -> Optional[str]:
    """The form at hand that could go on."""
    return kept(turn).form


def in_hand(turn: Turn, form: Optional[str]) -> Waiting:
    """What the running form `form` knows, read from its slots."""
    numbers = ([kind, turn.slot(slot)] for kind, slot in SLOT_OF_KIND.items())
    ref = next((ref for ref in numbers if ref[1]), None)
    return Waiting(form, ref, turn.slot("email"), turn.slot(CASE_SLOT))


def parked(turn: Turn) -> list[Waiting]:
    """The tasks that wait, the one left last at the end."""
    return [Waiting(**entry) for entry in turn.slot(PARKED_SLOT) or []]


def park(waiting: list[Waiting]) -> Events:
    """The event that makes these the tasks that wait; beyond three the oldest is given up."""
    return [SlotSet(PARKED_SLOT, [asdict(task) for task in waiting[-MAX_PARKED:]] or None)]
