"""Runs turns: one at a time in each conversation, each of them once, and never without an answer.

A turn belongs to no request: it goes on when the caller has given up, and whoever asks again for the same `turn_id`
gets the turn that is running, or the answer that was stored with it.
"""

import asyncio
import logging
from collections import Counter
from contextlib import asynccontextmanager
from typing import Any, AsyncIterator

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage

from base.apology import APOLOGY, FAILED_TURN
from engine.results import Result
from engine.tracker_store import TurnOvertaken
from engine.turn_request import UNTOLD, Button, TurnRequest

TURN_S = 10.0
KEPT_RANKS = 5  # of the intents an NLU hesitated between; actions look at the first few

log = logging.getLogger(__name__)


class TurnUnanswered(Exception):
    """Rasa came back, and nothing was stored."""


class Replies(OutputChannel):
    """Where Rasa sends what it says: nowhere, for the turn's answer is read from the saved events.

    Its name is the customer's channel, so that variants of a response for that channel are found.
    """

    def __init__(self, channel: str) -> None:
        self._channel = channel

    def name(self) -> str:
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Nothing: see the class."""


class Turns:
    """All turns of this process. `agent` has our tracker store and texts (`engine/selfcheck.py`)."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._running: dict[tuple[str, str], asyncio.Task[Result]] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._users: Counter[str] = Counter()

    async def run(self, request: TurnRequest) -> Result:
        """The answer to the turn, run now, running already, or stored.

        Raises:
            Exception, engine.action_endpoint.TurnBroken: whatever broke the turn. Nothing of it was saved, and it may
                be asked for again.
        """
        key = (request.conversation_id, request.turn_id)
        task = self._running.get(key)
        if task is None:
            task = self._running[key] = asyncio.create_task(self._run(request))
            task.add_done_callback(lambda done: self._finished(key, done))
        return await asyncio.shield(task)

    async def drain(self, timeout: float = TURN_S) -> None:
        """Let the turns that are running come to their end."""
        if self._running:
            await asyncio.wait(self._running.values(), timeout=timeout)

    async def _run(self, request: TurnRequest) -> Result:
        store = self._agent.tracker_store
        async with self._alone_in(request.conversation_id):
            result = await store.begin(request.conversation_id, request.turn_id)
            if result is None:
                result = await self._run_now(request)
        return self._never_silent(request, result)

    async def _run_now(self, request: TurnRequest) -> Result:
        broken: Exception = TurnUnanswered(request.turn_id)
        try:
            await asyncio.wait_for(self._handle(request), TURN_S)
        except (asyncio.TimeoutError, TurnOvertaken) as error:
            broken = error  # unless it was saved in the last moment, or by another process
        result = await self._agent.tracker_store.answer_to(request.conversation_id, request.turn_id)
        if result is None:
            raise broken
        return result

    async def _handle(self, request: TurnRequest) -> None:
        message = UserMessage(
            text=request.text,
            output_channel=Replies(request.channel),
            sender_id=request.conversation_id,
            parse_data=await self._understood(request),
            input_channel=request.channel,
            message_id=request.turn_id,
            metadata=_metadata(request),
        )
        await self._agent.handle_message(message)

    async def _understood(self, request: TurnRequest) -> dict[str, Any]:
        # A button that an earlier model offered and this one does not know is read as what is written on it.
        if request.button and request.button.intent in self._agent.domain.intents:
            return _meaning(request.button, request.text)
        parsed = await self._agent.parse_message(request.text)
        ranking = parsed.get("intent_ranking") or []
        return {
            "text": request.text,
            "intent": parsed["intent"],
            "intent_ranking": ranking[:KEPT_RANKS],
            "entities": parsed["entities"],
        }

    def _never_silent(self, request: TurnRequest, result: Result) -> Result:
        if result["replies"]:
            return result
        log.error("turn %s of conversation %s said nothing", request.turn_id, request.conversation_id)
        text = self._agent.nlg.texts.render(APOLOGY, request.turn_id, {}, request.channel).text
        reply = {"text": text, "buttons": [], "card": None, "response": APOLOGY}
        return {**result, "replies": [reply], "effects": [*result["effects"], FAILED_TURN]}

    @asynccontextmanager
    async def _alone_in(self, conversation_id: str) -> AsyncIterator[None]:
        """First come, first served; a conversation nobody waits for leaves nothing behind."""
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        self._users[conversation_id] += 1
        try:
            async with lock:
                yield
        finally:
            self._users[conversation_id] -= 1
            if not self._users[conversation_id]:
                del self._users[conversation_id], self._locks[conversation_id]

    def _finished(self, key: tuple[str, str], task: "asyncio.Task[Result]") -> None:
        del self._running[key]
        if not task.cancelled():
            task.exception()  # looked at, also when every caller has gone


def _metadata(request: TurnRequest) -> dict[str, Any]:
    """What actions may know of the message besides its words."""
    told = {} if request.previous_turn_id == UNTOLD else {"previous_turn_id": request.previous_turn_id}
    return {
        "turn_id": request.turn_id,
        "channel": request.channel,
        "sent_at": request.sent_at,
        "button": request.button is not None,
        **told,
    }


def _meaning(button: Button, title: str) -> dict[str, Any]:
    """What NLU would say had it understood perfectly."""
    intent = {"name": button.intent, "confidence": 1.0}
    entities = [{"entity": name, "value": value, "extractor": "button"} for name, value in button.entities.items()]
    return {"text": title, "intent": intent, "intent_ranking": [intent], "entities": entities}
