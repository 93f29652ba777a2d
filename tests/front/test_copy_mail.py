"""A copy of the conversation goes to the e-mail that is proved, has what was said on that side, and nothing else."""

from datetime import timedelta

from base.clock import FixedClock
from base.database import Database
from base.settings import ROOT, Register, Smtp, SmtpTls
from front.copy_mail import copy_mail_handler
from front.job_runner import JobRunner
from front.mail import SmtpMailer
from switchboard import copies
from switchboard.texts import Texts
from tests.front.smtp_server import mail_server
from tests.switchboard.side import Side

TEXTS = Texts.load(ROOT / "data" / "responses", Register.TU)
ANNA = "anna@example.it"


async def letters(database: Database, clock: FixedClock, side: Side, text: str = "mandami una copia") -> list[str]:
    """What is mailed when this side asks for a copy."""
    async with mail_server() as server:
        mailer = SmtpMailer(Smtp("127.0.0.1", server.port, SmtpTls.NONE, "", "", "negozio@casalume.example"))
        handlers = {copies.MAIL_JOB: copy_mail_handler(database, clock, TEXTS, mailer)}
        runner = JobRunner(database, clock, "front", handlers, kinds=(copies.MAIL_JOB,))
        asked = side.say(text)
        with database.writing() as session:
            copies.want(session, asked.conversation_id, asked.message_id, clock.now())
        for _ in range(2):
            await runner.run_due()
        assert all(mail["To"] == ANNA for mail in server.mails)
        return [mail.get_content() for mail in server.mails]


async def test_the_copy_has_who_said_what_and_when(database: Database, clock: FixedClock) -> None:
    web = Side(database, clock, "web", "ws_anna")
    web.say("dov'è il mio ordine?")
    web.answer("È in viaggio.")
    web.prove(ANNA)

    [letter] = await letters(database, clock, web)

    assert "Tu: dov'è il mio ordine?" in letter and "Assistente automatico: È in viaggio." in letter
    assert letter.index("dov'è") < letter.index("in viaggio") < letter.index("mandami")


async def test_what_was_said_elsewhere_and_long_ago_is_not_in_it(database: Database, clock: FixedClock) -> None:
    web, chat = Side(database, clock, "web", "ws_anna"), Side(database, clock, "telegram", "11")
    web.say("molto tempo fa")
    clock.move(timedelta(days=2))
    chat.open(web.link("telegram"))
    chat.say("un segreto di là")
    web.say("oggi")
    web.prove(ANNA)
    chat.prove(ANNA)

    [letter] = await letters(database, clock, web)

    assert "oggi" in letter and "segreto" not in letter and "molto tempo fa" not in letter


async def test_without_a_proved_email_nothing_is_mailed(database: Database, clock: FixedClock) -> None:
    web = Side(database, clock, "web", "ws_anna")
    web.say("ciao")

    assert await letters(database, clock, web) == []


async def test_a_proof_that_is_over_sends_nothing(database: Database, clock: FixedClock) -> None:
    web = Side(database, clock, "web", "ws_anna")
    web.say("ciao")
    web.prove(ANNA)
    clock.move(timedelta(hours=1))

    assert await letters(database, clock, web) == []


async def test_the_proof_of_another_side_is_none_here(database: Database, clock: FixedClock) -> None:
    web, chat = Side(database, clock, "web", "ws_anna"), Side(database, clock, "telegram", "11")
    web.say("ciao")
    chat.open(web.link("telegram"))
    chat.prove(ANNA)

    assert await letters(database, clock, web) == []
