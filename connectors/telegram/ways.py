"""Puts a link into a message that offers to go on elsewhere, in the moment in which it is sent: the log has none."""

from datetime import datetime
from typing import Any, Mapping

from sqlalchemy.orm import Session

from base.clock import Clock
from base.database import Database
from switchboard.elsewhere import Elsewhere, NotThere, way_from
from switchboard.join_links import TooManyLinks
from switchboard.models import Conversation, Message
from switchboard.texts import Texts

KIND = "continue"  # of the card
TOO_MANY_TEXT, NOWHERE_TEXT = OWN_TEXTS = "utter_error_link_too_many", "utter_error_link_nowhere"


class Ways:
    """Makes the links of one front's Telegram messages."""

    def __init__(self, database: Database, clock: Clock, texts: Texts, elsewhere: Elsewhere) -> None:
        self._database, self._clock, self._texts, self._elsewhere = database, clock, texts, elsewhere

    async def shown(self, message_id: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """`body` with a new link in its card, if that offers one; where none can be made, it says so instead."""
        card = body.get("card")
        if not isinstance(card, dict) or card.get("kind") != KIND:
            return body
        try:
            url = await self._database.write(self._url, message_id, str(card.get("to")), self._clock.now())
        except TooManyLinks:
            return {**body, "text": self._texts.say(TOO_MANY_TEXT), "card": None}
        except NotThere:
            return {**body, "text": self._texts.say(NOWHERE_TEXT), "card": None}
        return {**body, "card": {**card, "url": url}}

    def _url(self, session: Session, message_id: str, channel: str, now: datetime) -> str:
        message = session.get(Message, message_id)
        conversation = session.get(Conversation, message.conversation_id)
        side = message.identity_id or conversation.identity_id
        return way_from(session, self._elsewhere, conversation.id, side, channel, now).url
