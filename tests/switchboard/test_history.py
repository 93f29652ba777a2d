"""Reading conversations: page by page into the past, one's own only, and how far conversations have got."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from base.clock import FixedClock
from base.database import Database
from base.ids import new_id
from switchboard import history, log
from switchboard.body import Reply
from switchboard.history import CATCH_UP, PAGE, NotTheirs, Page
from switchboard.models import CLOSED, Conversation
from switchboard.ownership import change_owner
from switchboard.people import IdentityEnded, end_identity
from tests.conftest import NOW
from tests.switchboard.helpers import WELCOME, say, sender


def conversation_of(session: Session, session_id: str, rows: int, clock: FixedClock, closed: bool = True) -> str:
    """A conversation of `rows` rows, the welcome among them; its id."""
    conversation = log.open_conversation(session, sender(session_id), WELCOME, clock.now())
    for number in range(2, rows + 1):
        log.append_reply(session, conversation, "web", Reply(str(number)), clock.now())
    if closed:
        change_owner(session, conversation.id, conversation.version, CLOSED, clock.now())
    return conversation.id


def all_the_way_up(session: Session, session_id: str, conversation_id: str) -> list[Page]:
    """Every page a client sees that scrolls up to the very beginning."""
    page = history.page_since(session, sender(session_id), conversation_id, 0, NOW)
    pages = [page]
    while page.previous:
        oldest = page.rows[0].seq
        page = history.page_before(session, sender(session_id), page.conversation_id, oldest, NOW)
        pages.append(page)
    return pages


def test_whoever_opens_the_chat_sees_the_newest_page(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = conversation_of(session, "ws_anna", 120, clock, closed=False)

        page = history.page_since(session, sender(), conversation_id, 0, NOW)

    assert [row.seq for row in page.rows] == list(range(71, 121))
    assert (page.last_seq, page.read_seq, page.previous) == (120, 0, True)


def test_whoever_was_away_gets_the_first_rows_missed(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = conversation_of(session, "ws_anna", CATCH_UP + 50, clock, closed=False)

        long_away = history.page_since(session, sender(), conversation_id, 10, NOW)
        up_to_date = history.page_since(session, sender(), conversation_id, CATCH_UP + 50, NOW)

    assert [row.seq for row in long_away.rows] == list(range(11, CATCH_UP + 11))
    assert (up_to_date.rows, up_to_date.previous, up_to_date.last_seq) == ([], True, CATCH_UP + 50)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 2 * PAGE + 1), min_size=1, max_size=4), st.integers(1, PAGE))
def test_scrolling_up_shows_every_row_once_and_nobody_elses(
    database: Database, clock: FixedClock, lengths: list[int], of_another: int
) -> None:
    mine, theirs = new_id("ws"), new_id("ws")
    with database.writing() as session:
        expected = []
        for place, length in enumerate(lengths):
            conversation_of(session, theirs, of_another, clock)
            last = conversation_of(session, mine, length, clock, closed=place < len(lengths) - 1)
            expected += [(last, seq) for seq in range(1, length + 1)]

        pages = all_the_way_up(session, mine, last)

    assert [(page.conversation_id, row.seq) for page in reversed(pages) for row in page.rows] == expected
    assert all(0 < len(page.rows) <= PAGE for page in pages)


def test_before_the_first_row_of_all_there_is_nothing(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = conversation_of(session, "ws_anna", 3, clock)

        page = history.page_before(session, sender(), conversation_id, 1, NOW)

    assert (page.conversation_id, page.rows, page.previous) == (conversation_id, [], False)


def test_nobody_reads_what_is_somebody_elses(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        annas = conversation_of(session, "ws_anna", 3, clock)
        conversation_of(session, "ws_marco", 3, clock)

        for stranger in ("ws_marco", "ws_unknown"):
            for read in (history.page_since, history.page_before):
                for conversation_id in (annas, "cv_unknown"):
                    with pytest.raises(NotTheirs):
                        read(session, sender(stranger), conversation_id, 2, NOW)


def test_whoever_has_left_reads_nothing(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = conversation_of(session, "ws_anna", 3, clock, closed=False)
        end_identity(session, "web", "ws_anna", clock.now())

        for read in (history.page_since, history.page_before):
            with pytest.raises(IdentityEnded):
                read(session, sender(), conversation_id, 2, NOW)


def test_conversations_of_one_moment_still_have_an_order(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        ids = [conversation_of(session, "ws_anna", 1, clock) for _ in range(4)]
        opened = {row.id: row.opened_at for row in session.query(Conversation)}

    assert sorted(ids, key=opened.__getitem__) == ids and len(set(opened.values())) == 4


def test_reading_only_grows_and_ends_at_the_last_row(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        conversation_id = conversation_of(session, "ws_anna", 5, clock, closed=False)
        read = [log.mark_read(session, conversation_id, seq) for seq in (0, 3, 2, 99, -1)]

    assert read == [0, 3, 3, 5, 5]
    with database.reading() as session:
        assert history.page_since(session, sender(), conversation_id, 0, NOW).read_seq == 5


def test_the_standing_of_a_closed_conversation_names_the_open_one(database: Database, clock: FixedClock) -> None:
    with database.writing() as session:
        closed = conversation_of(session, "ws_anna", 2, clock)
        alone = conversation_of(session, "ws_marco", 1, clock)
        open_ = say(session, "eccomi", clock.now()).conversation_id
        log.mark_read(session, open_, 1)

        found = history.standings(session, [closed, alone, open_, "cv_unknown"])

    assert {(s.id, s.last_seq, s.read_seq, s.next_id) for s in found} == {
        (closed, 2, 0, open_),
        (alone, 1, 0, None),
        (open_, 2, 1, None),
    }
