"""Past conversations are found by what is in them, page by page, and only by whoever may read them."""

from datetime import date, timedelta
from pathlib import Path
from typing import AsyncIterator

import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from base.clock import FixedClock
from base.database import Database
from base.plain import plain
from desk.search import MOST_WORDS, Search, find, place_after, words_of
from desk.seen import PAGE, may_read
from switchboard import attending, email_proofs, handoffs, proofs, staff_requests
from switchboard.agents import AGENT, SUPERVISOR, AtDesk
from switchboard.log import rows_since
from switchboard.models import Conversation
from switchboard.ownership import give
from switchboard.people import lock_conversation
from tests.desk.desk_server import DeskServer, account
from tests.switchboard.desk import JOINED, agent, hand_over
from tests.switchboard.helpers import say


@pytest_asyncio.fixture
async def desk(database: Database, clock: FixedClock, tmp_path: Path) -> AsyncIterator[DeskServer]:
    async with DeskServer(database, clock, tmp_path).serving() as server:
        yield server


def ids(session: Session, who: object, typed: str = "", **more: object) -> set[str]:
    return {one.entry.id for one in find(session, who, Search(words_of(typed), **more))}  # type: ignore[arg-type]


def test_a_conversation_is_found_by_everything_in_it(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        boss = agent(session, "Marta", clock.now(), SUPERVISOR)
        first = say(session, "R", clock.now())
        proofs.grant(session, first.conversation_id, first.message_id, "return", "R-55501", clock.now())
        wanted = hand_over(
            session,
            clock.now(),
            text="Perché la POLTRONA è blu? 100%",
            order_number="104206",
            phone="3331234567",
            email="anna.rossi@example.it",
        )
        say(session, "il mio telefono è 347 11.22-333, l'ordine 104 777", clock.now())
        attending.note(session, wanted, boss, "gentilissima, città di Forlì", clock.now())
        other = say(session, "una poltrona rossa", clock.now(), session_id="ws_bruno").conversation_id

    with database.reading() as session:
        for typed in (
            "perche",
            "PERCHÉ blu",
            "poltrona 104206",
            "3331234567",
            "333 1234567",
            "3471122333",
            "347-1122333",
            "104777",
            "anna.rossi@example.it",
            "ROSSI@EXAMPLE",
            "r-55501",
            "55501",
            "100%",
            "forli",
        ):
            assert (typed, ids(session, boss, typed)) == (typed, {wanted})
        assert ids(session, boss, "poltrona") == {wanted, other}
        for nothing in ("poltrona verde", "%", "_", "\\", "order_number", "'; DROP TABLE messages; --"):
            found = ids(session, boss, nothing)
            assert (nothing, found) == (nothing, {wanted} if nothing == "%" else set())


def test_a_request_is_found_by_its_number_and_a_customer_by_the_e_mail_he_proved(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        boss = agent(session, "Marta", clock.now(), SUPERVISOR)
        accepted = say(session, "ciao", clock.now())
        number = staff_requests.open_for_conversation(
            session, accepted.conversation_id, accepted.message_id, "intent:request_invoice", {}, clock.now()
        )
        of = (accepted.conversation_id, accepted.identity_id)
        email_proofs.prove(session, *of, "lia@example.it", "code", clock.now(), clock.now() + timedelta(hours=1))
        say(session, "ciao", clock.now(), session_id="ws_bruno")

    with database.reading() as session:
        assert ids(session, boss, str(number)) == {accepted.conversation_id}
        assert ids(session, boss, "lia@example.it") == {accepted.conversation_id}


def test_days_channels_and_endings_narrow_what_is_found(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        boss = agent(session, "Marta", clock.now(), SUPERVISOR)
        closed = hand_over(session, clock.now())
        attending.accept(session, closed, boss, JOINED, clock.now())
        attending.close(session, closed, boss, "forwarded", "", JOINED, clock.now())
        handoffs.hear(session, lock_conversation(session, closed), handoffs.UNSOLVED, closed, clock.now())
        clock.move(timedelta(days=3))
        later = say(session, "ciao", clock.now(), session_id="ws_bruno").conversation_id

    with database.reading() as session:
        assert ids(session, boss, ending="forwarded") == ids(session, boss, ending="says_unsolved") == {closed}
        assert ids(session, boss, ending="solved") == ids(session, boss, ending="says_solved") == set()
        assert ids(session, boss, first=date(2026, 11, 24)) == {later}
        assert ids(session, boss, last=date(2026, 11, 23)) == {closed}
        assert ids(session, boss, first=date(2026, 11, 23), last=date(2026, 11, 26)) == {closed, later}
        assert ids(session, boss, channel="web") == {closed, later}
        assert ids(session, boss, channel="telegram") == set()


def test_who_may_not_read_a_conversation_does_not_find_it(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        giulia, boss = agent(session, "Giulia", clock.now()), agent(session, "Marta", clock.now(), SUPERVISOR)
        for number in range(9):
            session_id = f"ws_{number}"
            if number % 3 == 0:
                id_ = hand_over(session, clock.now(), session_id, text="segreto")
            else:
                accepted = say(session, "segreto", clock.now(), session_id=session_id)
                id_ = accepted.conversation_id
                if number % 3 == 1:
                    staff_requests.open_for_conversation(session, id_, accepted.message_id, "asked", {}, clock.now())
            if number < 4:  # an earlier conversation of somebody who has a new one
                give(session, lock_conversation(session, id_), "closed", clock.now())
                say(session, "di nuovo, segreto", clock.now(), session_id=session_id)

    with database.reading() as session:
        every = {id_ for (id_,) in session.query(Conversation.id)}
        for who in (giulia, boss):
            assert ids(session, who, "segreto") == {id_ for id_ in every if may_read(session, who, id_)}
        assert len(ids(session, giulia, "segreto")) < len(ids(session, boss, "segreto")) == len(every)


def test_pages_show_each_conversation_once_also_where_several_end_in_the_same_moment(
    database: Database, clock: FixedClock
) -> None:
    with database.writing() as session:
        boss = agent(session, "Marta", clock.now(), SUPERVISOR)
        every = [say(session, "ciao", clock.now(), session_id=f"ws_{n}").conversation_id for n in range(2 * PAGE + 3)]
    shown: list[str] = []
    place = None

    with database.reading() as session:
        while True:
            found = find(session, boss, Search(("ciao",)), place)
            shown += [one.entry.id for one in found]
            place = place_after(session, found)
            if place is None:
                break

    assert len(shown) == len(every) and set(shown) == set(every)


LETTERS = st.characters(min_codepoint=32, max_codepoint=0x24F, blacklist_categories=("Cc", "Cs", "Zs"))
BOSS = AtDesk("ag_boss", "boss@shop.example", "Marta", SUPERVISOR)


@given(typed=st.lists(st.text(LETTERS, min_size=1, max_size=12), min_size=1, max_size=MOST_WORDS))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_said_is_found_by_its_words(typed: list[str], database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        clock.move(timedelta(seconds=1))
        said = say(session, " ".join(typed), clock.now(), client_id=f"c{clock.now().timestamp()}")
        row = rows_since(session, said.conversation_id, said.seq - 1)[0]

        assert said.conversation_id in ids(session, BOSS, row.body["text"])


async def test_the_page_shows_what_was_found_with_the_words_in_it_and_older_ones_on_the_next(
    database: Database, clock: FixedClock, desk: DeskServer
) -> None:
    account(database, clock, "Giulia", AGENT)
    with database.writing() as session:
        for number in range(PAGE + 1):
            hand_over(session, clock.now(), f"ws_{number}", text=f"la poltrona {number} è arrivata")
            clock.move(timedelta(minutes=1))
    async with desk.browser() as browser:
        await browser.sign_in("giulia@shop.example")

        first = (await browser.get("/desk/search?q=poltrona&first=2026-11-01"))[1]
        more = first.partition('href="/desk/search?')[2].partition('"')[0].replace("&amp;", "&")
        second = (await browser.get(f"/desk/search?{more}"))[1]
        odd = [
            (await browser.get(f"/desk/search?{query}"))[0]
            for query in (
                "",
                "q=%00",
                "first=x&last=9999-99-99",
                "after=x&id=y&q=a",
                "channel=fax&ending=no",
            )
        ]

    assert f"la <mark>poltrona</mark> {PAGE} è arrivata" in first and "first=2026-11-01" in more
    assert first.count("<mark>") == PAGE and second.count("<mark>") == 1
    assert odd == [200] * 5


def test_words_are_compared_without_accents_and_capitals() -> None:
    assert words_of("  PERCHÉ  è così?  perché ") == ("perche", "e", "cosi?")
    assert plain("Città ÀŠÇ İstanbul ß ﬁ ΑΣ") == "citta asc istanbul ß ﬁ ας"[:-1] + "σ"


@given(st.text())
def test_a_text_keeps_its_length_when_it_is_made_plain(text: str) -> None:
    assert len(plain(text)) == len(text) and plain(plain(text)) == plain(text)
