"""An answer that nobody has seen in the web chat goes by mail or to Telegram, once, with a link that opens little."""

import re
from datetime import timedelta
from typing import Any, Optional

import pytest

from base.clock import FixedClock
from base.database import Database
from base.settings import ROOT, Register, Smtp, SmtpTls
from front.job_runner import JobRunner
from front.mail import SmtpMailer
from front.unseen_jobs import Telling, answer_mail_handler, unseen_handlers
from switchboard import attending, bots, contacts, deliveries, email_proofs, join_links, leaving, log, unseen
from switchboard.agents import AtDesk
from switchboard.body import Reply
from switchboard.elsewhere import Elsewhere
from switchboard.notices import Notices
from switchboard.people import lock_conversation, open_conversation_of
from switchboard.texts import Texts
from switchboard.unseen import AFTER, MAIL_JOB
from tests.front.smtp_server import MailServer, mail_server
from tests.switchboard.desk import JOINED, agent
from tests.switchboard.side import Side

TEXTS = Texts.load(ROOT / "data" / "responses", Register.TU)
PAGE = "https://shop.example.it/aiuto"
ELSEWHERE = Elsewhere(telegram=True, chat_url=PAGE)
ANNA = "anna@example.it"
LINK = re.compile(r"https://shop\.example\.it/aiuto#sportello=([\w-]{43})")


class Shop:
    """A customer in the web chat, Giulia at the desk, and a mail server."""

    def __init__(self, database: Database, clock: FixedClock, server: MailServer, elsewhere: Elsewhere) -> None:
        self.database, self.clock, self.server = database, clock, server
        self.web, self.chat = Side(database, clock, "web", "ws_anna"), Side(database, clock, "telegram", "11")
        mailer = SmtpMailer(Smtp("127.0.0.1", server.port, SmtpTls.NONE, "", "", "negozio@casalume.example"))
        looking = unseen_handlers(database, clock, Notices(), Telling(TEXTS, elsewhere, mails=True))
        mailing = {MAIL_JOB: answer_mail_handler(database, clock, TEXTS, mailer, elsewhere)}
        self.jobs = [
            runner
            for front in ("front", "another front")
            for runner in (
                JobRunner(database, clock, front, looking),
                JobRunner(database, clock, front, mailing, kinds=(MAIL_JOB,)),
            )
        ]
        self.conversation_id = self.web.say("voglio una persona").conversation_id
        with database.writing() as session:
            bots.tell(session, "telegram", "negozio_bot", clock.now())
            self.giulia: AtDesk = agent(session, "Giulia", clock.now())
            attending.accept(session, self.conversation_id, self.giulia, JOINED, clock.now())

    def wants_mail(self, email: str = ANNA) -> None:
        with self.database.writing() as session:
            contacts.keep(session, self.conversation_id, email)

    def answers(self, text: str) -> int:
        with self.database.writing() as session:
            own = f"reply:{text}"
            return attending.reply(session, self.conversation_id, self.giulia, own, text, self.clock.now()).seq

    def sees(self, seq: int, side: Optional[Side] = None) -> None:
        with self.database.writing() as session:
            unseen.seen(session, (side or self.web).sender, self.conversation_id, seq)

    async def later(self, by: timedelta = AFTER) -> None:
        self.clock.move(by)
        for jobs in self.jobs:
            await jobs.run_due()

    @property
    def letters(self) -> list[str]:
        return [mail.get_payload(decode=True).decode() for mail in self.server.mails]


@pytest.fixture
async def shop(database: Database, clock: FixedClock) -> Any:
    async with mail_server() as server:
        yield Shop(database, clock, server, ELSEWHERE)


async def test_an_answer_nobody_sees_goes_by_mail_once_with_its_words(shop: Shop) -> None:
    shop.wants_mail()
    shop.answers("Il rimborso è partito oggi.")

    await shop.later(AFTER - timedelta(seconds=1))
    early = len(shop.letters)
    await shop.later(timedelta(seconds=1))
    await shop.later(timedelta(hours=1))

    assert early == 0 and len(shop.letters) == 1
    assert "Giulia ti ha risposto" in shop.letters[0] and "Il rimborso è partito oggi." in shop.letters[0]
    assert shop.server.mails[0]["To"] == ANNA


