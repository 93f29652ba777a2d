"""Nobody accepts, the shop is closed, an agent goes away: what is told to whom, once, whatever is restarted."""

from datetime import timedelta
from typing import Optional

import pytest

from base.clock import FixedClock
from base.database import Database
from base.settings import ROOT, Register, Smtp, SmtpTls
from front.desk_alerts import MAIL_JOB, Alerts, mail_handler
from front.handlers import _tell_missed_promise
from front.handoff_jobs import AWAY_JOB, handoff_handlers, schedule_away
from front.job_runner import JobRunner
from front.mail import SmtpMailer
from shop.desk_rules import DeskRules
from switchboard import agents, attending, handoffs, promises
from switchboard.body import Reply
from switchboard.models import BOT, HUMAN, WAITING, Handoff
from switchboard.notices import Notices
from switchboard.people import lock_conversation
from switchboard.texts import Texts
from tests.conftest import NOW
from tests.front.smtp_server import MailServer, mail_server
from tests.switchboard.desk import JOINED, agent, hand_over, owner_of
from tests.switchboard.helpers import say, texts_of

TEXTS = Texts.load(ROOT / "data" / "responses", Register.TU)
RULES = DeskRules.load(ROOT / "data" / "desk.yml")
URL = "https://desk.shop.example"


def runner(database: Database, clock: FixedClock, to: Optional[tuple[str, ...]] = None, owner: str = "f") -> JobRunner:
    handlers = handoff_handlers(database, clock, TEXTS, Notices(), RULES, Alerts(to))
    return JobRunner(database, clock, owner, handlers, frozenset({AWAY_JOB}))


def last_text(database: Database, conversation_id: str) -> str:
    with database.reading() as session:
        return texts_of(session, conversation_id)[-1]


async def later(runner: JobRunner, clock: FixedClock, by: timedelta) -> None:
    clock.move(by)
    await runner.run_due()


