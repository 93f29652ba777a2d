"""The front's jobs: a missed promise reaches the customer first, housekeeping repeats, a failing handler is retried."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Optional

from attachments.folder import Folder
from base.clock import FixedClock
from base.database import Database
from front.handlers import HOUSEKEEPING, SILENT_FOR, job_handlers, schedule_housekeeping
from front.job_runner import JobRunner
from switchboard import jobs, promises, staff_requests
from switchboard.effects import Effect, apply_effects
from switchboard.models import CLOSED, HUMAN, Conversation, Job, Promise
from switchboard.notices import Notices
from switchboard.ownership import change_owner
from switchboard.texts import Texts
from tests.switchboard.helpers import say, texts_of

FILES = Path("/nonexistent")
TEXTS = Texts({"utter_promise_due_customer": [{"text": "Ordine {order_number}: ancora nessuna notizia."}]})


def _runner(database: Database, clock: FixedClock) -> JobRunner:
    return JobRunner(database, clock, "front-test", job_handlers(database, clock, TEXTS, Notices(), Folder(FILES)))


def _promise(database: Database, clock: FixedClock, due_in: timedelta = timedelta(hours=8)) -> str:
    with database.writing() as session:
        accepted = say(session, "dov'è il 104241?", clock.now())
        due = (clock.now() + due_in).isoformat()
        effect = Effect("promise", {"key": "order:104241", "due": due, "about": {"order_number": "104241"}})
        apply_effects(session, accepted.conversation_id, accepted.message_id, [effect], clock.now())
    return accepted.conversation_id


async def test_a_promise_nobody_kept_is_told_to_the_customer_once(database: Database, clock: FixedClock) -> None:
    conversation_id = _promise(database, clock)
    runner = _runner(database, clock)

    before = await runner.run_due()
    clock.move(timedelta(hours=8))
    after = [await runner.run_due(), await _runner(database, clock).run_due()]

    with database.reading() as session:
        assert (before, after) == (0, [1, 0])
        assert texts_of(session, conversation_id)[-1] == "Ordine 104241: ancora nessuna notizia."
        assert session.query(Promise).one().outcome == "missed"
        assert [r.reason for r in staff_requests.list_open(session)] == ["promise"]


async def test_a_promise_that_staff_settled_says_nothing(database: Database, clock: FixedClock) -> None:
    conversation_id = _promise(database, clock)
    with database.writing() as session:
        staff_requests.close(session, staff_requests.list_open(session)[0].number, clock.now())
        said = texts_of(session, conversation_id)
    clock.move(timedelta(hours=8))

    await _runner(database, clock).run_due()

    with database.reading() as session:
        assert texts_of(session, conversation_id) == said
        assert session.query(Promise).one().outcome == "kept"


async def test_a_missed_promise_never_interrupts_a_person_who_is_answering(
    database: Database, clock: FixedClock
) -> None:
    conversation_id = _promise(database, clock)
    with database.writing() as session:
        change_owner(session, conversation_id, 1, HUMAN, clock.now())
        said = texts_of(session, conversation_id)
    clock.move(timedelta(hours=8))

    await _runner(database, clock).run_due()

    with database.reading() as session:
        assert texts_of(session, conversation_id) == said
        assert session.query(Promise).one().outcome == "missed"


async def test_the_same_promise_asked_for_twice_keeps_its_first_time(database: Database, clock: FixedClock) -> None:
    conversation_id = _promise(database, clock)
    first = clock.now() + timedelta(hours=8)
    clock.move(timedelta(hours=1))
    with database.writing() as session:
        effect = Effect("promise", {"key": "order:104241", "due": (first + timedelta(days=1)).isoformat(), "about": {}})
        apply_effects(session, conversation_id, "ms_second", [effect], clock.now())

    with database.reading() as session:
        assert promises.due_time(session, conversation_id, "order:104241") == first
        assert session.query(Job).filter_by(kind=promises.DUE_JOB).count() == 1


async def test_housekeeping_closes_what_went_silent_and_comes_back_every_hour(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        conversation_id = say(session, "ciao", clock.now()).conversation_id
        for _ in range(2):
            schedule_housekeeping(session, clock.now())
    clock.move(SILENT_FOR + timedelta(days=1))

    ran = await _runner(database, clock).run_due()

    with database.reading() as session:
        job = session.query(Job).filter_by(kind=HOUSEKEEPING).one()
        assert session.get(Conversation, conversation_id).owner == CLOSED
        assert (ran, job.finished_at, job.due) == (1, None, clock.now() + timedelta(hours=1))


async def test_a_handler_that_breaks_keeps_its_job_for_later(database: Database, clock: FixedClock) -> None:
    calls: list[dict[str, Any]] = []

    async def breaks_once(payload: dict[str, Any]) -> Optional[datetime]:
        calls.append(payload)
        if len(calls) == 1:
            raise RuntimeError("boom")
        return None

    runner = JobRunner(database, clock, "front-test", {"test": breaks_once})
    with database.writing() as session:
        jobs.schedule(session, "test", "k", clock.now(), {"n": 1}, clock.now())

    await runner.run_due()
    again_too_early = await runner.run_due()
    clock.move(jobs.FIRST_RETRY)
    await runner.run_due()

    with database.reading() as session:
        assert (again_too_early, calls) == (0, [{"n": 1}, {"n": 1}])
        assert session.query(Job).one().outcome == "done"


async def test_a_job_of_an_unknown_kind_is_kept_and_reported(database: Database, clock: FixedClock, caplog) -> None:
    with database.writing() as session:
        jobs.schedule(session, "from_a_newer_version", "k", clock.now(), {}, clock.now())

    await JobRunner(database, clock, "front-test", {}).run_due()

    with database.reading() as session:
        assert session.query(Job).one().last_error == "KeyError"
    assert "from_a_newer_version" in caplog.text


async def test_housekeeping_is_never_given_up_and_a_lost_job_is_told_to_the_staff(
    database: Database, clock: FixedClock
) -> None:
    async def broken(_payload: dict[str, Any]) -> None:
        raise RuntimeError("boom")

    handlers = {"for_ever": broken, "once": broken}
    runner = JobRunner(database, clock, "front-test", handlers, frozenset({"for_ever"}))
    with database.writing() as session:
        for kind in handlers:
            jobs.schedule(session, kind, "k", clock.now(), {"about": kind}, clock.now())

    for _ in range(jobs.MAX_ATTEMPTS + 4):
        await runner.run_due()
        clock.move(jobs.LONGEST_RETRY)

    with database.reading() as session:
        outcome = {job.kind: job.outcome for job in session.query(Job)}
        assert outcome == {"for_ever": None, "once": "gave_up"}
        assert [(r.reason, r.about["kind"]) for r in staff_requests.list_open(session)] == [("failed_job", "once")]


async def test_a_promise_is_kept_by_its_own_request_whatever_else_is_asked_later(
    database: Database, clock: FixedClock
) -> None:
    conversation_id = _promise(database, clock)
    with database.writing() as session:
        staff_requests.close(session, staff_requests.list_open(session)[0].number, clock.now())
        staff_requests.open_for_conversation(session, conversation_id, "ms_later", "asked", {}, clock.now())
    clock.move(timedelta(hours=8))

    await _runner(database, clock).run_due()

    with database.reading() as session:
        assert session.query(Promise).one().outcome == "kept"
