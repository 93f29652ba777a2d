"""Two identities become one person's by a link: once, for whoever holds it, and by nothing else."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any, Optional

import pytest

from base.clock import FixedClock
from base.database import Database
from switchboard import join_links, joining, log, people
from switchboard.body import Reply
from switchboard.join_links import LinkRefused
from switchboard.joining import Joined, Words
from switchboard.log import InboundMessage
from switchboard.models import CLOSED, HUMAN, Conversation, Identity, Joining, JoinLink, JoinTry, Person
from switchboard.ownership import change_owner
from switchboard.people import Sender
from tests.switchboard.helpers import WELCOME

WORDS = Words(Reply("Continua altrove."), Reply("Continua in un'altra conversazione."))


class Side:
    """One customer on one channel."""

    def __init__(self, database: Database, clock: FixedClock, channel: str, name: str) -> None:
        self._database, self._clock, self.channel = database, clock, channel
        self.sender = Sender(channel, channel, name, f"session-{name}", f"address-{name}")
        self._said = 0

    def say(self, text: str) -> log.Accepted:
        self._said += 1
        inbound = InboundMessage(self.sender, f"{self.sender.identity}:{self._said}", text)
        return self.write(log.accept, inbound, WELCOME)

    def link(self, to: str) -> str:
        """The token of a new link from the open conversation."""
        return self.write(_make_link, self.sender, to)

    def open(self, token: str) -> Joined:
        """Show a token; what was counted stays, as in a connector's transaction."""
        opened = self.write(_open, self.sender, token)
        if isinstance(opened, LinkRefused):
            raise opened
        return opened

    def write(self, function: Any, *args: Any) -> Any:
        with self._database.writing() as session:
            return function(session, *args, self._clock.now())

    @property
    def identity_id(self) -> Optional[str]:
        with self._database.reading() as session:
            known = people.known_identity(session, self.channel, self.sender.identity)
        return known.id if known else None

    @property
    def conversation(self) -> Optional[str]:
        with self._database.reading() as session:
            found = people.open_conversation_of(session, self.channel, self.sender.identity)
        return found.id if found else None


def _make_link(session: Any, sender: Sender, to: str, now: Any) -> str:
    conversation = log.lock_open_conversation(session, sender, WELCOME, now)
    return join_links.make(session, conversation.id, conversation.speaker, to, now).token


def _open(session: Any, sender: Sender, token: str, now: Any) -> Any:
    try:
        return joining.open_link(session, sender, token, WORDS, now)
    except LinkRefused as refused:
        return refused


@pytest.fixture
def web(database: Database, clock: FixedClock) -> Side:
    return Side(database, clock, "web", "ws_anna")


@pytest.fixture
def chat(database: Database, clock: FixedClock) -> Side:
    return Side(database, clock, "telegram", "11")


@pytest.fixture
def thief(database: Database, clock: FixedClock) -> Side:
    return Side(database, clock, "telegram", "99")


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
    token, outcomes, start = web.link("telegram"), [], Barrier(2)

    def try_it(side: Side) -> None:
        start.wait()
        outcomes.append(side.write(_open, side.sender, token))

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
