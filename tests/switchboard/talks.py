"""Talks of customers with the assistant, with what it understood, for tests of what is told of the past."""

from datetime import timedelta
from typing import Any, Optional, Sequence

from base.clock import FixedClock
from base.database import Database
from switchboard import turns
from switchboard.body import Reply
from switchboard.effects import Effect
from switchboard.log import InboundMessage
from tests.switchboard.helpers import FRONT, WELCOME
from tests.switchboard.side import Side

THINKS = timedelta(milliseconds=200)
PERSON = Effect("handoff", {"reason": "asked", "about": {}})
REQUEST = Effect("staff_request", {"reason": "intent:request_return", "about": {}})


class Talker(Side):
    """A customer on one channel whose messages are answered at once."""

    def __init__(self, database: Database, clock: FixedClock, channel: str = "web", name: str = "ws_anna") -> None:
        super().__init__(database, clock, channel, name)
        self._database_, self._clock_, self._asked = database, clock, 0

    def asks(
        self,
        intent: str,
        says: str = "utter_answer",
        effects: Sequence[Effect] = (),
        text: str = "una domanda",
        answers: Sequence[str] = ("Ecco.",),
        entities: Optional[dict[str, str]] = None,
        read: Sequence[Sequence[str]] = (),
    ) -> str:
        """One message with its answer, which takes `THINKS`; the conversation's id."""
        self._asked += 1
        external_id = f"{self.sender.identity}:asks{self._asked}"
        taken = self.write(turns.take, InboundMessage(self.sender, external_id, text), WELCOME, FRONT)
        assert taken.turn
        understood: dict[str, Any] = {
            "intent": intent,
            "confidence": 0.9,
            "entities": entities or {},
            "actions": [],
            "read": [list(one) for one in read],
            "responses": [says] * len(answers),
        }
        replies = [Reply(answer) for answer in answers]
        with self._database_.writing() as session:
            now = self._clock_.now() + THINKS
            assert turns.complete(session, taken.turn, replies, list(effects), now, understood)
        return str(taken.accepted.conversation_id)
