"""From a challenge to a mail: a real SMTP server, both databases, and everything that can go wrong in between."""

import re
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, AsyncIterator

import pytest
from sqlalchemy import select

from base.clock import FixedClock
from base.database import Database
from base.settings import ROOT, Register, Smtp, SmtpTls
from front.code_mail import code_mail_handler
from front.job_runner import JobRunner
from front.mail import Mailer, Outbox, SmtpMailer
from front.outbox_page import read_outbox
from shop.errors import ShopUnavailable
from shop.importer import import_shop
from shop.shop_file import read_shop_file
from shop.sql_shop import SqlShop
from switchboard.codes import MAIL_JOB
from switchboard.models import CodeChallenge, Job
from switchboard.staff_requests import list_open
from switchboard.texts import Texts
from tests.conftest import NOW
from tests.front.smtp_server import PASSWORD, USER, MailServer, certificate, mail_server
from tests.switchboard.test_codes import ANNA, CODES, Customer

UNKNOWN = "nobody@example.it"
TEXTS = Texts.load(ROOT / "data" / "responses", Register.TU)


@pytest.fixture
def shop(database: Database) -> SqlShop:
    with database.writing() as session:
        import_shop(session, read_shop_file(ROOT / "tests" / "conversations" / "shop.json"), NOW)
    return SqlShop(database)


def smtp(server: MailServer, tls: SmtpTls = SmtpTls.NONE, user: str = "", password: str = "") -> Smtp:
    return Smtp("127.0.0.1", server.port, tls, user, password, "negozio@casalume.example")


def runner(database: Database, clock: FixedClock, shop: SqlShop, mailer: Mailer, owner: str = "front") -> JobRunner:
    handler = code_mail_handler(database, clock, TEXTS, shop, CODES, mailer)
    return JobRunner(database, clock, owner, {MAIL_JOB: handler}, kinds=(MAIL_JOB,))


@asynccontextmanager
async def sending(
    database: Database, clock: FixedClock, shop: SqlShop, timeout_s: float = 5.0
) -> AsyncIterator[tuple[MailServer, JobRunner]]:
    async with mail_server() as server:
        yield server, runner(database, clock, shop, SmtpMailer(smtp(server), timeout_s=timeout_s))


async def test_a_customer_gets_his_code_by_mail(database: Database, clock: FixedClock, shop: SqlShop) -> None:
    code = Customer(database, clock).asks_for_code()

    async with sending(database, clock, shop) as (server, jobs):
        await jobs.run_due()
        await jobs.run_due()

    (mail,) = server.mails
    assert (mail["To"], mail["From"]) == (ANNA, "negozio@casalume.example")
    assert mail["Subject"] == f"{code} è il tuo codice di conferma"
    assert re.findall(r"\d{6}", mail.get_content()) == [code]
    assert "10 minuti" in mail.get_content() and "Se non l'hai chiesto tu" in mail.get_content()
    assert mail["Auto-Submitted"] == "auto-generated" and mail["Message-ID"] and "+0100" in mail["Date"]
    with database.reading() as session:
        assert session.execute(select(CodeChallenge.sent_at)).scalar_one() == clock.now()


async def test_an_unknown_address_gets_no_mail_and_leaves_the_same_traces(
    database: Database, clock: FixedClock, shop: SqlShop
) -> None:
    Customer(database, clock, "anna").asks_for_code(ANNA)
    Customer(database, clock, "other", "a2").asks_for_code(UNKNOWN)

    async with sending(database, clock, shop) as (server, jobs):
        await jobs.run_due()

    assert [mail["To"] for mail in server.mails] == [ANNA]
    with database.reading() as session:
        challenges = session.execute(select(CodeChallenge)).scalars().all()
        outcomes = session.execute(select(Job.outcome).where(Job.kind == MAIL_JOB)).scalars().all()
    assert {challenge.sent_at for challenge in challenges} == {clock.now()}
    assert outcomes == ["done", "done"]


async def test_a_server_that_refuses_is_asked_again_and_gets_the_same_code(
    database: Database, clock: FixedClock, shop: SqlShop
) -> None:
    code = Customer(database, clock).asks_for_code()

    async with sending(database, clock, shop) as (server, jobs):
        server.refusals = ["451 later", "421 busy"]
        for _ in range(3):
            await jobs.run_due()
            clock.move(timedelta(seconds=30))

    assert server.commands.count("DATA") == 3 and server.codes() == [code]


async def test_a_server_that_says_nothing_costs_the_timeout_and_no_mail(
    database: Database, clock: FixedClock, shop: SqlShop
) -> None:
    code = Customer(database, clock).asks_for_code()

    async with sending(database, clock, shop, timeout_s=0.2) as (server, jobs):
        server.silent = True
        await jobs.run_due()
        assert server.mails == []
        server.silent = False
        clock.move(timedelta(seconds=10))
        await jobs.run_due()

    assert server.codes() == [code]


async def test_no_server_at_all_is_tried_until_the_code_is_over_and_told_once(
    database: Database, clock: FixedClock, shop: SqlShop
) -> None:
    Customer(database, clock).asks_for_code()
    async with mail_server() as server:
        nowhere = smtp(server)
    jobs = runner(database, clock, shop, SmtpMailer(nowhere, timeout_s=0.5))

    tried = 0
    for _ in range(30):
        tried += await jobs.run_due()
        clock.move(timedelta(seconds=60))

    assert 3 <= tried <= 9
    with database.reading() as session:
        assert session.execute(select(Job.outcome)).scalars().all() == ["done"]
        assert [request.reason for request in list_open(session)] == ["codes_not_sent"]


