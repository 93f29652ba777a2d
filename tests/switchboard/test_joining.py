"""Two identities become one person's by a link: once, for whoever holds it, and by nothing else."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from base.clock import FixedClock
from base.database import Database
from switchboard import join_links, log, people
from switchboard.join_links import LinkRefused
from switchboard.models import CLOSED, HUMAN, Conversation, Identity, Job, Joining, JoinLink, JoinTry, Person
from switchboard.ownership import change_owner
from tests.switchboard.side import WORDS, Side


def refusal(side: Side, token: str) -> str:
    with pytest.raises(LinkRefused) as refused:
        side.open(token)
    return refused.value.reason


def test_a_link_makes_both_sides_one_person_in_one_conversation(database: Database, web: Side, chat: Side) -> None:
    said = web.say("ciao")

    joined = chat.open(web.link("telegram"))

    assert joined.conversation_id == said.conversation_id == chat.conversation == web.conversation
    assert chat.say("sono qui").conversation_id == said.conversation_id
    with database.reading() as session:
        assert session.query(Person).one().joined_at
        assert {identity.kind for identity in session.query(Identity)} == {"web", "telegram"}
        note = session.query(Joining).one()
        assert (note.how, note.identity_id, note.by_identity_id) == ("link", chat.identity_id, web.identity_id)


def test_a_link_works_once(web: Side, chat: Side, thief: Side) -> None:
    token = web.link("telegram")
    chat.open(token)

    assert refusal(thief, token) == "over"
    assert chat.open(token).again


@pytest.mark.parametrize("minutes, works", [(14, True), (15, False)])
def test_a_link_is_over_after_a_quarter_of_an_hour(
    minutes: int, works: bool, clock: FixedClock, web: Side, chat: Side
) -> None:
    token = web.link("telegram")
    clock.move(timedelta(minutes=minutes))

    if works:
        assert chat.open(token)
    else:
        assert refusal(chat, token) == "over"


def test_of_two_who_open_a_link_at_once_one_comes_in(database: Database, web: Side, chat: Side, thief: Side) -> None:
    token, start = web.link("telegram"), Barrier(2)
    outcomes: list[Any] = []

    def try_it(side: Side) -> None:
        start.wait()
        outcomes.append(side.try_to_open(token))

    threads = [Thread(target=try_it, args=(side,)) for side in (chat, thief)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Joined", "LinkRefused"]
    with database.reading() as session:
        assert session.query(Joining).count() == 1
        assert session.query(Identity).filter_by(kind="telegram").count() == 1


def test_forged_and_misdirected_tokens_open_nothing_and_are_counted(database: Database, web: Side, chat: Side) -> None:
    for token in ("", "x", "A" * 43, "A" * 64, "è" * 43, web.link("web")):
        assert refusal(chat, token) == "over"

    with database.reading() as session:
        assert session.query(JoinTry).count() == 6
        assert session.query(Joining).count() == 0
    assert chat.identity_id is None


def test_after_ten_wrong_tokens_no_more_are_looked_at_for_a_while(clock: FixedClock, web: Side, chat: Side) -> None:
    for number in range(10):
        refusal(chat, f"{number:043}")

    assert refusal(chat, web.link("telegram")) == "paused"
    clock.move(timedelta(minutes=16))
    assert chat.open(web.link("telegram"))


def test_only_hashes_of_tokens_are_kept(database: Database, web: Side) -> None:
    token = web.link("telegram")

    with database.reading() as session:
        kept = session.query(JoinLink).one()
        assert token not in str(vars(kept)) and kept.token_hash == join_links.hash_of(token)


def test_a_second_open_conversation_is_closed_and_says_where_it_goes_on(
    database: Database, web: Side, chat: Side
) -> None:
    on_web, on_telegram = web.say("ciao"), chat.say("salve")

    joined = chat.open(web.link("telegram"))

    assert joined.conversation_id == on_web.conversation_id and joined.unanswered
    with database.reading() as session:
        closed = session.get(Conversation, on_telegram.conversation_id)
        assert closed.owner == CLOSED and closed.continued_in == on_web.conversation_id
        last = log.rows_since(session, closed.id, 0)[-1]
        assert (last.body["text"], last.channel, last.author_kind) == (WORDS.closed.text, "telegram", "system")
        assert session.query(Person).count() == 1


def test_the_conversation_that_a_person_of_the_shop_has_stays(
    database: Database, clock: FixedClock, web: Side, chat: Side
) -> None:
    on_web, on_telegram = web.say("ciao"), chat.say("salve")
    with database.writing() as session:
        change_owner(session, on_telegram.conversation_id, 1, HUMAN, clock.now())

    joined = chat.open(web.link("telegram"))

    assert joined.conversation_id == on_telegram.conversation_id and joined.owner == HUMAN
    assert web.conversation == on_telegram.conversation_id
    with database.reading() as session:
        assert session.get(Conversation, on_web.conversation_id).continued_in == on_telegram.conversation_id


def test_the_side_that_is_there_already_reads_that_the_conversation_moved(
    database: Database, web: Side, chat: Side
) -> None:
    web.say("ciao")
    joined = chat.open(web.link("telegram"))

    with database.reading() as session:
        last = log.rows_since(session, joined.conversation_id, 0)[-1]
    assert (last.body["text"], last.channel, last.identity_id) == (WORDS.moved.text, "web", None)


def test_a_person_has_one_telegram_account(web: Side, chat: Side, thief: Side) -> None:
    chat.open(web.link("telegram"))
    token = web.link("telegram")

    assert refusal(thief, token) == "other_account"
    assert chat.open(token)


def test_links_end_with_their_conversation_and_with_their_session(
    database: Database, clock: FixedClock, web: Side, chat: Side
) -> None:
    closed = web.link("telegram")
    with database.writing() as session:
        held = people.lock_conversation(session, web.conversation or "")
        change_owner(session, held.id, held.version, CLOSED, clock.now())
    left = web.link("telegram")
    with database.writing() as session:
        people.end_identity(session, "web", "ws_anna", clock.now())

    assert refusal(chat, closed) == refusal(chat, left) == "over"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=80),
        st.text("ABCabc019_-", min_size=43, max_size=43),
        st.tuples(st.integers(0, 42), st.sampled_from("AZaz09_-")),
    )
)
def test_nothing_but_the_token_itself_opens_anything(
    database: Database, clock: FixedClock, web: Side, made: Any
) -> None:
    token = web.link("telegram")
    if isinstance(made, tuple):  # the token with one character changed
        place, character = made
        made = token[:place] + character + token[place + 1 :]
    stranger = Side(database, clock, "telegram", "7")
    clock.move(timedelta(minutes=16))  # the links and tries of other examples count no more
    token, made = web.link("telegram"), made if made != token else ""

    assert isinstance(stranger.try_to_open(made), LinkRefused)
    assert stranger.identity_id is None


def test_a_side_gets_ten_links_in_a_quarter_of_an_hour(clock: FixedClock, web: Side) -> None:
    for _ in range(join_links.MADE_BY_SIDE):
        web.link("telegram")

    with pytest.raises(join_links.TooManyLinks):
        web.link("web")
    clock.move(timedelta(minutes=15))
    assert web.link("web")


def test_when_one_link_is_used_the_others_of_that_side_are_over(web: Side, chat: Side, thief: Side) -> None:
    first, second = web.link("telegram"), web.link("telegram")
    chat.open(second)

    assert refusal(thief, first) == "over"


def test_whoever_opens_his_own_link_uses_nothing_up(web: Side, database: Database, clock: FixedClock) -> None:
    token = web.link("web")
    other = Side(database, clock, "web", "ws_other")

    assert web.open(token).again and not other.open(token).again


def test_a_hundred_wrong_tokens_in_an_hour_are_told_to_the_staff(database: Database, clock: FixedClock) -> None:
    for number in range(join_links.WRONG_IN_ALL):
        Side(database, clock, "telegram", f"u{number}").try_to_open("x")

    with database.reading() as session:
        assert session.query(Job).filter_by(kind=join_links.GUESSED_JOB).count() == 1