async def test_who_waits_in_vain_is_promised_an_answer_by_a_day_once(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        agent(session, "Giulia", clock.now())
        conversation_id = hand_over(session, clock.now())
    one, other = runner(database, clock), runner(database, clock, owner="another front")
    await one.run_due()

    for _ in range(4):
        await later(other, clock, RULES.promise / 2)
        await one.run_due()

    with database.reading() as session:
        [promise] = promises.open_in(session, conversation_id)
        said = texts_of(session, conversation_id)
    assert promise.due == RULES.promised_by(NOW)  # Tuesday at closing time
    assert [text for text in said if "entro domani alle 18:30" in text] == [said[-1]]


async def test_a_promise_that_nobody_kept_is_owned_up_to_before_the_customer_asks(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        agent(session, "Giulia", clock.now())
        conversation_id = hand_over(session, clock.now())
    jobs = runner(database, clock)
    await jobs.run_due()
    await later(jobs, clock, RULES.promise)
    clock.at = RULES.promised_by(NOW)

    with database.writing() as session:
        [promise] = promises.open_in(session, conversation_id)
        told = _tell_missed_promise(session, promise.id, TEXTS, clock.now())

    assert told == conversation_id
    assert last_text(database, conversation_id).startswith("Scusa: ti era stata promessa una risposta")
    with database.reading() as session:
        assert promises.find(session, promise.id).outcome == "missed"


@pytest.mark.parametrize("step", ["accept", "withdraw"])
async def test_who_does_not_wait_any_more_is_promised_nothing(database: Database, clock: FixedClock, step: str) -> None:
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
        conversation_id = hand_over(session, clock.now())
    jobs = runner(database, clock)
    await jobs.run_due()
    with database.writing() as session:
        if step == "accept":
            attending.accept(session, conversation_id, giulia, JOINED, clock.now())
        else:
            held = lock_conversation(session, conversation_id)
            handoffs.hear(session, held, handoffs.BACK, conversation_id, clock.now())
        before = texts_of(session, conversation_id)

    await later(jobs, clock, RULES.promise * 2)

    with database.reading() as session:
        assert texts_of(session, conversation_id) == before
        assert promises.open_in(session, conversation_id) == []


async def test_who_asked_while_the_shop_was_closed_waits_from_its_opening_on(
    database: Database, clock: FixedClock
) -> None:
    opens = clock.now() + timedelta(hours=12)
    with database.writing() as session:
        agent(session, "Giulia", clock.now())
        conversation_id = hand_over(session, clock.now(), opens=opens)
    jobs = runner(database, clock)
    await later(jobs, clock, timedelta(hours=11))
    with database.reading() as session:
        assert owner_of(session, conversation_id)[0] == BOT

    await later(jobs, clock, timedelta(hours=1))
    await later(jobs, clock, timedelta(seconds=1))

    with database.reading() as session:
        assert owner_of(session, conversation_id)[0] == WAITING
    assert last_text(database, conversation_id).startswith("Il negozio è aperto: sei in coda, al posto 1.")


async def test_an_agent_who_went_away_gives_back_whoever_still_waits_for_an_answer(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
        agents.begin_session(session, giulia.id, "token", clock.now())
        answered, waiting = (hand_over(session, clock.now(), name) for name in ("ws_1", "ws_2"))
        for conversation_id in (answered, waiting):
            attending.accept(session, conversation_id, giulia, JOINED, clock.now())
        attending.reply(session, answered, giulia, "desk:1", "Ecco fatto", clock.now())
        say(session, "ci siete?", clock.now(), session_id="ws_2")
        schedule_away(session, clock.now())
    jobs = runner(database, clock)

    await later(jobs, clock, RULES.put_back - timedelta(minutes=1))
    with database.reading() as session:
        assert owner_of(session, waiting)[0] == HUMAN
    await later(jobs, clock, timedelta(minutes=2))

    with database.reading() as session:
        assert owner_of(session, waiting) == (WAITING, None)
        assert owner_of(session, answered) == (HUMAN, giulia.id)
    assert "Giulia non può continuare adesso" in last_text(database, waiting)


async def test_the_mail_about_a_customer_is_a_link_and_nothing_he_said(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        agent(session, "Giulia", clock.now())
        agent(session, "Marco", clock.now())
        conversation_id = hand_over(session, clock.now(), text="sono Anna Rossi, il divano è rotto", contact="a@b.it")
    async with mail_server() as server:
        jobs, mails = runner(database, clock, ()), mail_runner(database, clock, server)
        await jobs.run_due()
        await mails.run_due()
        first = list(server.mails)
        await later(jobs, clock, RULES.alert_again)
        await mails.run_due()
        await mails.run_due()

    assert sorted(str(mail["To"]) for mail in first) == ["giulia@shop.example", "marco@shop.example"]
    assert len(server.mails) == 4
    for mail in server.mails:
        text = f"{mail['Subject']} {mail.get_content()}"
        assert f"{URL}/desk/c/{conversation_id}" in text
        assert not any(word in text for word in ("Anna", "Rossi", "divano", "a@b.it"))
    assert str(server.mails[-1]["Subject"]) == "Un cliente aspetta ancora, da 5 min"


async def test_no_mail_is_sent_about_somebody_who_was_accepted_meanwhile(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
        conversation_id = hand_over(session, clock.now())
    async with mail_server() as server:
        await runner(database, clock, ("negozio@shop.example",)).run_due()
        with database.writing() as session:
            attending.accept(session, conversation_id, giulia, JOINED, clock.now())
        await mail_runner(database, clock, server).run_due()

    assert server.mails == []


async def test_whoever_is_put_back_is_told_of_anew(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        giulia = agent(session, "Giulia", clock.now())
        conversation_id = hand_over(session, clock.now())
    jobs = runner(database, clock)
    await jobs.run_due()
    with database.writing() as session:
        attending.accept(session, conversation_id, giulia, JOINED, clock.now())
        attending.put_back(session, conversation_id, giulia.id, Reply("In coda."), clock.now())

    await jobs.run_due()
    await later(jobs, clock, RULES.promise)

    with database.reading() as session:
        assert len(promises.open_in(session, conversation_id)) == 1
        assert session.query(Handoff).count() == 1


def mail_runner(database: Database, clock: FixedClock, server: MailServer) -> JobRunner:
    smtp = Smtp("127.0.0.1", server.port, SmtpTls.NONE, "", "", "negozio@shop.example")
    handler = mail_handler(database, clock, TEXTS, SmtpMailer(smtp, timeout_s=5), URL, RULES)
    return JobRunner(database, clock, "front", {MAIL_JOB: handler}, kinds=(MAIL_JOB,))
