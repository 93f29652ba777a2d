"""Work lists: overdue first, who looks after what, and what is next."""

from datetime import timedelta
from pathlib import Path
from typing import AsyncIterator

import pytest_asyncio

from base.clock import FixedClock
from base.database import Database
from desk import work
from switchboard import attending, promises, staff_requests
from tests.desk.desk_server import DeskServer, account
from tests.switchboard.desk import JOINED, agent, hand_over
from tests.switchboard.helpers import say

HOUR = timedelta(hours=1)


@pytest_asyncio.fixture
async def desk(database: Database, clock: FixedClock, tmp_path: Path) -> AsyncIterator[DeskServer]:
    async with DeskServer(database, clock, tmp_path).serving() as server:
        yield server


def test_what_is_overdue_comes_first_then_what_is_due_then_the_oldest(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        now, numbers = clock.now(), {}
        for name in ("old", "late", "later", "soon"):
            accepted = say(session, name, now, session_id=f"ws_{name}")
            of = (session, accepted.conversation_id, accepted.message_id)
            if name == "old":
                numbers[name] = staff_requests.open_for_conversation(*of, work.CALL, {"phone": "333"}, now)
            else:
                due = now + {"late": -2 * HOUR, "later": 9 * HOUR, "soon": HOUR}[name]
                promises.make(*of, "refund", due, {}, now)
                numbers[name] = staff_requests.latest_open_of(session, accepted.conversation_id)
        missed = promises.open_in(session, say(session, "?", now, session_id="ws_late").conversation_id)[0]
        promises.settle(session, missed.id, "missed", now)  # the customer was told; it is still to be done

        found = work.tasks(session, work.EVERY, "ag_x", now)

    assert [task.number for task in found] == [numbers[name] for name in ("late", "soon", "later", "old")]
    assert [task.overdue for task in found] == [True, False, False, False]
    assert [task.next for task in found] == ["take", "take", "take", "call"]
    with database.reading() as session:
        assert [task.number for task in work.tasks(session, work.CALLS, "ag_x", now)] == [numbers["old"]]
        assert numbers["old"] not in [task.number for task in work.tasks(session, work.PROMISED, "ag_x", now)]


def test_who_waits_or_talks_in_the_chat_is_told_apart_from_what_is_to_be_done(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        who = agent(session, "Giulia", clock.now())
        hand_over(session, clock.now(), "ws_a")
        talking = hand_over(session, clock.now(), "ws_b")
        attending.accept(session, talking, who, JOINED, clock.now())

        found = work.tasks(session, work.EVERY, who.id, clock.now())

    assert [task.next for task in found] == ["answer", "talking"]


async def test_a_request_is_taken_by_one_left_again_and_done_once(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    account(database, clock, "Giulia")
    account(database, clock, "Marco")
    with database.writing() as session:
        accepted = say(session, "la fattura", clock.now())
        number = staff_requests.open_for_conversation(
            session, accepted.conversation_id, accepted.message_id, "intent:request_invoice", {}, clock.now()
        )
    path = f"/desk/requests/{number}"
    async with desk.browser() as giulia, desk.browser() as marco:
        await giulia.sign_in("giulia@shop.example")
        await marco.sign_in("marco@shop.example")

        first = [(await giulia.post(f"{path}/take"))[0] for _ in range(2)]
        second = await marco.post(f"{path}/take")
        await marco.post(f"{path}/leave")  # not his to leave
        hers = (await giulia.get("/desk/requests?list=mine"))[1]
        his = (await marco.get("/desk/requests?list=mine"))[1]
        await giulia.post(f"{path}/leave")
        taken = (await marco.post(f"{path}/take"))[0]
        done = [(await marco.post(f"{path}/done"))[0] for _ in range(2)]
        late = await giulia.post(f"{path}/take")
        nothing = (await giulia.get("/desk/requests?list=<b>"))[1]

    assert first == [200, 200] and second == (409, {"ok": False, "error": "Se ne occupa già Giulia."})
    assert "Vuole la fattura" in hers and "Se ne occupa Giulia" in hers and "Vuole la fattura" not in his
    assert (taken, done) == (200, [200, 200])
    assert late == (409, {"ok": False, "error": "Questa richiesta è già chiusa."})
    assert "Niente da fare" in nothing
