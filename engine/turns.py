"""Runs turns: one at a time in each conversation, each of them once, and never without an answer.

A turn belongs to no request: it goes on when the caller has given up, and whoever asks again for the same `turn_id`
gets the turn that is running, or the answer that was stored with it.
"""

import asyncio
import logging
from collections import Counter
from contextlib import asynccontextmanager
from typing import Any, AsyncIterator, Optional

from rasa.core.agent import Agent

from base.apology import APOLOGY, FAILED_TURN
from base.layers import Layers
from engine.loaded import LoadedModel
from engine.parsing import understood
from engine.results import Result
from engine.tracker_store import TurnOvertaken
from engine.turn_request import TurnRequest, disarmed
from engine.turn_run import TurnRun

TURN_S = 10.0
MOST_INTENTS = 5

log = logging.getLogger(__name__)


class TurnUnanswered(Exception):
    """Rasa came back, and nothing was stored."""


class Turns:
    """All turns of this process. A turn runs to its end on the `model` that is there when it begins.

    Args:
        agent: with our tracker store and texts (`engine/selfcheck.py`).
        layers: of parameters and the shop's questions; this installation's when not given.
    """

    def __init__(self, agent: Agent, layers: Optional[Layers] = None) -> None:
        self.model = LoadedModel(agent, layers)
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

    async def understood(self, text: str, most: int = MOST_INTENTS) -> dict[str, Any]:
        """What `text` may mean; nothing is answered or kept.

        Returns:
            `intents`, the likeliest first, each `{"intent", "confidence"}`; `entities`, each `{"entity", "start",
            "end"}` with places in `text`.
        """
        told = understood(text, await self.model.agent.parse_message(disarmed(text)))
        return {
            "intents": [
                {"intent": one["name"], "confidence": float(one["confidence"])} for one in told["intent_ranking"][:most]
            ],
            "entities": [{name: one[name] for name in ("entity", "start", "end")} for one in told["entities"]],
        }

    async def drain(self, timeout: float = TURN_S) -> None:
        """Let the turns that are running come to their end."""
        if self._running:
            await asyncio.wait(self._running.values(), timeout=timeout)

    async def _run(self, request: TurnRequest) -> Result:
        async with self._alone_in(request.conversation_id):
            model = self.model
            result = await model.agent.tracker_store.begin(request.conversation_id, request.turn_id)
            if result is None:
                result = await self._run_now(model, request)
        return self._never_silent(model, request, result)

    async def _run_now(self, model: LoadedModel, request: TurnRequest) -> Result:
        broken: Exception = TurnUnanswered(request.turn_id)
        try:
            await asyncio.wait_for(TurnRun(model.agent, model.understanding, request).run(), TURN_S)
        except (asyncio.TimeoutError, TurnOvertaken) as error:
            broken = error  # unless it was saved in the last moment, or by another process
        result = await model.agent.tracker_store.answer_to(request.conversation_id, request.turn_id)
        if result is None:
            raise broken
        return result

    def _never_silent(self, model: LoadedModel, request: TurnRequest, result: Result) -> Result:
        if result["replies"]:
            return result
        log.error("turn %s of conversation %s said nothing", request.turn_id, request.conversation_id)
        text = model.agent.nlg.texts.render(APOLOGY, request.turn_id, {}, request.channel).text
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
