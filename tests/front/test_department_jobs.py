"""Nobody of a department accepts, and who is told that somebody waits: once, whatever is restarted."""

from datetime import timedelta
from typing import Optional

import pytest

from base.clock import FixedClock
from base.database import Database
from base.settings import ROOT, Register, Smtp, SmtpTls
from front.desk_alerts import GROUP_JOB, MAIL_JOB, Alerts, group_handler, mail_handler
from front.handoff_jobs import AWAY_JOB, handoff_handlers
from front.job_runner import JobRunner
from front.mail import SmtpMailer
from switchboard import attending, handoffs, promises
from switchboard.body import Reply
from switchboard.models import WAITING, Handoff, Job
from switchboard.notices import Notices
from switchboard.texts import Texts
from tests.departments import departments
from tests.front.smtp_server import mail_server
from tests.switchboard.desk import JOINED, agent, hand_over, owner_of

TEXTS = Texts.load(ROOT / "data" / "responses", Register.TU)
RULES = departments()
URL = "https://desk.shop.example"
TO_SALES = {"department": "vendite"}
NOBODY = Alerts()


def runner(database: Database, clock: FixedClock, alerts: Alerts = NOBODY, owner: str = "f") -> JobRunner:
    handlers = handoff_handlers(database, clock, TEXTS, Notices(), RULES, alerts)
    return JobRunner(database, clock, owner, handlers, frozenset({AWAY_JOB}))


def where(database: Database, conversation_id: str) -> Optional[str]:
    with database.reading() as session:
        assert owner_of(session, conversation_id)[0] == WAITING
        handoff = handoffs.open_of(session, conversation_id)
        assert handoff
        return handoff.department


