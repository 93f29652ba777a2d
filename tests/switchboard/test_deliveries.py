"""What has to be sent to a channel, in which order, and what is known of it afterwards."""

from datetime import timedelta
from threading import Thread
from time import sleep
from typing import Optional

from sqlalchemy.orm import Session

from base.clock import FixedClock
from base.database import Database
from switchboard import deliveries, jobs, leases, log, people
from switchboard.body import ButtonMeaning, Reply
from switchboard.deliveries import SENT, WAITING, Outgoing
from switchboard.jobs import TakenJob
from switchboard.log import InboundMessage
from switchboard.models import Job, Turn
from switchboard.people import Sender
from tests.switchboard.helpers import WELCOME

KINDS = [deliveries.kind_of("telegram")]


def _say(session: Session, clock: FixedClock, text: str, channel: str = "telegram", **more: object) -> str:
    """The customer writes; the conversation's id."""
    sender = Sender(channel, "telegram", "11", "k", "a")  # one person, whatever the channel
    inbound = InboundMessage(sender, f"{channel}:{text}", text, **more)  # type: ignore[arg-type]
    accepted = log.accept(session, inbound, WELCOME, clock.now())
    if channel == "telegram":
        deliveries.reachable(session, accepted.conversation_id, "telegram", "11")
    return accepted.conversation_id


def _reply(session: Session, clock: FixedClock, conversation_id: str, text: str, channel: str = "telegram") -> None:
    held = people.lock_conversation(session, conversation_id)
    log.append_reply(session, held, channel, Reply(text), clock.now())


def _take(database: Database, clock: FixedClock, owner: str = "front-1") -> Optional[TakenJob]:
    with database.writing() as session:
        return jobs.take_due(session, owner, clock.now(), KINDS)


def _next(database: Database, clock: FixedClock, job: TakenJob) -> Optional[Outgoing]:
    with database.writing() as session:
        return deliveries.next_row(session, job, "telegram", clock.now())


def _send(database: Database, clock: FixedClock, job: TakenJob) -> list[str]:
    """Send everything this job has to send."""
    sent = []
    while outgoing := _next(database, clock, job):
        with database.writing() as session:
            deliveries.begin_part(session, job, outgoing, "telegram", 0, clock.now())
            deliveries.end_part(session, outgoing, "telegram", 0, SENT, clock.now(), "7")
            deliveries.settle_row(session, job, outgoing, "telegram", clock.now())
        sent.append(outgoing.body["text"])
    return sent


