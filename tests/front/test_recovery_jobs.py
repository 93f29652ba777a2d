"""The engine dies, customers wait for people, and it comes back: whoever nobody has come to gets his answers."""

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import AsyncIterator

from base.clock import FixedClock
from base.database import Database
from base.settings import ROOT, Register
from front.dispatcher import Dispatcher, Patience
from front.engine_client import EngineClient
from front.job_runner import JobRunner
from front.recovery_jobs import JOB, recovery_handlers, schedule_recovery
from shop.desk_rules import DeskRules
from switchboard import attending, handoffs, log
from switchboard.models import BOT, HUMAN, WAITING, Handoff
from switchboard.notices import Notices
from switchboard.texts import Texts
from tests.front.fake_engine import SECRET, Answer, FakeEngine, answer, until
from tests.switchboard.desk import JOINED, agent, owner_of
from tests.switchboard.helpers import say, texts_of

TEXTS = Texts.load(ROOT / "data" / "responses", Register.TU)
RULES = DeskRules.load(ROOT / "data" / "desk.yml")
BACK = TEXTS.say("utter_engine_is_back")


class Shop:
    """A dispatcher whose engine is on a port that nobody may listen to, with Giulia at the desk."""

    def __init__(self, database: Database, clock: FixedClock, port: int) -> None:
        self.database, self.clock = database, clock
        self.engine = EngineClient(f"http://127.0.0.1:{port}", SECRET)
        patience = Patience(person_s=0.3)
        notices = Notices()
        self.dispatcher = Dispatcher(database, self.engine, notices, TEXTS, clock, "front", patience, rules=RULES)
        handlers = recovery_handlers(database, clock, TEXTS, notices, self.engine, self.dispatcher.wake)
        self.jobs = JobRunner(database, clock, "front", handlers, frozenset({JOB}))
        with database.writing() as session:
            schedule_recovery(session, clock.now())
            self.giulia = agent(session, "Giulia", clock.now())

    async def says(self, text: str) -> str:
        with self.database.writing() as session:
            conversation_id = say(session, text, self.clock.now()).conversation_id
        self.dispatcher.wake(conversation_id)
        return conversation_id

    async def is_lost(self, text: str) -> str:
        """The engine does not answer this message: its customer waits."""
        conversation_id = await self.says(text)
        await until(lambda: self.owner(conversation_id) == WAITING)
        return conversation_id

    async def look(self) -> None:
        self.clock.move(timedelta(seconds=15))
        await self.jobs.run_due()

    def owner(self, conversation_id: str) -> str:
        with self.database.reading() as session:
            return owner_of(session, conversation_id)[0]

    def texts(self, conversation_id: str) -> list[str]:
        with self.database.reading() as session:
            return texts_of(session, conversation_id)


@asynccontextmanager
async def shop(database: Database, clock: FixedClock) -> AsyncIterator[tuple[Shop, int]]:
    async with FakeEngine().serving() as free:
        port = free.port
    place = Shop(database, clock, port)
    await place.dispatcher.start()
    try:
        yield place, port
    finally:
        await place.dispatcher.stop()
        await place.engine.close()


async def test_everything_written_meanwhile_is_answered_once_when_the_engine_is_back(
    database: Database, clock: FixedClock
) -> None:
    async with shop(database, clock) as (place, port):
        conversation_id = await place.is_lost("dov'è il 104206?")
        await place.says("e quanto costa la spedizione?")
        await place.look()
        still = place.owner(conversation_id)

        async with FakeEngine().serving(port) as engine:
            await place.look()
            await until(lambda: "eco: e quanto costa la spedizione?" in place.texts(conversation_id))
            await place.look()

    assert still == WAITING and place.owner(conversation_id) == BOT
    assert place.texts(conversation_id)[-3:] == [BACK, "eco: dov'è il 104206?", "eco: e quanto costa la spedizione?"]
    assert len(engine.calls) == 2
    with database.reading() as session:
        assert handoffs.latest_of(session, conversation_id).ending == handoffs.RECOVERED


async def test_whom_somebody_has_come_to_stays_with_that_person(database: Database, clock: FixedClock) -> None:
    async with shop(database, clock) as (place, port):
        conversation_id = await place.is_lost("dov'è il 104206?")
        with database.writing() as session:
            attending.accept(session, conversation_id, place.giulia, JOINED, clock.now())

        async with FakeEngine().serving(port) as engine:
            await place.look()

    assert place.owner(conversation_id) == HUMAN and BACK not in place.texts(conversation_id) and not engine.calls


async def test_who_asked_for_a_person_himself_waits_on(database: Database, clock: FixedClock) -> None:
    async with shop(database, clock) as (place, port):
        conversation_id = await place.is_lost("voglio una persona")
        with database.writing() as session:
            session.query(Handoff).update({"reason": "asked"})

        async with FakeEngine().serving(port):
            await place.look()

    assert place.owner(conversation_id) == WAITING


async def test_a_message_that_breaks_the_engine_again_is_left_to_a_person(
    database: Database, clock: FixedClock
) -> None:
    async def breaks(request: dict[str, object]) -> Answer:
        raise RuntimeError("this message")

    async with shop(database, clock) as (place, port):
        conversation_id = await place.is_lost("un messaggio che rompe")
        async with FakeEngine(breaks).serving(port):
            await place.look()
            await until(lambda: place.texts(conversation_id).count(BACK) == 1)
            await until(lambda: place.owner(conversation_id) == WAITING)
            for _ in range(3):
                await place.look()

    assert place.owner(conversation_id) == WAITING and place.texts(conversation_id).count(BACK) == 1


async def test_the_apology_and_the_answer_are_both_in_the_log(database: Database, clock: FixedClock) -> None:
    async with shop(database, clock) as (place, port):
        conversation_id = await place.is_lost("ciao")
        async with FakeEngine(lambda request: _twice(request)).serving(port):
            await place.look()
            await until(lambda: "due" in place.texts(conversation_id))

    with database.reading() as session:
        rows = log.rows_since(session, conversation_id, 0)
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))


async def _twice(request: dict[str, object]) -> Answer:
    return answer(request, "uno", "due")
