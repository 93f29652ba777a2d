"""What bots are called where customers look for them: the front that speaks to a channel tells every other one."""

from datetime import datetime
from typing import Optional

from sqlalchemy.orm import Session

from switchboard.models import Bot


def tell(session: Session, channel: str, name: str, now: datetime) -> None:
    """The channel says that its bot has this name."""
    session.merge(Bot(channel=channel, name=name, told_at=now))


def name_of(session: Session, channel: str) -> Optional[str]:
    """The bot's name on this channel; None while the channel has told nobody."""
    bot = session.get(Bot, channel)
    return bot.name if bot else None
