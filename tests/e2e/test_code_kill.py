"""`kill -9` of the front between the job and the mail: no code is lost, and one that comes twice is the same code."""

import asyncio
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from base.database import Database
from base.settings import ROOT
from bench.processes import free_ports
from shop.models import CustomerRow
from switchboard import email_proofs
from switchboard.models import CodeChallenge, Job
from tests.deep import DEEP, more
from tests.e2e.customer import Customer
from tests.front.fake_engine import SECRET, Answer, FakeEngine, answer, until
from tests.front.smtp_server import MailServer, mail_server
from tests.switchboard.test_codes import CODES  # made with the same secret

pytestmark = pytest.mark.e2e
KILLS = 9 if DEEP else 4  # one network address gets ten codes an hour
LATEST_KILL_S = 1.6  # a job is looked for every second


async def sends_codes(request: dict[str, Any]) -> Answer:
    """An engine that has a code sent to whatever address is written."""
    effects = ({"kind": "code", "email": request["text"]},) if "@" in request["text"] else ()
    return answer(request, "eco", effects=effects)


class FrontProcess:
    """`python -m front`, as often as it is needed."""

    def __init__(self, url: str, var: Path, mail: MailServer, engine: FakeEngine) -> None:
        (port,) = free_ports(1)
        self.url, self.log = f"http://127.0.0.1:{port}", var / "front.out"
        self._environment = {
            "PATH": os.environ["PATH"],
            "SPORTELLO_VAR": str(var),
            "SPORTELLO_SECRET": "s" * 40,
            "SPORTELLO_ENGINE_SECRET": SECRET,
            "SPORTELLO_ENGINE_PORT": str(engine.port),
            "SPORTELLO_PORT": str(port),
            "SPORTELLO_FRONT_ID": "front-1",
            "SPORTELLO_SMTP_HOST": "127.0.0.1",
            "SPORTELLO_SMTP_PORT": str(mail.port),
            "SPORTELLO_SMTP_TLS": "none",
            "SPORTELLO_MAIL_FROM": "negozio@example.it",
            "DATABASE_URL": url,
        }
        self.process = self._start()

    def _start(self) -> subprocess.Popen:
        with self.log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "front"], cwd=ROOT, env=self._environment, stdout=output, stderr=output
            )

    async def kill_and_start_again(self) -> None:
        self.process.kill()
        await asyncio.to_thread(self.process.wait)
        self.process = self._start()

    async def stop(self) -> None:
        self.process.kill()
        await asyncio.to_thread(self.process.wait)


def _of(mail: MailServer, email: str) -> set[str]:
    """The codes that were mailed to this address."""
    return {str(one["Subject"])[:6] for one in mail.mails if one["To"] == email}


@more
async def test_no_code_is_lost_and_none_changes(migrated_url: str, database: Database, tmp_path: Path) -> None:
    emails = [f"cliente{number}@example.it" for number in range(KILLS)]
    with database.writing() as session:
        session.add_all(CustomerRow(email=email, first_name="Anna", last_name="Rossi") for email in emails)
    chance = random.Random(20261123)
    async with mail_server() as mail, FakeEngine(sends_codes).serving() as engine:
        front = FrontProcess(migrated_url, tmp_path, mail, engine)
        try:
            customers = [Customer(front.url) for _ in emails]
            for number, (customer, email) in enumerate(zip(customers, emails)):
                if number == 0:
                    await _killed_while_the_mail_is_taken(front, mail, customer, email)
                else:
                    await customer.ask(email)
                    await asyncio.sleep(chance.uniform(0, LATEST_KILL_S))
                    await front.kill_and_start_again()
            await until(lambda: all(_of(mail, email) for email in emails), seconds=90)
            await until(lambda: not _open_jobs(database), seconds=90)
            for customer, email in zip(customers, emails):
                (code,) = _of(mail, email)
                await customer.ask(f"il codice è {code}")
                await customer.close()
        finally:
            await front.stop()

    with database.reading() as session:
        challenges = session.execute(select(CodeChallenge)).scalars().all()
        owners = [
            email_proofs.proved_emails(session, challenge.conversation_id, challenge.created_at)[0].email
            for challenge in challenges
        ]
    assert sorted(owners) == sorted(challenge.email for challenge in challenges) == sorted(emails)
    assert {CODES.code_of(challenge.id) for challenge in challenges} == set(mail.codes())
    printed = front.log.read_text()
    assert not [text for text in (*emails, *mail.codes()) if text in printed]


async def _killed_while_the_mail_is_taken(
    front: FrontProcess, mail: MailServer, customer: Customer, email: str
) -> None:
    """The server has the mail, and we do not know it yet: it comes a second time."""
    taken, whole = asyncio.Event(), mail.handle_DATA

    async def slow(server: Any, session: Any, envelope: Any) -> str:
        result = await whole(server, session, envelope)
        taken.set()
        await asyncio.sleep(3)
        return result

    mail.handle_DATA = slow  # type: ignore[method-assign]
    await customer.ask(email)
    await asyncio.wait_for(taken.wait(), 30)
    mail.handle_DATA = whole  # type: ignore[method-assign]
    await front.kill_and_start_again()
    await until(lambda: len([one for one in mail.mails if one["To"] == email]) == 2, seconds=90)


def _open_jobs(database: Database) -> int:
    with database.reading() as session:
        return session.query(Job).filter(Job.kind == "send:mail", Job.finished_at.is_(None)).count()
