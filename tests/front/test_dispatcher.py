"""The dispatcher: order, patience, recovery, and never silence. The engine is a real server on loopback."""

import asyncio
from contextlib import asynccontextmanager
from typing import Any, AsyncIterator, Optional, Sequence

from aiohttp import web

from base.clock import FixedClock
from base.database import Database
from front.dispatcher import Dispatcher, Patience
from front.engine_client import EngineClient
from switchboard import log, turns
from switchboard.log import Row
from switchboard.models import DONE, FAILED, HUMAN, StaffRequest, Turn
from switchboard.notices import Notices
from switchboard.ownership import change_owner
from switchboard.texts import Texts
from tests.front.fake_engine import SECRET, FakeEngine, answer, echo, until
from tests.switchboard.helpers import say, take, texts_of

TEXTS = Texts(
    {
        "utter_wait_a_moment": [{"text": "Un attimo…"}],
        "utter_error_engine_down": [{"text": "Scusa, richiesta {request_number}."}],
    }
)


class Recorder:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.rows: list[str] = []
        self.typed: list[bool] = []

    async def new_rows(self, conversation_id: str, rows: Sequence[Row]) -> None:
        self.rows.append(conversation_id)

    async def typing(self, conversation_id: str, on: bool, name: Optional[str]) -> None:
        self.typed.append(on)


@asynccontextmanager
async def dispatching(
    database: Database, clock: FixedClock, port: int, patience: Optional[Patience] = None, turn_s: float = 10.0
) -> AsyncIterator[tuple[Dispatcher, Recorder]]:
    recorder, notices = Recorder(), Notices()
    notices.add(recorder)
    engine = EngineClient(f"http://127.0.0.1:{port}", SECRET, turn_s)
    dispatcher = Dispatcher(database, engine, notices, TEXTS, clock, "front-test", patience)
    await dispatcher.start()
    try:
        yield dispatcher, recorder
    finally:
        await dispatcher.stop()
        await engine.close()


def _say(database: Database, clock: FixedClock, text: str, session_id: str = "ws_anna") -> log.Accepted:
    with database.writing() as session:
        return say(session, text, clock.now(), session_id=session_id)


def _texts(database: Database, conversation_id: str) -> list[str]:
    with database.reading() as session:
        return texts_of(session, conversation_id)


def _unfinished(database: Database) -> int:
    with database.reading() as session:
        return session.query(Turn).filter(Turn.finished_at.is_(None)).count()


async def test_messages_of_one_conversation_are_answered_one_by_one_in_order(
    database: Database, clock: FixedClock
) -> None:
    async with FakeEngine().serving() as engine, dispatching(database, clock, engine.port) as (dispatcher, recorder):
        for text in ("uno", "due", "tre"):
            accepted = _say(database, clock, text)
            dispatcher.wake(accepted.conversation_id)
        await until(lambda: _unfinished(database) == 0)

    replies = [text for text in _texts(database, accepted.conversation_id) if text.startswith("eco")]
    assert replies == ["eco: uno", "eco: due", "eco: tre"]
    assert engine.most_together == 1
    assert True not in recorder.typed, "an answer that is there at once needs no announcement"


async def test_a_turn_claimed_while_the_answer_before_is_being_shown_is_run_after_it(
    database: Database, clock: FixedClock
) -> None:
    shown, go_on = asyncio.Event(), asyncio.Event()

    class Slow(Recorder):
        async def new_rows(self, conversation_id: str, rows: Sequence[Row]) -> None:
            shown.set()
            await go_on.wait()

    async with FakeEngine().serving() as engine, dispatching(database, clock, engine.port) as (dispatcher, _):
        dispatcher._notices.add(Slow())
        for text in ("uno", "due"):
            taken = await database.write(take, text, clock.now())
            dispatcher.wake(taken.accepted.conversation_id, taken.turn)
            await shown.wait()
        assert taken.turn is not None and len(engine.calls) == 1
        go_on.set()
        await until(lambda: _unfinished(database) == 0)

    assert _texts(database, taken.accepted.conversation_id)[1:] == ["uno", "eco: uno", "due", "eco: due"]
    assert len(engine.calls) == 2


async def test_a_claimed_turn_is_run_although_the_one_before_it_broke_everything(
    database: Database, clock: FixedClock
) -> None:
    broken = asyncio.Event()

    async def say_nothing(request: dict[str, Any]) -> Any:
        return answer(request, *(["eco"] if request["text"] == "due" else []))

    class Breaking(Recorder):
        async def typing(self, conversation_id: str, on: bool, name: Optional[str]) -> None:
            taken = await database.write(take, "due", clock.now())
            dispatcher.wake(conversation_id, taken.turn)
            broken.set()
            raise LookupError

    async with (
        FakeEngine(say_nothing).serving() as engine,
        dispatching(database, clock, engine.port) as (dispatcher, _),
    ):
        dispatcher._notices.add(Breaking())
        taken = await database.write(take, "uno", clock.now())
        dispatcher.wake(taken.accepted.conversation_id, taken.turn)
        await broken.wait()
        await until(lambda: _unfinished(database) == 0)

    assert _texts(database, taken.accepted.conversation_id)[-1] == "eco"


