"""One customer on one channel, for tests of joining: what he does, each thing in a transaction of its own."""

from datetime import timedelta
from typing import Any, Optional, Sequence

from base.clock import FixedClock
from base.database import Database
from switchboard import email_proofs, history, join_links, joining, log, parting, people, turns
from switchboard.body import ButtonMeaning, Reply
from switchboard.history import NotTheirs
from switchboard.join_links import LinkRefused
from switchboard.joining import Joined, Words
from switchboard.log import InboundMessage, Row
from switchboard.people import Sender
from tests.switchboard.helpers import FRONT, WELCOME

NOT_ME = ButtonMeaning("Non sono stato io", parting.NOT_ME, {parting.ANSWER: "Fatto."})
WORDS = Words(Reply("Continua altrove.", (NOT_ME,)), Reply("Continua in un'altra conversazione."))
HOUR = timedelta(hours=1)


class Side:
    """A web session, or a Telegram user."""

    def __init__(self, database: Database, clock: FixedClock, channel: str, name: str) -> None:
        self._database, self._clock, self.channel = database, clock, channel
        self.sender = Sender(channel, channel, name, f"session-{name}", f"address-{name}")
        self._said = 0

    def say(self, text: str, button_id: Optional[str] = None) -> log.Accepted:
        self._said += 1
        inbound = InboundMessage(self.sender, f"{self.sender.identity}:{self._said}", text, button_id)
        return self.write(turns.take, inbound, WELCOME, FRONT).accepted

    def answer(self, text: str) -> None:
        """The assistant answers everything this conversation waits for."""
        assert self.conversation
        with self._database.writing() as session:
            session.execute(turns.TURNS.update().values(lease_until=None, state="queued").where(_running))
        while turn := self.write(turns.claim_next, self.conversation, FRONT):
            self.write(turns.complete, turn, [Reply(text)], [])

    def link(self, to: str) -> str:
        """The token of a new link from the open conversation."""
        return self.write(_make_link, self.sender, to)

    def open(self, token: str) -> Joined:
        """Show a token; what was counted stays, as in a connector's transaction."""
        opened = self.try_to_open(token)
        if isinstance(opened, LinkRefused):
            raise opened
        return opened

    def try_to_open(self, token: str) -> Any:
        return self.write(_open, self.sender, token)

    def prove(self, email: str) -> None:
        """Show by a code that this e-mail is one's own."""
        with self._database.writing() as session:
            held = log.lock_open_conversation(session, self.sender, WELCOME, self._clock.now())
            now = self._clock.now()
            email_proofs.prove(session, held.id, held.speaking, email, email_proofs.CODE, now, now + HOUR)

    def reads(self, conversation_id: Optional[str] = None) -> list[str]:
        """What is read of a conversation, the open one: "-" for what is hidden."""
        shown = conversation_id or self.conversation
        assert shown
        return [_words(row) for row in self._page(shown).rows]

    def reads_of_all(self) -> list[str]:
        """Everything that is read when one goes up as far as one can, oldest first."""
        assert self.conversation
        page = self._page(self.conversation)
        words = [_words(row) for row in page.rows]
        while page.previous:
            with self._database.reading() as session:
                above = (page.conversation_id, page.rows[0].seq)
                page = history.page_before(session, self.sender, *above, self._clock.now())
            words = [_words(row) for row in page.rows] + words
        return words

    def may_read(self, conversation_id: str) -> bool:
        try:
            return any(word != "-" for word in self.reads(conversation_id))
        except NotTheirs:
            return False

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

    def button(self, title: str) -> str:
        """The id of the last button with this title."""
        assert self.conversation
        buttons = [button for row in self._page(self.conversation).rows for button in row.body["buttons"]]
        return [button["id"] for button in buttons if button["title"] == title][-1]

    def _page(self, conversation_id: str) -> history.Page:
        with self._database.reading() as session:
            return history.page_since(session, self.sender, conversation_id, 0, self._clock.now())


_running = turns.TURNS.c.state == "running"


def _words(row: Row) -> str:
    return "-" if row.author_kind == "hidden" else row.body["text"]


def _make_link(session: Any, sender: Sender, to: str, now: Any) -> str:
    conversation = log.lock_open_conversation(session, sender, WELCOME, now)
    return join_links.make(session, conversation.id, conversation.speaking, to, now).token


def _open(session: Any, sender: Sender, token: str, now: Any) -> Any:
    try:
        return joining.open_link(session, sender, token, WORDS, now)
    except LinkRefused as refused:
        return refused


def shown(rows: Sequence[Row]) -> list[str]:
    """The texts of rows."""
    return [row.body["text"] for row in rows]
