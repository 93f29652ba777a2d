"""The base of every action, and the one place where an error becomes an answer.

Nothing a customer wrote reaches the log from here: an unexpected error leaves its type, its stack and two ids, never
its message, which may quote what was typed.
"""

import asyncio
import logging
from abc import ABC, abstractmethod

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.context import context
from actions.turn import Events, Turn
from base.apology import APOLOGY, FAILED_TURN
from shop.errors import ShopError

ACTION_S = 5.0  # the engine hangs up after six

log = logging.getLogger(__name__)


class SportelloAction(Action, ABC):
    """An action that always answers. Subclasses write `act`; whatever it raises becomes words."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> Events:
        turn = None
        try:
            turn = Turn(dispatcher, tracker, context())
            events = await asyncio.wait_for(self.act(turn), ACTION_S)
            if turn.read:
                dispatcher.utter_message(json_message={"read": turn.read})
            return events
        except ShopError as error:
            log.info("%s: %s in %s", self.name(), type(error).__name__, turn.id)
            turn.unsay()
            turn.say(error.response, **error.values)
            return self.events_after(error)
        except Exception as error:  # noqa: BLE001 the one place that answers whatever happened
            _log_failure(self.name(), tracker)
            dispatcher.messages.clear()
            dispatcher.utter_message(response=APOLOGY)
            dispatcher.utter_message(json_message={"effect": FAILED_TURN})
            return self.events_after(error)

    @abstractmethod
    async def act(self, turn: Turn) -> Events:
        """Answer the turn; the events it leaves in the conversation.

        Raises:
            shop.errors.ShopError: something the customer is told about.
        """

    def events_after(self, error: Exception) -> Events:
        """What an error leaves in the conversation besides its answer: normally nothing."""
        return []


def _log_failure(action: str, tracker: Tracker) -> None:
    """The stack and two ids; the log's formatter keeps an exception's message out (`base/logs.py`)."""
    turn_id = ((tracker.latest_message or {}).get("metadata") or {}).get("turn_id")
    log.exception("%s failed in conversation %s, turn %s", action, tracker.sender_id, turn_id)