async def test_an_answer_that_takes_a_moment_is_announced_and_ends_the_announcement(
    database: Database, clock: FixedClock
) -> None:
    async def slow(request: dict[str, Any]) -> Any:
        await until(lambda: recorder.typed)
        return await echo(request)

    accepted = _say(database, clock, "ciao")
    async with (
        FakeEngine(slow).serving() as engine,
        dispatching(database, clock, engine.port, Patience(typing_s=0.01)) as (_, recorder),
    ):
        await until(lambda: recorder.rows)

    assert recorder.typed == [True]
    assert _texts(database, accepted.conversation_id)[-1] == "eco: ciao"


async def test_different_conversations_are_answered_together(database: Database, clock: FixedClock) -> None:
    arrived: list[str] = []
    all_here = asyncio.Event()

    async def wait_for_all(request: dict[str, Any]) -> Any:
        arrived.append(request["turn_id"])
        if len(arrived) == 3:
            all_here.set()
        await asyncio.wait_for(all_here.wait(), 5)
        return await echo(request)

    async with (
        FakeEngine(wait_for_all).serving() as engine,
        dispatching(database, clock, engine.port) as (dispatcher, _),
    ):
        for number in range(3):
            dispatcher.wake(_say(database, clock, "ciao", f"ws_{number}").conversation_id)
        await until(lambda: _unfinished(database) == 0)

    assert engine.most_together == 3


async def test_a_message_nobody_announced_is_found(database: Database, clock: FixedClock) -> None:
    accepted = _say(database, clock, "ciao")

    async with FakeEngine().serving() as engine, dispatching(database, clock, engine.port):
        await until(lambda: _unfinished(database) == 0)

    assert _texts(database, accepted.conversation_id)[-1] == "eco: ciao"


async def test_a_turn_begun_before_a_restart_is_taken_up_at_once(database: Database, clock: FixedClock) -> None:
    accepted = _say(database, clock, "ciao")
    with database.writing() as session:
        turns.claim_next(session, accepted.conversation_id, "front-test", clock.now())

    async with FakeEngine().serving() as engine, dispatching(database, clock, engine.port):
        await until(lambda: _unfinished(database) == 0)

    assert _texts(database, accepted.conversation_id)[-1] == "eco: ciao"
    assert [call["turn_id"] for call in engine.calls] == [accepted.message_id]


async def test_an_engine_that_restarts_is_waited_for(database: Database, clock: FixedClock) -> None:
    async with FakeEngine().serving() as stopped:
        port = stopped.port
    accepted = _say(database, clock, "ciao")

    async with dispatching(database, clock, port, Patience(meanwhile_s=0.2)):
        await until(lambda: "Un attimo…" in _texts(database, accepted.conversation_id))
        async with FakeEngine().serving(port):
            await until(lambda: _unfinished(database) == 0)

    assert _texts(database, accepted.conversation_id)[-2:] == ["Un attimo…", "eco: ciao"]


async def test_an_engine_that_stays_away_ends_in_an_apology_and_a_request(
    database: Database, clock: FixedClock
) -> None:
    async with FakeEngine().serving() as stopped:
        port = stopped.port
    accepted = _say(database, clock, "ciao")

    async with dispatching(database, clock, port, Patience(0.05, 0.1, person_s=0.5)) as (_, recorder):
        await until(lambda: len(recorder.rows) == 2)  # "un attimo", then the apology
    assert recorder.typed == [True]

    with database.reading() as session:
        request = session.query(StaffRequest).one()
        assert session.query(Turn).one().state == FAILED
    assert _texts(database, accepted.conversation_id)[-2:] == ["Un attimo…", f"Scusa, richiesta {request.number}."]


async def test_a_broken_turn_is_tried_twice_and_never_ends_in_silence(database: Database, clock: FixedClock) -> None:
    async def broken(_request: dict[str, Any]) -> web.Response:
        return web.json_response({"error": "turn_failed"}, status=500)

    accepted = _say(database, clock, "ciao")
    async with FakeEngine(broken).serving() as engine, dispatching(database, clock, engine.port):
        await until(lambda: _unfinished(database) == 0)

    assert len(engine.calls) == 2
    assert _texts(database, accepted.conversation_id)[-1].startswith("Scusa, richiesta")


