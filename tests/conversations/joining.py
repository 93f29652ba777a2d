"""One customer who goes on elsewhere in the middle of a conversation: web chat and Telegram, with the real assistant.

The words of the channels go through their own parts elsewhere; here it is the conversation, its sides and what the
assistant keeps in mind that are real.
"""

from typing import Any, Optional

from connectors.arriving import Arrival, arrive
from rehearsal.talk import FRONT, Talk, shown_of
from switchboard import join_links, log, turns
from switchboard.codes import Codes
from switchboard.join_links import LinkRefused
from switchboard.log import InboundMessage, lock_open_conversation
from switchboard.people import Sender
from switchboard.turns import Taken


class MovingTalk(Talk):
    """A conversation that is written in on `channel`, now this one, now that one."""

    channel = "web"
    codes: Optional[Codes] = None

    @property
    def sender(self) -> Sender:
        name = f"{self.channel}:{self.session}"
        return Sender(self.channel, self.channel, name, f"key-{name}", f"address-{name}")

    async def move(self, channel: str) -> None:
        """Ask for a link to `channel` and open it there."""
        token = self._link(channel)
        self._begin()
        self.channel = channel
        taken = self._arrive(token)
        await self._read(taken)

    async def _send(self, text: str = "", button_id: Optional[str] = None, files: int = 0) -> None:
        welcome = self.texts.render("utter_welcome", self.session)
        inbound = InboundMessage(self.sender, f"{self.sender.identity}:{self.messages}", text, button_id)
        with self.database.writing() as session:
            taken = turns.take(session, inbound, welcome, FRONT, self.clock.now(), self.codes)
        await self._read(taken)

    async def _read(self, taken: Taken) -> None:
        assert taken.turn
        rows = await self.complete(taken.turn)
        self._buttons = [button for row in rows for button in row.body["buttons"]]
        self._cards = [row.body["card"] for row in rows if row.body["card"]]
        self.shown = shown_of(rows)

    def _link(self, channel: str) -> str:
        with self.database.writing() as session:
            welcome = self.texts.render("utter_welcome", self.session)
            held = lock_open_conversation(session, self.sender, welcome, self.clock.now())
            return join_links.make(session, held.id, held.speaking, channel, self.clock.now()).token

    def _arrive(self, token: str) -> Taken:
        welcome = self.texts.render("utter_welcome", self.session)
        arrival = Arrival.of(self.texts, self.sender, f"{self.sender.identity}:{self.messages}", token)
        with self.database.writing() as session:
            came: Any = arrive(session, arrival, welcome, FRONT, self.codes, self.clock.now())
        assert not isinstance(came, LinkRefused) and came[1]
        return came[1]

    def everything_said(self) -> list[log.Row]:
        """Every row of the conversation."""
        with self.database.reading() as session:
            from switchboard.people import open_conversation_of

            held = open_conversation_of(session, self.channel, self.sender.identity)
            assert held
            return list(log.rows_since(session, held.id, 0))
