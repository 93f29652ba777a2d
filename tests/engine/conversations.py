"""Turns of the throw-away bot in this process, on any tracker store."""

import asyncio
import itertools
from pathlib import Path
from typing import Any, Optional

from rasa.core.agent import Agent
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from engine.app import prepared_agent
from engine.nlg import ResponseTexts
from engine.results import Result, result_of
from engine.turn_request import Button, TurnRequest

BOT = Path(__file__).parent / "bot"
CONVERSATION = "cv_1"

_numbers = itertools.count(1)


class FullHistoryStore(InMemoryTrackerStore):
    """Rasa's own store, which keeps every event: what ours must not be told apart from."""

    def __init__(self) -> None:
        super().__init__(Domain.empty())

    async def create_tracker(self, sender_id: str, append_action_listen: bool = True) -> DialogueStateTracker:
        return self.init_tracker(sender_id)

    async def begin(self, conversation_id: str, turn_id: str) -> Optional[Result]:
        return await self.answer_to(conversation_id, turn_id)

    async def answer_to(self, conversation_id: str, turn_id: str) -> Optional[Result]:
        tracker = await self.retrieve(conversation_id)
        result = result_of(tracker.events) if tracker else {"turn_id": None}
        return result if result["turn_id"] == turn_id else None


class Gate(ResponseTexts):
    """Texts that wait at a gate, so that a test can look at a turn while it runs."""

    def __init__(self) -> None:
        super().__init__(TEXTS)
        self.reached, self.open = asyncio.Event(), asyncio.Event()
        self.said: list[str] = []

    async def generate(self, utter_action: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self.said.append(utter_action)
        self.reached.set()
        await self.open.wait()
        return await super().generate(utter_action, *args, **kwargs)


TEXTS = EndpointConfig(folder=str(BOT / "data" / "responses"), register="tu")


def agent_with(
    store: TrackerStore,
    model: Path,
    action_endpoint: Optional[EndpointConfig] = None,
    texts: Optional[ResponseTexts] = None,
) -> Agent:
    """The bot on `store`."""
    return prepared_agent(model, store, texts or ResponseTexts(TEXTS), action_endpoint)


def pressing(
    intent: str, turn_id: Optional[str] = None, conversation_id: str = CONVERSATION, **entities: str
) -> TurnRequest:
    """A turn whose meaning is certain."""
    return _turn(intent, Button(intent, entities), turn_id, conversation_id)


def writing(text: str, turn_id: Optional[str] = None, conversation_id: str = CONVERSATION) -> TurnRequest:
    """A turn that NLU has to understand."""
    return _turn(text, None, turn_id, conversation_id)


def texts_of(result: Result) -> list[str]:
    return [reply["text"] for reply in result["replies"]]


def _turn(text: str, button: Optional[Button], turn_id: Optional[str], conversation_id: str) -> TurnRequest:
    turn_id = turn_id or f"ms_{next(_numbers)}"
    return TurnRequest(turn_id, conversation_id, text, button, "web", "2026-11-23T09:15:02+00:00")
