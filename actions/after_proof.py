"""A task that is done as soon as an e-mail is proved, and that has nothing else to ask."""

from abc import abstractmethod
from typing import ClassVar

from rasa_sdk.events import ActionExecutionRejected

from actions import proving
from actions.kept import Waiting
from actions.proving import End
from actions.tasks import Task
from actions.turn import Events, Turn, end_form


class AfterProof(Task):
    """One step of proving the e-mail, and then what it was proved for."""

    wish: ClassVar[str]  # the intent that opens it
    asks: ClassVar[str]  # the response that asks for the e-mail, with the reason
    without: ClassVar[str]  # said to whoever wants no code

    @abstractmethod
    async def do(self, turn: Turn) -> None:
        """An e-mail is proved: do it, and say so."""

    async def begin(self, turn: Turn, before: Waiting) -> Events:
        if await proving.owners(turn):
            return await self._end(turn)
        if not turn.context.codes:
            turn.say(self.without)
            return end_form()
        return proving.ask_email(turn, self.asks)

    async def go_on(self, turn: Turn) -> Events:
        step = proving.step_of(turn) or proving.Step(proving.EMAIL)
        progress = await proving.go_on(turn, step, self.wish)
        if progress.end == End.ASIDE:
            return [ActionExecutionRejected(self.form)]
        if progress.end == End.WITHOUT:
            turn.say(self.without)
            return end_form()
        return await self._end(turn) if progress.end else (progress.events or [])

    async def come_back(self, turn: Turn) -> Events:
        step = proving.step_of(turn)
        if step is None or step.asked == proving.EMAIL:
            return proving.ask_email(turn, self.asks)
        return proving.remind(turn, step)

    def events_after(self, error: Exception) -> Events:
        return end_form()

    async def _end(self, turn: Turn) -> Events:
        await self.do(turn)
        return end_form()
