"""`kill -9` of each process at random moments of a turn: nothing lost, nothing twice, no effect twice."""

import asyncio
import os
import random
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Optional

import pytest

from base.database import Database
from front.dispatcher import PERSON_S
from switchboard import log
from switchboard.models import DONE, FAILED, Conversation, Message, Promise, Proof, ProofFailure, StaffRequest, Turn
from tests.databases import postgresql_schema
from tests.e2e.customer import Customer
from tests.e2e.stack import running

DEEP = os.environ.get("SPORTELLO_DEEP") == "1"
CHILDREN = {"engine": ("engine", "front"), "process": ("engine", "actions", "front")}  # where actions run
SCRIPT = (
    "dov'è il mio ordine 104241?",  # late without a reason: a promise
    "lucia.verdi@example.it",
    "voglio parlare con una persona",  # a numbered request
)
AWAY = ("ClientConnectorError", "not_ready")
WRONG = ("dov'è il mio ordine 104233?", "sbagliata@example.it")

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.model]


TWO_WAYS = [("sqlite", "engine"), ("postgresql", "process")]
OTHER_WAYS = [("sqlite", "process"), ("postgresql", "engine")]


@pytest.mark.parametrize(("on", "actions"), TWO_WAYS)
async def test_nothing_is_lost_or_done_twice(
    on: str, actions: str, tmp_path: Path, no_postgresql: Optional[str]
) -> None:
    await _kill_and_check(on, actions, tmp_path, no_postgresql, kills=3)


@pytest.mark.deep
@pytest.mark.parametrize(("on", "actions"), [*TWO_WAYS, *OTHER_WAYS])
async def test_nothing_is_lost_or_done_twice_in_fifty_kills(
    on: str, actions: str, tmp_path: Path, no_postgresql: Optional[str]
) -> None:
    await _kill_and_check(on, actions, tmp_path, no_postgresql, kills=50)


async def _kill_and_check(on: str, actions: str, tmp_path: Path, no_postgresql: Optional[str], kills: int) -> None:
    if on == "postgresql" and no_postgresql:
        pytest.skip(no_postgresql)
    chance = random.Random(20261123)
    with ExitStack() as resources:
        url = resources.enter_context(postgresql_schema()) if on == "postgresql" else None
        stack = resources.enter_context(running(tmp_path / "var", url, SPORTELLO_ACTIONS=actions))
        await stack.until_ready()
        customers = []
        for kill in range(kills):
            customer = Customer(stack.url)
            customers.append(customer)
            killed_at, child = chance.randrange(len(SCRIPT)), CHILDREN[actions][kill % len(CHILDREN[actions])]
            for place, message in enumerate(SCRIPT):
                if place == killed_at:
                    asyncio.get_running_loop().call_later(chance.uniform(0, 0.06), stack.kill, child)
                await customer.ask(message)
            for message in _wrong(kill):
                await customer.ask(message)
            await customer.close()
            await stack.until_ready()
        database = Database(stack.database_url)
        try:
            for number, customer in enumerate(customers):
                _check(database, customer, [*SCRIPT, *_wrong(number)])
        finally:
            database.close()


def _wrong(number: int) -> tuple[str, ...]:
    """Wrong tries of the first two customers only: all have one address here, and five tries pause an address."""
    return WRONG if number < 2 else ()


def _patience_had_ended(turn: Turn) -> bool:
    """Whether a process took so long to come back, on a busy computer, that the customer was promised a person."""
    waited = (turn.finished_at - turn.queued_at).total_seconds()
    return turn.state == FAILED and turn.outcome in AWAY and waited >= PERSON_S


def _end_of(turn: Turn) -> tuple[str, str, float]:
    return turn.state, turn.outcome, (turn.finished_at - turn.queued_at).total_seconds()


def _check(database: Database, customer: Customer, said: list[str]) -> None:
    conversation_id = customer.conversation
    with database.reading() as session:
        rows = log.rows_since(session, conversation_id, 0)
        turns = session.query(Turn).filter_by(conversation_id=conversation_id).all()
        turn_ids = [turn.id for turn in turns]
        replies = Counter(reply.external_id for reply in session.query(Message).filter(Message.turn_id.in_(turn_ids)))
        failures = session.query(ProofFailure).filter(ProofFailure.turn_id.in_(turn_ids)).all()

        assert [row.seq for row in rows] == list(range(1, session.get(Conversation, conversation_id).last_seq + 1))
        assert [row.body["text"] for row in rows if row.author_kind == "customer"] == said
        assert len(turns) == len(said)
        assert all(turn.state == DONE or _patience_had_ended(turn) for turn in turns), [_end_of(turn) for turn in turns]
        assert max(replies.values()) == 1 and all(f"{turn_id}/1" in replies for turn_id in turn_ids)
        if all(turn.state == DONE for turn in turns):
            for table in (Promise, StaffRequest, Proof):
                assert session.query(table).filter_by(conversation_id=conversation_id).count() == 1, table
            assert len(failures) == len(said) - len(SCRIPT)
        assert len({failure.turn_id for failure in failures}) == len(failures)
        assert customer.texts == [row.body["text"] for row in rows]
