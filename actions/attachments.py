"""Photos and documents a customer sends: a person looks at them, and the customer is told so."""

from actions.base import SportelloAction
from actions.turn import Events, Turn
from switchboard import attachments, staff_requests


class ActionReceiveAttachment(SportelloAction):
    """Nobody asked for it: it goes with the request that is open, or waits in the conversation for the next one."""

    def name(self) -> str:
        return "action_receive_attachment"

    async def act(self, turn: Turn) -> Events:
        if turn.stood_aside():
            turn.say("utter_attachment_noted")
            return []
        number = await turn.context.database.read(staff_requests.latest_open_of, turn.conversation_id)
        if number is None:
            turn.say("utter_attachment_received")
            return []
        turn.say("utter_attachment_added")
        turn.effect("staff_request", reason="added", about={})
        return []


async def files_so_far(turn: Turn) -> int:
    """How many files of this conversation go with no request yet: the next one takes them along."""
    return await turn.context.database.read(attachments.loose_in, turn.conversation_id)