def test_rows_are_sent_in_order_and_once(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = _say(session, clock, "ciao")
        _reply(session, clock, conversation_id, "uno")
        _reply(session, clock, conversation_id, "due")
    job = _take(database, clock)

    assert job and _take(database, clock, "front-2") is None
    assert _send(database, clock, job) == [WELCOME.text, "uno", "due"]
    assert _take(database, clock) is None


def test_a_row_written_while_the_last_one_is_sent_is_not_forgotten(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = _say(session, clock, "ciao")
    job = _take(database, clock)
    assert job and _next(database, clock, job)
    with database.writing() as session:
        _reply(session, clock, conversation_id, "dopo")

    assert _send(database, clock, job) == [WELCOME.text, "dopo"]


def test_a_row_written_after_the_job_was_done_has_it_done_again(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = _say(session, clock, "ciao")
    job = _take(database, clock)
    assert job
    _send(database, clock, job)
    with database.writing() as session:
        _reply(session, clock, conversation_id, "dopo")
    again = _take(database, clock)

    assert again and again.id == job.id and _send(database, clock, again) == ["dopo"]
    with database.reading() as session:
        assert session.query(Job).filter(Job.kind.in_(KINDS)).count() == 1


def test_what_was_said_for_a_channel_is_sent_there_wherever_the_customer_is(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        conversation_id = _say(session, clock, "ciao")
        _say(session, clock, "sono sul sito", channel="web")
        _reply(session, clock, conversation_id, "sul sito", channel="web")
        _reply(session, clock, conversation_id, "promessa")
    job = _take(database, clock)

    assert job and _send(database, clock, job) == [WELCOME.text, "promessa"]


def test_who_is_back_while_a_job_finds_him_gone_is_sent_to(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = _say(session, clock, "ciao")
    job = _take(database, clock)
    with database.writing() as session:
        deliveries.heard(session, "telegram", "11", reachable_again=False, now=clock.now())
    assert job and _send(database, clock, job) == []
    with database.writing() as session:
        deliveries.heard(session, "telegram", "11", reachable_again=True, now=clock.now())
        _reply(session, clock, conversation_id, "eccoti")
    again = _take(database, clock)

    assert again and _send(database, clock, again) == ["eccoti"]


def test_a_refusal_from_before_the_customer_wrote_again_forbids_nothing(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = _say(session, clock, "ciao")
    job = _take(database, clock)
    refused = job and _next(database, clock, job)
    assert job and refused
    with database.writing() as session:
        _say(session, clock, "rieccomi")
        _reply(session, clock, conversation_id, "eccoti")
    with database.writing() as session:
        deliveries.give_up_address(session, job, refused, "telegram", clock.now())
    again = _take(database, clock)

    assert again and _send(database, clock, again) == ["eccoti"]


def test_nothing_more_is_tried_at_who_is_gone_since_his_first_message(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = _say(session, clock, "ciao")
        _reply(session, clock, conversation_id, "eco")
    job = _take(database, clock)
    refused = job and _next(database, clock, job)
    assert job and refused and refused.body["text"] == WELCOME.text
    with database.writing() as session:
        deliveries.give_up_address(session, job, refused, "telegram", clock.now())

    assert _take(database, clock) is None
    with database.reading() as session:
        assert deliveries.address_of(session, conversation_id, "telegram") is None


def test_who_blocks_and_unblocks_while_his_answer_is_sent_is_answered(database: Database, clock: FixedClock) -> None:
    """Two transactions at once, fifty times: one finds the customer gone, the other one brings him back."""
    for attempt in range(50):
        with database.writing() as session:
            conversation_id = _say(session, clock, f"ciao {attempt}")
            _reply(session, clock, conversation_id, f"eco {attempt}")
        job = _take(database, clock)
        assert job
        with database.writing() as session:
            deliveries.heard(session, "telegram", "11", reachable_again=False, now=clock.now())

        def back(pause: float = attempt / 10_000) -> None:
            sleep(pause)
            with database.writing() as session:
                deliveries.heard(session, "telegram", "11", reachable_again=True, now=clock.now())

        other = Thread(target=back)
        other.start()
        _send(database, clock, job)
        other.join()
        with database.reading() as session:
            assert deliveries.address_of(session, conversation_id, "telegram") == "11"


def test_a_web_chat_makes_no_job(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        _reply(session, clock, _say(session, clock, "ciao", channel="web"), "uno", channel="web")

    assert _take(database, clock) is None


def test_a_part_that_was_begun_and_never_ended_is_sent_again_and_counted(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        _say(session, clock, "ciao")
    dead = _take(database, clock, "dead")
    assert dead
    outgoing = _next(database, clock, dead)
    assert outgoing
    with database.writing() as session:
        assert deliveries.begin_part(session, dead, outgoing, "telegram", 0, clock.now()) == 0
    clock.move(jobs.LEASE + timedelta(seconds=1))
    alive = _take(database, clock, "alive")
    assert alive

    with database.writing() as session:
        late = deliveries.begin_part(session, dead, outgoing, "telegram", 0, clock.now())
        again = deliveries.begin_part(session, alive, outgoing, "telegram", 0, clock.now())

    with database.reading() as session:
        assert (late, again, deliveries.doubts(session, "telegram")) == (None, 1, 1)


def test_a_part_that_certainly_was_not_sent_leaves_no_doubt(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        _say(session, clock, "ciao")
    job = _take(database, clock)
    assert job
    outgoing = _next(database, clock, job)
    assert outgoing

    with database.writing() as session:
        deliveries.begin_part(session, job, outgoing, "telegram", 0, clock.now())
        deliveries.end_part(session, outgoing, "telegram", 0, WAITING, clock.now())
        assert deliveries.begin_part(session, job, outgoing, "telegram", 0, clock.now()) == 0


def test_a_notice_is_said_after_the_message_and_what_is_not_for_the_assistant_has_no_turn(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        conversation_id = _say(session, clock, "[foto]", notice=Reply("Non la vedo."), for_assistant=False)
        _say(session, clock, "/ordine", meaning=ButtonMeaning("/ordine", "track_order"))

        rows = [(row.author_kind, row.body["text"]) for row in log.rows_since(session, conversation_id, 1)]
        turns = [(turn.seq, turn.button) for turn in session.query(Turn)]

    assert rows == [("customer", "[foto]"), ("system", "Non la vedo."), ("customer", "/ordine")]
    assert turns == [(4, {"intent": "track_order", "entities": {}})]


def test_one_has_the_lease_until_it_ends_or_is_given_back(database: Database, clock: FixedClock) -> None:
    length = timedelta(seconds=20)

    def take(owner: str) -> bool:
        with database.writing() as session:
            return leases.take(session, "x", owner, clock.now(), length)

    assert (take("a"), take("b"), take("a")) == (True, False, True)
    clock.move(length)
    assert (take("b"), take("a")) == (True, False)
    with database.writing() as session:
        leases.give_back(session, "x", "a")
        leases.give_back(session, "x", "b")
    assert take("a")
