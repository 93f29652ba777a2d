"""Taking leave: thanks and goodbyes are answered, and once in a conversation it is asked whether it helped."""

from rasa_sdk.events import SlotSet

from actions.answering import COURTESIES
from actions.base import SportelloAction
from actions.turn import Events, Turn
from switchboard import staff_requests
from switchboard.handoffs import OUTCOMES, SOLVED, UNSOLVED

GOODBYE = "say_goodbye"
NOT_SERVED = {None, *COURTESIES, "cancel_task", "out_of_scope", "nlu_fallback", "ask_if_bot", "ask_capabilities"}
ASKED = "outcome_asked"
ANSWERS = {SOLVED: "utter_glad_it_is_solved", UNSOLVED: "utter_sorry_not_solved"}  # to the buttons under the question


class ActionTakeLeave(SportelloAction):
    """Answers thanks or a goodbye, and asks whoever was told something if it is solved.

    Not while people of the shop still deal with it: they will ask.
    """

    def name(self) -> str:
        return "action_take_leave"

    async def act(self, turn: Turn) -> Events:
        turn.say("utter_goodbye" if turn.intent == GOODBYE else "utter_you_are_welcome")
        if turn.active_form or turn.slot(ASKED) or turn.previous_request() in NOT_SERVED:
            return []
        if await turn.context.database.read(staff_requests.latest_open_of, turn.conversation_id) is not None:
            return []
        turn.say("utter_ask_solved")
        return [SlotSet(ASKED, True)]


def hear_outcome(turn: Turn, said: str) -> Events:
    """A typed "yes" (`SOLVED`) or "no" (`UNSOLVED`) to the question; a button is heard by the switchboard itself."""
    turn.effect("outcome", says=OUTCOMES[said])
    turn.say(ANSWERS[said])
    return []
