"""Where a customer can go on with a conversation, and the addresses that lead there (docs/joining.md)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Optional

from sqlalchemy.orm import Session

from switchboard import bots, join_links
from switchboard.body import Reply
from switchboard.log import lock_open_conversation
from switchboard.people import Sender

TELEGRAM, WEB = "telegram", "web"
CHANNELS = (TELEGRAM, WEB)
FRAGMENT = "sportello="  # after the "#", which no browser sends to a server


class NotThere(Exception):
    """Nobody can go on there: the shop has no bot, or nobody has said where its page is."""


@dataclass(frozen=True)
class Elsewhere:
    """`telegram`: whether this installation has a bot; `chat_url`: the page with the chat, empty where nobody knows."""

    telegram: bool
    chat_url: str

    def channels(self, session: Session) -> list[str]:
        """The channels that links can lead to now."""
        return [channel for channel in CHANNELS if self.base_of(session, channel)]

    def base_of(self, session: Session, channel: str) -> Optional[str]:
        """What the address of a link to this channel is before its token; None where nobody can go on there."""
        if channel == WEB and self.chat_url:
            return f"{self.chat_url}#{FRAGMENT}"
        name = bots.name_of(session, TELEGRAM) if channel == TELEGRAM and self.telegram else None
        return f"https://t.me/{name}?start=" if name else None


@dataclass(frozen=True)
class Way:
    """A link that was just made: its whole address, and for how many seconds it leads anywhere."""

    url: str
    seconds: int


def way_from(
    session: Session,
    elsewhere: Elsewhere,
    conversation_id: str,
    identity_id: str,
    channel: str,
    now: datetime,
    resumes: bool = False,
) -> Way:
    """A new link from this side of the conversation to `channel` (`join_links.make`).

    Raises:
        NotThere, switchboard.join_links.TooManyLinks: nothing was made.
    """
    base = elsewhere.base_of(session, channel)
    if base is None:
        raise NotThere(channel)
    link = join_links.make(session, conversation_id, identity_id, channel, now, resumes)
    return Way(base + link.token, int((link.expires_at - now).total_seconds()))


def way_of(session: Session, elsewhere: Elsewhere, sender: Sender, channel: str, welcome: Reply, now: datetime) -> Way:
    """The same from the sender's open conversation.

    Raises:
        NotThere, switchboard.join_links.TooManyLinks: nothing was made.
        IdentityEnded, sqlalchemy.exc.IntegrityError: as `lock_open_conversation`.
    """
    conversation = lock_open_conversation(session, sender, welcome, now)
    return way_from(session, elsewhere, conversation.id, conversation.speaking, channel, now)
