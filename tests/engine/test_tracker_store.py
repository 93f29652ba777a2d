import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.events import UserUttered
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from base.clock import FixedClock
from base.database import Database
from engine import tracker_store as store_module
from engine.tables import TrackerRow
from engine.tracker_store import SnapshotTrackerStore, TurnOvertaken
from engine.turns import Turns
from tests.engine.conversations import CONVERSATION, agent_with, pressing, texts_of

pytestmark = pytest.mark.model


@pytest.fixture
def turns(store: SnapshotTrackerStore, bot_model: Path) -> Turns:
    return Turns(agent_with(store, bot_model))


async def test_state_and_answer_are_one_row(turns: Turns, trackers: Database, clock: FixedClock) -> None:
    await turns.run(pressing("greet", "ms_a"))
    await turns.run(pressing("track_order", "ms_b", order_number="104233"))

    with trackers.reading() as session:
        rows = session.query(TrackerRow).all()
        assert [(row.conversation_id, row.last_turn_id, row.updated_at) for row in rows] == [
            (CONVERSATION, "ms_b", clock.now())
        ]
        assert texts_of(rows[0].last_result) == ["Qual è l'e-mail?"]


async def test_only_the_last_turn_has_a_stored_answer(turns: Turns, store: SnapshotTrackerStore) -> None:
    await turns.run(pressing("greet", "ms_a"))
    await turns.run(pressing("thank", "ms_b"))

    assert await store.answer_to(CONVERSATION, "ms_a") is None
    assert texts_of(await store.answer_to(CONVERSATION, "ms_b")) == ["Prego!"]
    assert list(await store.keys()) == [CONVERSATION]


async def test_a_turn_reads_its_row_once_and_writes_it_once(
    turns: Turns, trackers: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await turns.run(pressing("greet", "ms_a"))
    asked: list[str] = []
    read, write = trackers.read, trackers.write
    monkeypatch.setattr(trackers, "read", lambda *args: asked.append("read") or read(*args))
    monkeypatch.setattr(trackers, "write", lambda *args: asked.append("write") or write(*args))

    answer = await turns.run(pressing("track_order", "ms_b"))
    again = await turns.run(pressing("track_order", "ms_b"))

    assert asked == ["read", "write", "read"]
    assert answer == again


async def test_what_one_turn_has_read_is_read_afresh_by_others(turns: Turns, store: SnapshotTrackerStore) -> None:
    await store.begin(CONVERSATION, "ms_a")
    before = await store.retrieve(CONVERSATION)
    await turns.run(pressing("greet", "ms_a"))

    assert before is None
    assert len((await store.retrieve(CONVERSATION)).events) > 0
    assert await store.answer_to(CONVERSATION, "ms_a") is not None


async def test_a_conversation_without_a_message_has_no_row(store: SnapshotTrackerStore) -> None:
    await store.get_or_create_tracker(CONVERSATION)

    assert list(await store.keys()) == []


@pytest.mark.parametrize("said_before", [[], ["greet"]])
async def test_a_turn_that_was_overtaken_saves_nothing(
    turns: Turns, store: SnapshotTrackerStore, said_before: list
) -> None:
    for intent in said_before:
        await turns.run(pressing(intent))
    slow = await store.get_or_create_tracker(CONVERSATION)
    slow.update(UserUttered("grazie", {"name": "thank"}, message_id="ms_slow"))

    await turns.run(pressing("thank", "ms_quick"))

    with pytest.raises(TurnOvertaken):
        await store.save(slow)
    assert await store.answer_to(CONVERSATION, "ms_slow") is None
    assert await store.answer_to(CONVERSATION, "ms_quick") is not None


async def test_a_save_that_has_begun_is_ended_before_its_turn_is(
    store: SnapshotTrackerStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, begun, go_on = store_module._write, asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def write_later(*row: Any) -> None:
        loop.call_soon_threadsafe(begun.set)
        go_on.wait(10)
        write(*row)

    monkeypatch.setattr(store_module, "_write", write_later)
    tracker = await store.get_or_create_tracker(CONVERSATION)
    tracker.update(UserUttered("grazie", {"name": "thank"}, message_id="ms_a"))
    saving = asyncio.create_task(store.save(tracker))
    await begun.wait()

    saving.cancel()
    go_on.set()

    with pytest.raises(asyncio.CancelledError):
        await saving
    assert await store.answer_to(CONVERSATION, "ms_a") is not None


async def test_an_error_while_reading_ends_the_turn(turns: Turns, trackers: Database) -> None:
    await turns.run(pressing("track_order", "ms_a"))
    with trackers.writing() as session:
        session.execute(text("ALTER TABLE trackers RENAME TO elsewhere"))

    with pytest.raises(SQLAlchemyError):
        await turns.run(pressing("give_details", "ms_b", order_number="104233"))

    with trackers.writing() as session:
        session.execute(text("ALTER TABLE elsewhere RENAME TO trackers"))
    again = await turns.run(pressing("give_details", "ms_b", order_number="104233"))
    assert texts_of(again) == ["Qual è l'e-mail?"]


async def test_an_error_while_saving_keeps_the_conversation_as_it_was(turns: Turns, trackers: Database) -> None:
    await turns.run(pressing("track_order", "ms_a"))
    with trackers.writing() as session:
        _refuse_writing(session)

    with pytest.raises(SQLAlchemyError):
        await turns.run(pressing("give_details", "ms_b", order_number="104233"))

    with trackers.writing() as session:
        _allow_writing(session)
    again = await turns.run(pressing("give_details", "ms_b", order_number="104233"))
    assert texts_of(again) == ["Qual è l'e-mail?"]


def _refuse_writing(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        session.execute(
            text("CREATE TRIGGER refuse BEFORE UPDATE ON trackers BEGIN SELECT RAISE(ABORT, 'refused'); END")
        )
    else:
        session.execute(text("ALTER TABLE trackers ADD CONSTRAINT refuse CHECK (false) NOT VALID"))


def _allow_writing(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DROP TRIGGER refuse"))
    else:
        session.execute(text("ALTER TABLE trackers DROP CONSTRAINT refuse"))