async def test_an_answer_that_is_no_answer_counts_as_a_failure(database: Database, clock: FixedClock) -> None:
    async def nonsense(_request: dict[str, Any]) -> web.Response:
        return web.json_response({"replies": [{"words": "?"}]})

    accepted = _say(database, clock, "ciao")
    async with FakeEngine(nonsense).serving() as engine, dispatching(database, clock, engine.port):
        await until(lambda: _unfinished(database) == 0)

    assert _texts(database, accepted.conversation_id)[-1].startswith("Scusa, richiesta")


async def test_an_engine_killed_in_the_middle_is_asked_again(database: Database, clock: FixedClock) -> None:
    async def dies_once(request: dict[str, Any]) -> Any:
        if len(engine.calls) == 1:
            raise ConnectionResetError
        return await echo(request)

    accepted = _say(database, clock, "ciao")
    async with FakeEngine(dies_once).serving() as engine, dispatching(database, clock, engine.port):
        await until(lambda: _unfinished(database) == 0)

    assert [call["turn_id"] for call in engine.calls] == [accepted.message_id] * 2
    assert _texts(database, accepted.conversation_id)[-1] == "eco: ciao"


async def test_a_person_who_takes_over_meanwhile_silences_the_late_answer(
    database: Database, clock: FixedClock
) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(request: dict[str, Any]) -> Any:
        asked.set()
        await go_on.wait()
        return answer(request, "troppo tardi", effects=({"kind": "staff_request", "reason": "asked", "about": {}},))

    accepted = _say(database, clock, "ciao")
    async with FakeEngine(slow).serving() as engine, dispatching(database, clock, engine.port):
        await asyncio.wait_for(asked.wait(), 5)
        with database.writing() as session:
            change_owner(session, accepted.conversation_id, 1, HUMAN, clock.now())
        go_on.set()
        await until(lambda: _unfinished(database) == 0)

    assert "troppo tardi" not in _texts(database, accepted.conversation_id)
    with database.reading() as session:
        assert session.query(StaffRequest).count() == 0


async def test_a_database_that_is_away_for_a_moment_stops_nothing_for_good(
    database: Database, clock: FixedClock
) -> None:
    accepted = _say(database, clock, "ciao")
    async with FakeEngine().serving() as engine, dispatching(database, clock, engine.port) as (dispatcher, _):
        await until(lambda: _unfinished(database) == 0)
        database.engine.dispose()  # every pooled connection is gone, as after a restart of the server
        dispatcher.wake(_say(database, clock, "ancora").conversation_id)
        await until(lambda: _unfinished(database) == 0)

    assert _texts(database, accepted.conversation_id)[-1] == "eco: ancora"
    with database.reading() as session:
        assert {turn.state for turn in session.query(Turn)} == {DONE}


async def test_many_customers_hear_of_a_dead_engine_as_soon_as_a_few_do(database: Database, clock: FixedClock) -> None:
    async with FakeEngine().serving() as stopped:
        port = stopped.port
    conversations = [_say(database, clock, "ciao", f"ws_{number}").conversation_id for number in range(24)]
    began = asyncio.get_running_loop().time()

    async with dispatching(database, clock, port, Patience(meanwhile_s=0.3, person_s=1.5)):
        await until(lambda: _unfinished(database) == 0, 10)

    assert asyncio.get_running_loop().time() - began < 6
    assert all("Un attimo…" in _texts(database, conversation_id) for conversation_id in conversations)


async def test_a_database_error_while_completing_is_tried_again_soon(database: Database, clock: FixedClock) -> None:
    async def break_once(request: dict[str, Any]) -> Any:
        if len(engine.calls) == 1:
            with database.engine.begin() as connection:
                connection.exec_driver_sql("ALTER TABLE buttons RENAME TO buttons_away")
            reply = {"text": "?", "buttons": [{"title": "Sì", "intent": "affirm"}], "card": None}
            return {**answer(request), "replies": [reply]}
        with database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE buttons_away RENAME TO buttons")
        return await echo(request)

    accepted = _say(database, clock, "ciao")
    async with FakeEngine(break_once).serving() as engine, dispatching(database, clock, engine.port):
        await until(lambda: _unfinished(database) == 0)

    assert _texts(database, accepted.conversation_id)[1:] == ["ciao", "eco: ciao"]


async def test_a_message_for_a_person_is_told_at_once(database: Database, clock: FixedClock) -> None:
    async with FakeEngine().serving() as engine, dispatching(database, clock, engine.port) as (dispatcher, recorder):
        accepted = _say(database, clock, "ciao")
        with database.writing() as session:
            change_owner(session, accepted.conversation_id, 1, HUMAN, clock.now())
        _say(database, clock, "c'è qualcuno?")

        dispatcher.wake(accepted.conversation_id)
        await until(lambda: recorder.rows == [accepted.conversation_id])

    assert engine.calls == []
