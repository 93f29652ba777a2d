"""Runs turns: one at a time in each conversation, many conversations together, and never silence.

Whoever is not answered within `TYPING_S` sees that an answer is being prepared, is told so after `MEANWHILE_S`, and
after `PERSON_S` gets an apology and a numbered request for a person.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Optional

from sqlalchemy.exc import SQLAlchemyError

from base.clock import Clock
from base.database import Database
from front.engine_client import EngineClient, EngineFailed, EngineRefused, TurnResult
from shop.desk_rules import DeskRules
from shop.routing import Case, Decision
from switchboard import agents, turns
from switchboard.effects import BadEffect
from switchboard.notices import Notices
from switchboard.texts import Texts
from switchboard.turns import FAILED_TURN, ClaimedTurn, Ended

log = logging.getLogger(__name__)

TYPING_S = 0.15
MEANWHILE_S = 5.0
PERSON_S = 25.0
LEAST_S = 12.0
RETRY_S = 0.25
ENGINE_TRIES = 2
TOGETHER = 16
SWEEP_S = 1.0
WAIT_TEXT, APOLOGY_TEXT, PERSON_TEXT = OWN_TEXTS = (
    "utter_wait_a_moment",
    "utter_error_engine_down",
    "utter_error_engine_down_waiting",
)


@dataclass(frozen=True)
class Patience:
    """How long a customer waits before something is said. Seconds."""

    typing_s: float = TYPING_S
    meanwhile_s: float = MEANWHILE_S
    person_s: float = PERSON_S
    least_s: float = LEAST_S  # for a message that had to wait for the one before, or for this process to start

    def left(self, waited: timedelta) -> float:
        """How long to go on trying for somebody who has waited so long."""
        return max(min(self.least_s, self.person_s), self.person_s - max(0.0, waited.total_seconds()))


class Dispatcher:
    """Finds conversations with work and answers them through the engine."""

    def __init__(
        self,
        database: Database,
        engine: EngineClient,
        notices: Notices,
        texts: Texts,
        clock: Clock,
        front_id: str,
        patience: Optional[Patience] = None,
        rules: Optional[DeskRules] = None,
    ) -> None:
        """`rules`: when people of the shop answer in the chat, and where customers wait; None: nobody does."""
        self._database, self._engine, self._notices = database, engine, notices
        self._texts, self._clock, self._front_id, self._patience = texts, clock, front_id, patience or Patience()
        self._rules = rules
        self._running: dict[str, asyncio.Task] = {}
        self._again: dict[str, Optional[ClaimedTurn]] = {}
        self._places = asyncio.Semaphore(TOGETHER)
        self._sweeper: Optional[asyncio.Task] = None

    async def start(self) -> None:
        """Take back what this front had begun before it died, and begin to look for work."""
        released = await self._database.write(turns.release_all, self._front_id)
        if released:
            log.warning("took back %d turns begun before the restart", released)
        self._sweeper = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """Stop looking for work and let running turns go: their claims are taken back at the next start."""
        tasks = [task for task in (self._sweeper, *self._running.values()) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self, conversation_id: str, turn: Optional[ClaimedTurn] = None) -> None:
        """A turn was queued in this conversation, or claimed for this front already."""
        if conversation_id in self._running:
            self._again[conversation_id] = turn or self._again.get(conversation_id)
            return
        task = asyncio.create_task(self._answer_all(conversation_id, turn))
        self._running[conversation_id] = task
        task.add_done_callback(lambda done: self._ended(conversation_id, done))

    def _ended(self, conversation_id: str, task: asyncio.Task) -> None:
        self._running.pop(conversation_id, None)
        again, turn = conversation_id in self._again, self._again.pop(conversation_id, None)
        if task.cancelled():
            return
        if task.exception():
            log.error("conversation %s broke; the sweep finds it", conversation_id, exc_info=task.exception())
        if turn or (again and not task.exception()):
            self.wake(conversation_id, turn)

    async def _sweep(self) -> None:
        while True:
            try:
                for conversation_id in await self._database.read(turns.conversations_with_work, self._clock.now()):
                    if conversation_id not in self._running:
                        self.wake(conversation_id)
            except Exception:
                log.exception("the sweep for unanswered messages failed and goes on")
            await asyncio.sleep(SWEEP_S)

    async def _answer_all(self, conversation_id: str, claimed: Optional[ClaimedTurn]) -> None:
        while True:
            turn, claimed = claimed or await self._claim(conversation_id), None
            if turn is None:  # a person's to answer, or somebody else's
                await self._notices.new_rows(conversation_id)
                return
            ended = None
            try:
                ended = await self._answer(turn)
                await self._notices.new_rows(conversation_id, ended.rows if ended else ())
            except Exception:  # most likely the database; the customer must not wait for the lease to end
                log.exception("turn %s broke and is tried again", turn.id)
                await self._release(turn)
            finally:
                if not (ended and ended.rows):  # else the answer itself ends it
                    await self._notices.typing(conversation_id, False)
            if ended and not ended.more:
                return

    async def _claim(self, conversation_id: str) -> Optional[ClaimedTurn]:
        return await self._database.write(turns.claim_next, conversation_id, self._front_id, self._clock.now())

    async def _answer(self, turn: ClaimedTurn) -> Optional[Ended]:
        """What the turn wrote, None when somebody else had ended or taken it over."""
        if turn.exhausted:
            return await self._give_up(turn, "claimed_too_often")
        meanwhile = asyncio.create_task(self._keep_company(turn))
        try:
            result = await self._ask(turn)
        except (EngineFailed, EngineRefused) as error:
            log.error("turn %s failed: %s", turn.id, error)
            return await self._give_up(turn, str(error))
        finally:
            meanwhile.cancel()
            await asyncio.gather(meanwhile, return_exceptions=True)
        try:
            done = (turn, result.replies, result.effects, self._clock.now(), result.understood)
            ended = await self._database.write(turns.complete, *done)
        except BadEffect as error:
            log.error("turn %s asked for an effect that cannot be: %s", turn.id, error)
            return await self._give_up(turn, "bad_effect")
        if ended is None:
            log.info("turn %s came too late and left nothing", turn.id)
        return ended

    async def _ask(self, turn: ClaimedTurn) -> TurnResult:
        """The engine's answer, patient while it restarts, with two tries when it breaks."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._patience.left(self._clock.now() - turn.sent_at)
        failures = 0
        while True:
            try:
                async with self._places:
                    return await asyncio.wait_for(self._engine.turn(turn), timeout=max(0.1, until - loop.time()))
            except asyncio.TimeoutError as error:
                raise EngineFailed("too_late") from error
            except EngineFailed:
                failures += 1
                if failures >= ENGINE_TRIES:
                    raise
            except EngineRefused:
                if loop.time() >= until:
                    raise
            await asyncio.sleep(RETRY_S)

    async def _release(self, turn: ClaimedTurn) -> None:
        """Give the claim back as soon as the database takes it."""
        await asyncio.sleep(SWEEP_S)
        try:
            await self._database.write(turns.release, turn)
        except SQLAlchemyError:
            log.exception("turn %s could not be given back; it is found when its lease ends", turn.id)

    async def _keep_company(self, turn: ClaimedTurn) -> None:
        """While the customer waits: an answer that comes at once needs no announcement, a late one is excused."""
        await asyncio.sleep(self._patience.typing_s)
        await self._notices.typing(turn.conversation_id, True)
        await asyncio.sleep(max(0.0, self._patience.meanwhile_s - self._patience.typing_s))
        reply = self._texts.render(WAIT_TEXT, turn.id, {}, turn.channel)
        if await self._database.write(turns.say_meanwhile, turn, reply, self._clock.now()):
            await self._notices.new_rows(turn.conversation_id)

    async def _give_up(self, turn: ClaimedTurn, reason: str) -> Optional[Ended]:
        """Say that there is no answer; where people of the shop are there, the customer waits for one of them."""
        now = self._clock.now()
        case = Case(reason=FAILED_TURN, channel=turn.channel, words=turn.text)
        decision = self._rules.routing.decide(case) if self._rules else Decision()
        is_open = self._rules is not None and self._rules.of(decision.department).is_open(now)
        to_person = is_open and await self._database.read(agents.is_staffed)
        apology = self._texts.render(PERSON_TEXT if to_person else APOLOGY_TEXT, turn.id, {}, turn.channel)
        way = decision.way() if to_person else None
        return await self._database.write(turns.give_up, turn, reason, apology, now, way)
