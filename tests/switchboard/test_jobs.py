"""Durable jobs: once, in time, by whoever lives."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from base.clock import FixedClock
from base.database import Database
from switchboard import jobs
from switchboard.models import Job


def _schedule(database: Database, clock: FixedClock, key: str = "k", in_minutes: int = 0) -> bool:
    with database.writing() as session:
        return jobs.schedule(session, "test", key, clock.now() + timedelta(minutes=in_minutes), {"n": 1}, clock.now())


def _take(database: Database, clock: FixedClock, owner: str = "front-1"):
    with database.writing() as session:
        return jobs.take_due(session, owner, clock.now())


def test_a_job_waits_for_its_time(database: Database, clock: FixedClock) -> None:
    _schedule(database, clock, in_minutes=10)

    early = _take(database, clock)
    clock.move(timedelta(minutes=10))
    due = _take(database, clock)

    assert early is None and (due.kind, due.payload) == ("test", {"n": 1})


def test_a_job_with_a_known_key_is_not_added_again_even_when_done(database: Database, clock: FixedClock) -> None:
    first = _schedule(database, clock)
    job = _take(database, clock)
    with database.writing() as session:
        jobs.finish(session, job, clock.now())

    assert (first, _schedule(database, clock), _take(database, clock)) == (True, False, None)


def test_two_processes_never_take_the_same_job(database: Database, clock: FixedClock) -> None:
    for number in range(10):
        _schedule(database, clock, key=str(number))

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda n: _take(database, clock, f"front-{n}"), range(16)))

    assert sorted(job.key for job in taken if job) == [str(n) for n in range(10)]


def test_a_dead_takers_job_is_taken_again_and_its_late_result_is_refused(database: Database, clock: FixedClock) -> None:
    _schedule(database, clock)
    dead = _take(database, clock, "dead")
    clock.move(jobs.LEASE + timedelta(seconds=1))
    alive = _take(database, clock, "alive")

    with database.writing() as session:
        late = jobs.finish(session, dead, clock.now())
        right = jobs.finish(session, alive, clock.now())

    assert (late, right) == (False, True)


def test_a_restarted_owner_takes_its_jobs_back_at_once(database: Database, clock: FixedClock) -> None:
    _schedule(database, clock)
    _take(database, clock, "front-1")

    with database.writing() as session:
        released = jobs.release_all(session, "front-1")

    assert released == 1 and _take(database, clock, "front-1") is not None


def test_a_failing_job_is_retried_with_growing_pauses_and_given_up(database: Database, clock: FixedClock) -> None:
    _schedule(database, clock)
    pauses, gave_up = [], False
    while not gave_up:
        job = _take(database, clock)
        with database.writing() as session:
            gave_up = jobs.fail(session, job, "Boom", clock.now())
            row = session.get(Job, job.id)
            pauses.append(row.due - clock.now())
            due = row.due
        if not gave_up:
            clock.move(due - clock.now())

    assert len(pauses) == jobs.MAX_ATTEMPTS
    assert pauses[:-1] == sorted(pauses[:-1]) and max(pauses) <= jobs.LONGEST_RETRY
    with database.reading() as session:
        assert session.query(Job).one().outcome == "gave_up"
    assert _take(database, clock) is None


def test_a_job_can_ask_to_run_again(database: Database, clock: FixedClock) -> None:
    _schedule(database, clock)
    job = _take(database, clock)

    with database.writing() as session:
        jobs.finish(session, job, clock.now(), again_at=clock.now() + timedelta(hours=1))

    assert _take(database, clock) is None
    clock.move(timedelta(hours=1))
    assert _take(database, clock).key == job.key