@pytest.mark.parametrize("how", ["sees", "writes"])
async def test_what_the_customer_has_seen_is_not_mailed(shop: Shop, how: str) -> None:
    shop.wants_mail()
    seq = shop.answers("Eccomi.")
    if how == "sees":
        shop.sees(seq)
    else:
        shop.web.say("letto, grazie")

    await shop.later()

    assert shop.letters == []


async def test_somebody_elses_browser_cannot_say_that_it_was_seen(shop: Shop) -> None:
    shop.wants_mail()
    seq = shop.answers("Eccomi.")
    stranger = Side(shop.database, shop.clock, "web", "ws_stranger")
    stranger.say("ciao")

    shop.sees(seq, stranger)
    await shop.later()

    assert len(shop.letters) == 1


async def test_several_answers_go_in_one_mail_and_later_ones_in_another(shop: Shop) -> None:
    shop.wants_mail()
    shop.answers("Primo.")
    shop.clock.move(timedelta(seconds=30))
    shop.answers("Secondo.")

    await shop.later()
    shop.answers("Terzo.")
    await shop.later()
    await shop.later()

    assert ["Primo." in letter and "Secondo." in letter for letter in shop.letters] == [True, False]
    assert "Terzo." in shop.letters[1] and "Primo." not in shop.letters[1]


async def test_a_mail_has_nothing_that_was_said_on_another_device(shop: Shop) -> None:
    shop.wants_mail()
    other = Side(shop.database, shop.clock, "web", "ws_other")
    other.open(shop.web.link("web"))
    shop.web.say("scrivo dal primo")
    shop.answers("Per il primo, uno.")
    with shop.database.writing() as session:
        held = lock_conversation(session, shop.conversation_id)
        side, now = held.side_of(other.identity_id), shop.clock.now()
        words = Reply("Per l'altro.")
        row = log.append_reply(session, held, "web", words, now, author_kind="agent", external_id="x", side=side)
        unseen.want(session, held, row, now)
    shop.answers("Per il primo, due.")

    await shop.later()

    assert "Per il primo, uno." in shop.letters[0] and "Per il primo, due." in shop.letters[0]
    assert "Per l'altro." not in shop.letters[0]


async def test_the_links_conversation_goes_on_and_shows_nothing_of_before(shop: Shop) -> None:
    shop.wants_mail()
    shop.answers("Ecco il suo numero di pratica.")
    await shop.later()
    phone = Side(shop.database, shop.clock, "web", "ws_phone")

    joined = phone.open(LINK.search(shop.letters[0])[1])

    assert joined.conversation_id == shop.conversation_id
    assert set(phone.reads()) == {"-"}
    assert phone.say("rispondo da qui").conversation_id == shop.conversation_id


async def test_a_link_that_was_used_or_is_over_opens_nothing(shop: Shop) -> None:
    shop.wants_mail()
    shop.answers("Uno.")
    await shop.later()
    shop.answers("Due.")
    await shop.later()
    first, second = (LINK.search(letter)[1] for letter in shop.letters)
    Side(shop.database, shop.clock, "web", "ws_phone").open(first)

    thief = Side(shop.database, shop.clock, "web", "ws_thief")
    assert thief.try_to_open(first).reason == thief.try_to_open(second).reason == join_links.OVER
    shop.answers("Tre.")
    await shop.later()
    shop.clock.move(join_links.MAILED_VALID_FOR)
    assert thief.try_to_open(LINK.search(shop.letters[2])[1]).reason == join_links.OVER


async def test_a_link_leads_on_when_the_conversation_was_closed_meanwhile(shop: Shop) -> None:
    shop.wants_mail()
    shop.answers("Fatto.")
    with shop.database.writing() as session:
        words = Reply("Giulia ha chiuso.")
        attending.close(session, shop.conversation_id, shop.giulia, "solved", "", words, shop.clock.now())
    await shop.later()
    token = LINK.search(shop.letters[0])[1]
    phone = Side(shop.database, shop.clock, "web", "ws_phone")

    joined = phone.open(token)

    assert joined.conversation_id != shop.conversation_id
    assert phone.conversation == shop.web.conversation == joined.conversation_id
    assert len(shop.letters) == 1 and "Fatto." in shop.letters[0] and "Giulia ha chiuso." in shop.letters[0]


