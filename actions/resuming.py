"""Going on here with a conversation that was held elsewhere, after a code for the e-mail that was proved there."""

from typing import Any

from rasa_sdk.events import ActionExecutionRejected

from actions import proving
from actions.base import SportelloAction
from actions.kept import Waiting
from actions.proving import End
from actions.tasks import Task
from actions.turn import Events, Turn, end_form
from switchboard.body import Reply
from switchboard.parting import answering
from switchboard.resuming import resumable

RESUME_FORM = "resume_form"
WISH = "continue_elsewhere"
RESUME = "resume_elsewhere"  # the intent of the button
MOVED, CLOSED = "utter_moved_by_code", "utter_goes_on_in_another"


class ValidateResumeForm(Task):
    """One step of proving the e-mail, and then the offer."""

    form = RESUME_FORM

    async def begin(self, turn: Turn, before: Waiting) -> Events:
        if await proving.owners(turn):
            return await self._offer(turn)
        return proving.ask_email(turn, "utter_resume_ask_email")

    async def go_on(self, turn: Turn) -> Events:
        step = proving.step_of(turn) or proving.Step(proving.EMAIL)
        progress = await proving.go_on(turn, step, WISH)
        if progress.end == End.ASIDE:
            return [ActionExecutionRejected(self.form)]
        if progress.end == End.WITHOUT:
            turn.say("utter_resume_without")
            return end_form()
        return await self._offer(turn) if progress.end else (progress.events or [])

    async def come_back(self, turn: Turn) -> Events:
        step = proving.step_of(turn)
        if step is None or step.asked == proving.EMAIL:
            return proving.ask_email(turn, "utter_resume_ask_email")
        return proving.remind(turn, step)

    def events_after(self, error: Exception) -> Events:
        return end_form()

    async def _offer(self, turn: Turn) -> Events:
        found = await turn.context.database.read(resumable, turn.id, turn.now)
        if found is None:
            turn.say("utter_resume_none")
        else:
            where = turn.wording.label(f"where_{found.channel}")
            turn.say("utter_resume_found", where=where, day=turn.wording.moment(found.last_at))
        return end_form()


class ActionResumeElsewhere(SportelloAction):
    """The offer was accepted: both are one conversation from now on, if the e-mail is still proved."""

    def name(self) -> str:
        return "action_resume_elsewhere"

    async def act(self, turn: Turn) -> Events:
        if await turn.context.database.read(resumable, turn.id, turn.now) is None:
            turn.say("utter_resume_none")
            return []
        texts = turn.context.texts
        moved, closed = answering(texts, texts.render(MOVED, turn.id)), texts.render(CLOSED, turn.id)
        turn.effect("resume", moved=_carried(moved), closed=_carried(closed))
        turn.say("utter_resumed")
        return []


def _carried(reply: Reply) -> dict[str, Any]:
    """A response as an effect carries it (docs/engine.md)."""
    return {"text": reply.text, "buttons": [vars(button) for button in reply.buttons]}
