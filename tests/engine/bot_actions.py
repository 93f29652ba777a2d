"""Actions of the throw-away bot, each of them a way to go right or wrong."""

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

CARD = {"kind": "timeline", "title": "Ordine 104233", "steps": [], "facts": [], "links": []}
EFFECT = {"kind": "staff_request", "reason": "asked"}


class ActionAnswer(Action):
    def name(self) -> str:
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[dict[str, Any]]:
        turn_id = tracker.latest_message["metadata"]["turn_id"]
        dispatcher.utter_message(response="utter_answer", turn=turn_id, json_message={"card": CARD})
        dispatcher.utter_message(json_message={"effect": EFFECT})
        return []


class ActionFail(Action):
    def name(self) -> str:
        return "action_fail"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[dict[str, Any]]:
        raise RuntimeError(f"cannot work with {tracker.latest_message['text']}")


class ActionSayNothing(Action):
    def name(self) -> str:
        return "action_say_nothing"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[dict[str, Any]]:
        return []


class ActionPause(Action):
    """Takes long enough for a model to be swapped meanwhile."""

    def name(self) -> str:
        return "action_pause"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[dict[str, Any]]:
        await asyncio.sleep(0.03)
        return []


class ActionHang(Action):
    def name(self) -> str:
        return "action_hang"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[dict[str, Any]]:
        await asyncio.Event().wait()
        return []


class ValidateCheckedForm(Action):
    def name(self) -> str:
        return "validate_checked_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[dict[str, Any]]:
        raise RuntimeError("cannot check")
