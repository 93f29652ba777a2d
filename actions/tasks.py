"""Tasks that can be left for another one: what was begun is parked, at most three deep, and offered again afterwards.

In plain Rasa a second form ends the first in silence. Here every form is a `Task`: when it opens while another one
stood aside for it, that one is parked with what it knew; when it ends, the last one parked is offered.
"""

from abc import abstractmethod
from typing import ClassVar

from rasa_sdk.events import ActionExecutionRejected

from actions.base import SportelloAction
from actions.kept import Waiting, in_hand, keep_at_hand, kept, park, parked
from actions.proving import code_outcome
from actions.turn import GIVING, KEPT_SLOT, PARKED_SLOT, PROOF_SLOT, REQUESTED_SLOT, Events, Turn


class Task(SportelloAction):
    """One step of a form. Subclasses say how it begins, goes on and comes back."""

    form: ClassVar[str]

    @abstractmethod
    async def begin(self, turn: Turn, before: Waiting) -> Events:
        """The form was opened by this message; `before` is what is known already."""

    @abstractmethod
    async def go_on(self, turn: Turn) -> Events:
        """The customer wrote while the form was asking."""

    @abstractmethod
    async def come_back(self, turn: Turn) -> Events:
        """Something else was answered in this turn, and now the form may go on."""

    def is_wanted(self, turn: Turn, waiting: Waiting) -> bool:
        """Whether this message means a task of this form that waits, and not a new one."""
        return True

    def name(self) -> str:
        return f"validate_{self.form}"

    async def act(self, turn: Turn) -> Events:
        if turn.has_just_opened(self.form):
            waiting, before = self._left_for_this(turn)
            return settle(turn, await self.begin(turn, before), waiting)
        if turn.comes_back_to(self.form):
            return settle(turn, await self.come_back(turn), parked(turn))
        if turn.slot(PROOF_SLOT) is None and await code_outcome(turn):
            return [ActionExecutionRejected(self.form)]  # a code that this form does not wait for
        return settle(turn, await self.go_on(turn), parked(turn))

    def _left_for_this(self, turn: Turn) -> tuple[list[Waiting], Waiting]:
        """The tasks that wait now, and what this one can begin with."""
        waiting = parked(turn)
        again = next((t for t in reversed(waiting) if t.form == self.form and self.is_wanted(turn, t)), None)
        waiting = [task for task in waiting if task is not again]
        left = turn.stood_aside()
        if left is None or left == self.form:
            return waiting, again or kept(turn)
        left_task = in_hand(turn, left)
        if turn.intent not in GIVING and not turn.corrects:  # an answer or a correction leaves nothing behind
            waiting = [*(task for task in waiting if task.form != left), left_task]
        return waiting, again or left_task


def settle(turn: Turn, events: Events, waiting: list[Waiting]) -> Events:
    """`events` of a step; when it ended the task, the last one that waits is offered."""
    waiting = _parked_by(events, waiting)
    if waiting and _ended(events):
        *waiting, last = waiting
        turn.say(f"utter_resume_{last.form}")
        events = [*events, *keep_at_hand(last)]
    return events if waiting == parked(turn) else [*events, *park(waiting)]


def _parked_by(events: Events, waiting: list[Waiting]) -> list[Waiting]:
    """The tasks that wait after a step, which may have parked one itself."""
    stacks = [event["value"] or [] for event in events if event.get("name") == PARKED_SLOT]
    return [Waiting(**entry) for entry in stacks[-1]] if stacks else waiting


def _ended(events: Events) -> bool:
    """Whether the task is over; one that only steps aside is kept with its form."""
    values = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
    over = REQUESTED_SLOT in values and values[REQUESTED_SLOT] is None
    return over and not (values.get(KEPT_SLOT) or {}).get("form")