async def test_a_shop_that_cannot_say_is_asked_again(
    database: Database, clock: FixedClock, shop: SqlShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = Customer(database, clock).asks_for_code()
    whole = shop.has_customer

    async def silent(_email: str) -> bool:
        raise ShopUnavailable()

    async with sending(database, clock, shop) as (server, jobs):
        monkeypatch.setattr(shop, "has_customer", silent)
        await jobs.run_due()
        monkeypatch.setattr(shop, "has_customer", whole)
        clock.move(timedelta(seconds=10))
        await jobs.run_due()

    assert server.codes() == [code]


async def test_a_job_whose_process_died_is_done_by_another_with_the_same_code(
    database: Database, clock: FixedClock, shop: SqlShop
) -> None:
    code = Customer(database, clock).asks_for_code()
    async with sending(database, clock, shop) as (server, _):
        dead = runner(database, clock, shop, _Dying(), "dead")
        with pytest.raises(_Killed):
            await dead.run_due()
        clock.move(timedelta(seconds=61))
        alive = runner(database, clock, shop, SmtpMailer(smtp(server)), "alive")
        await alive.run_due()

    assert server.codes() == [code]


async def test_a_code_that_was_replaced_or_is_over_is_not_sent(
    database: Database, clock: FixedClock, shop: SqlShop
) -> None:
    anna = Customer(database, clock)
    anna.asks_for_code()
    clock.move(timedelta(minutes=1))
    second = anna.asks_for_code()

    async with sending(database, clock, shop) as (server, jobs):
        await jobs.run_due()

    assert server.codes() == [second]


@pytest.mark.parametrize("starttls", [True, False])
async def test_the_line_is_protected_and_logged_in_as_the_settings_say(
    starttls: bool, database: Database, clock: FixedClock, shop: SqlShop, tmp_path: Path
) -> None:
    code = Customer(database, clock).asks_for_code()
    theirs, ours = certificate(tmp_path)

    async with mail_server(theirs, starttls, login=True) as server:
        how = smtp(server, SmtpTls.STARTTLS if starttls else SmtpTls.TLS, USER, PASSWORD)
        await runner(database, clock, shop, SmtpMailer(how, ours)).run_due()

    assert server.codes() == [code]


@pytest.mark.parametrize("tls", [SmtpTls.STARTTLS, SmtpTls.TLS])
async def test_a_certificate_nobody_knows_gets_no_password_and_no_mail(
    tls: SmtpTls, database: Database, clock: FixedClock, shop: SqlShop, tmp_path: Path
) -> None:
    Customer(database, clock).asks_for_code()
    theirs, _ = certificate(tmp_path)

    async with mail_server(theirs, tls is SmtpTls.STARTTLS, login=True) as server:
        await runner(database, clock, shop, SmtpMailer(smtp(server, tls, USER, PASSWORD))).run_due()

    assert server.mails == [] and server.commands == []


async def test_a_server_without_starttls_gets_nothing_in_the_clear(
    database: Database, clock: FixedClock, shop: SqlShop
) -> None:
    Customer(database, clock).asks_for_code()

    async with mail_server() as server:
        await runner(database, clock, shop, SmtpMailer(smtp(server, SmtpTls.STARTTLS))).run_due()

    assert server.mails == [] and server.commands == []


async def test_in_a_demonstration_the_mail_is_in_the_outbox(
    database: Database, clock: FixedClock, shop: SqlShop, tmp_path: Path
) -> None:
    code = Customer(database, clock).asks_for_code()
    jobs = runner(database, clock, shop, Outbox(tmp_path / "outbox"))

    await jobs.run_due()

    (mail,) = read_outbox(tmp_path / "outbox")
    assert mail["To"] == ANNA and str(mail["Subject"]).startswith(code)


async def test_a_mail_written_twice_is_one(
    tmp_path: Path, database: Database, clock: FixedClock, shop: SqlShop
) -> None:
    Customer(database, clock).asks_for_code()
    with database.reading() as session:
        payload = session.execute(select(Job.payload)).scalar_one()
    handler = code_mail_handler(database, clock, TEXTS, shop, CODES, Outbox(tmp_path))

    await handler(payload)
    await handler(payload)

    assert len(read_outbox(tmp_path)) == 1


async def test_neither_code_nor_address_is_in_the_log_when_it_goes_wrong(
    database: Database, clock: FixedClock, shop: SqlShop, caplog: pytest.LogCaptureFixture
) -> None:
    code = Customer(database, clock).asks_for_code()

    async with sending(database, clock, shop) as (server, jobs):
        server.refusals = [f"550 no such user {ANNA}"]
        await jobs.run_due()

    assert code and "failed" in caplog.text
    assert code not in caplog.text
    with database.reading() as session:
        assert session.execute(select(Job.last_error)).scalar_one() == "SMTPDataError"


class _Killed(BaseException):
    pass


class _Dying:
    """A mailer in whose middle the process dies."""

    sender = "negozio@casalume.example"

    async def send(self, mail: Any) -> None:
        raise _Killed()