async def test_a_department_that_does_not_accept_gives_way_to_the_next_and_then_to_everybody(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        conversation_id = hand_over(session, clock.now(), way=TO_SALES)
    ways = []

    for minutes in (0, 4, 1, 3, 1, 20):  # sales have five minutes, support has four
        clock.move(timedelta(minutes=minutes))
        await runner(database, clock, owner="one").run_due()  # a new process each time
        await runner(database, clock, owner="another").run_due()
        ways.append(where(database, conversation_id))

    assert ways == ["vendite", "vendite", "assistenza", "assistenza", None, None]
    with database.reading() as session:
        assert session.query(Handoff).one().hops == 2
        assert len(promises.open_in(session, conversation_id)) == 1  # as for everybody who waits so long


async def test_a_job_that_comes_twice_moves_the_customer_once(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = hand_over(session, clock.now(), way=TO_SALES)
    jobs = runner(database, clock)
    await jobs.run_due()
    clock.move(timedelta(minutes=5))
    with database.reading() as session:
        payload = session.query(Job).filter_by(kind="handoff_next").one().payload
    handler = handoff_handlers(database, clock, TEXTS, Notices(), RULES, Alerts())["handoff_next"]

    await handler(payload)
    await handler(payload)

    assert where(database, conversation_id) == "assistenza"


@pytest.mark.parametrize("step", ["accept", "pass on"])
async def test_who_was_accepted_or_moved_meanwhile_is_not_taken_from_there(
    database: Database, clock: FixedClock, step: str
) -> None:
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
        conversation_id = hand_over(session, clock.now(), way=TO_SALES)
    jobs = runner(database, clock)
    await jobs.run_due()
    clock.move(timedelta(minutes=4))
    with database.writing() as session:
        if step == "accept":
            attending.accept(session, conversation_id, giulia, JOINED, clock.now())
        else:
            told = Reply("Passi al magazzino.")
            attending.pass_to_department(session, conversation_id, giulia, "magazzino", "merce", told, clock.now())

    clock.move(timedelta(minutes=2))
    await jobs.run_due()

    with database.reading() as session:
        handoff = handoffs.open_of(session, conversation_id)
        assert handoff and handoff.department == ("vendite" if step == "accept" else "magazzino")


async def test_a_customer_is_proposed_to_somebody_who_is_there_for_a_while(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now(), departments=["vendite"], live=True)
        conversation_id = hand_over(session, clock.now(), way=TO_SALES)
    jobs = runner(database, clock)

    await jobs.run_due()
    with database.reading() as session:
        handoff = handoffs.open_of(session, conversation_id)
        assert handoff and handoff.proposed_to == giulia.id
        assert handoff.proposed_until == clock.now() + RULES.propose_for
    clock.move(timedelta(minutes=5))
    await jobs.run_due()

    with database.reading() as session:
        handoff = handoffs.open_of(session, conversation_id)
        assert handoff and (handoff.department, handoff.proposed_to) == ("assistenza", None)


async def test_each_department_that_is_asked_is_told_once_and_again_at_its_own_time(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        agent(session, "Giulia", clock.now(), departments=["assistenza"])
        agent(session, "Marco", clock.now())
        hand_over(session, clock.now(), text="sono Anna Rossi, il divano è rotto", way=TO_SALES)
    got = []
    async with mail_server() as server:
        smtp = SmtpMailer(Smtp("127.0.0.1", server.port, SmtpTls.NONE, "", "", "negozio@shop.example"), timeout_s=5)
        handler = mail_handler(database, clock, TEXTS, smtp, URL, RULES)
        mails = JobRunner(database, clock, "front", {MAIL_JOB: handler}, kinds=(MAIL_JOB,))
        for minutes in (0, 3, 2, 4):
            clock.move(timedelta(minutes=minutes))
            for owner in ("one", "another"):
                await runner(database, clock, Alerts(()), owner).run_due()
            await mails.run_due()
            got.append(sorted((str(mail["To"]), str(mail["Subject"])) for mail in server.mails))
            server.mails.clear()

    assert got == [
        [("vendite@shop.example", "Vendite: un cliente aspetta una risposta in chat")],
        [("vendite@shop.example", "Vendite: un cliente aspetta ancora, da 3 min")],
        [("giulia@shop.example", "Assistenza: un cliente aspetta una risposta in chat")],  # it has no address
        [
            ("giulia@shop.example", "Un cliente aspetta una risposta in chat"),
            ("marco@shop.example", "Un cliente aspetta una risposta in chat"),
        ],
    ]


async def test_the_group_is_told_the_department_the_wait_and_a_link_and_nothing_else(
    database: Database, clock: FixedClock
) -> None:
    told: list[str] = []

    async def say(text: str) -> None:
        told.append(text)

    with database.writing() as session:
        conversation_id = hand_over(session, clock.now(), text="sono Anna Rossi", way=TO_SALES, contact="a@b.it")
    group = JobRunner(
        database, clock, "f", {GROUP_JOB: group_handler(database, clock, TEXTS, say, URL, RULES)}, kinds=(GROUP_JOB,)
    )
    for minutes in (0, 5, 4):
        clock.move(timedelta(minutes=minutes))
        for owner in ("one", "another"):
            await runner(database, clock, Alerts(group=True), owner).run_due()
        await group.run_due()

    link = f"{URL}/desk/c/{conversation_id}"
    assert told == [
        f"Vendite: un cliente aspetta in chat, da 1 min: {link}",
        f"Assistenza: un cliente aspetta in chat, da 5 min: {link}",
        f"Un cliente aspetta in chat, da 9 min: {link}",
    ]


async def test_the_group_is_not_told_of_somebody_who_was_accepted_meanwhile(
    database: Database, clock: FixedClock
) -> None:
    told: list[str] = []

    async def say(text: str) -> None:
        told.append(text)

    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
        conversation_id = hand_over(session, clock.now())
    await runner(database, clock, Alerts(group=True)).run_due()
    with database.writing() as session:
        attending.accept(session, conversation_id, giulia, JOINED, clock.now())

    handler = group_handler(database, clock, TEXTS, say, URL, RULES)
    await JobRunner(database, clock, "f", {GROUP_JOB: handler}, kinds=(GROUP_JOB,)).run_due()

    assert told == []