async def test_in_his_own_browser_the_customer_is_where_he_was(shop: Shop) -> None:
    shop.wants_mail()
    shop.answers("Fatto.")
    await shop.later()

    joined = shop.web.open(LINK.search(shop.letters[0])[1])

    assert joined.again and joined.conversation_id == shop.conversation_id
    assert "Fatto." in shop.web.reads()


async def test_who_is_known_in_telegram_is_told_there_and_not_what_was_said(shop: Shop) -> None:
    shop.wants_mail()
    shop.chat.open(shop.web.link("telegram"))
    with shop.database.writing() as session:
        deliveries.reachable(session, shop.conversation_id, "telegram", "11")
    shop.web.say("torno al computer")
    shop.answers("Il suo indirizzo è via Roma 1.")

    await shop.later()

    assert shop.letters == []
    with shop.database.reading() as session:
        row = log.rows_since(session, shop.conversation_id, 0)[-1]
    assert row.channel == "telegram" and "Giulia ti ha risposto" in row.body["text"] and "Roma" not in str(row.body)
    assert row.body["card"]["to"] == "web"


async def test_who_cannot_be_reached_is_told_nothing_and_nobody_else_either(shop: Shop) -> None:
    shop.answers("C'è qualcuno?")

    await shop.later()

    assert shop.letters == []


async def test_an_e_mail_that_is_proved_comes_before_one_that_was_written(shop: Shop) -> None:
    shop.wants_mail("altra@example.it")
    with shop.database.writing() as session:
        held = open_conversation_of(session, "web", "ws_anna")
        now = shop.clock.now()
        email_proofs.prove(session, held.id, held.speaking, ANNA, email_proofs.CODE, now, now + timedelta(hours=1))
    shop.answers("Eccomi.")

    await shop.later()

    assert [mail["To"] for mail in shop.server.mails] == [ANNA]


async def test_who_has_left_the_chat_gets_the_answer_without_a_link(shop: Shop) -> None:
    shop.wants_mail()
    with shop.database.writing() as session:
        leaving.leave(session, shop.web.sender, Reply("Ha chiuso la chat."), shop.clock.now())
    shop.answers("Eccomi.")

    await shop.later()

    assert "Eccomi." in shop.letters[0] and not LINK.search(shop.letters[0])


async def test_a_waiting_customer_who_gives_his_e_mail_is_told_that_it_was_taken(
    database: Database, clock: FixedClock, shop: Shop
) -> None:
    with database.writing() as session:
        contacts.asked(session, shop.conversation_id)
    shop.web.say("scrivetemi a Anna@Example.it, grazie")
    shop.web.say("o forse no")

    await shop.later(timedelta(0))

    with database.reading() as session:
        assert contacts.reach_of(session, shop.conversation_id, clock.now()).email == ANNA
    thanked = [text for text in shop.web.reads() if text.startswith("Grazie:")]
    assert len(thanked) == 1 and ANNA not in thanked[0]


async def test_an_e_mail_that_nobody_asked_for_is_not_kept(database: Database, clock: FixedClock, shop: Shop) -> None:
    shop.web.say("la mail di mia moglie è altra@example.it")

    with database.reading() as session:
        assert contacts.reach_of(session, shop.conversation_id, clock.now()).email is None


async def test_without_a_page_the_mail_says_to_come_back_to_the_chat(database: Database, clock: FixedClock) -> None:
    async with mail_server() as server:
        shop = Shop(database, clock, server, Elsewhere(telegram=False, chat_url=""))
        shop.wants_mail()
        shop.answers("Eccomi.")

        await shop.later()

        assert "torna nella chat" in shop.letters[0] and "http" not in shop.letters[0]


def test_what_a_closed_conversation_knows_of_its_customer_goes_along(database: Database, clock: FixedClock) -> None:
    web, chat = Side(database, clock, "web", "ws_anna"), Side(database, clock, "telegram", "11")
    web.say("ciao")
    other = chat.say("salve").conversation_id
    with database.writing() as session:
        contacts.keep(session, other, ANNA)

    kept = chat.open(web.link("telegram")).conversation_id

    with database.writing() as session:
        assert lock_conversation(session, kept).closed_at is None
        assert contacts.reach_of(session, kept, clock.now()).email == ANNA
