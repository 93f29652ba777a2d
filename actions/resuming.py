"""Going on here with a conversation that was held elsewhere, after a code for the e-mail that was proved there."""

from typing import Any

from actions.after_proof import AfterProof
from actions.base import SportelloAction
from actions.turn import Events, Turn
from switchboard.body import Reply
from switchboard.parting import answering
from switchboard.resuming import resumable

RESUME_FORM = "resume_form"
RESUME = "resume_elsewhere"  # the intent of the button
MOVED, CLOSED = "utter_moved_by_code", "utter_goes_on_in_another"


class ValidateResumeForm(AfterProof):
    """Proves the e-mail and offers what was held elsewhere with it."""

    form = RESUME_FORM
    wish = "continue_elsewhere"
    asks = "utter_resume_ask_email"
    without = "utter_resume_without"

    async def do(self, turn: Turn) -> None:
        found = await turn.context.database.read(resumable, turn.id, turn.now)
        if found is None:
            turn.say("utter_resume_none")
            return
        where = turn.wording.label(f"where_{found.channel}")
        turn.say("utter_resume_found", where=where, day=turn.wording.moment(found.last_at))


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
