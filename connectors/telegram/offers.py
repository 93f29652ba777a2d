"""Files that wait at Telegram until they are fetched: a durable job each, the ones of an album together.

An update is confirmed when its job is committed; the message is in the log when its files are on disk. What the same
customer writes meanwhile waits for that, for a moment, so that the log keeps the order of the chat.
"""

import asyncio
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Optional, Sequence

from sqlalchemy.orm import Session

from switchboard import jobs
from switchboard.jobs import FETCHES, TakenJob

KIND = f"{FETCHES}telegram"
ALBUM_S = 1.5  # the photos of an album come one by one
ORDER_S = 5.0


@dataclass(frozen=True)
class Offer:
    """One file as Telegram offers it. `size`: bytes, None where it does not say; `caption`: masked."""

    chat: str
    user: str
    message: int
    file_id: str
    size: Optional[int]
    name: str
    kind: str  # photo | document
    caption: str = ""
    album: str = ""

    @property
    def key(self) -> str:
        """Its job's: the same for the same message, those of an album one after the other."""
        return f"{self.prefix}{self.message:020}"

    @property
    def prefix(self) -> str:
        """What the keys of the files of one album begin with."""
        return f"{self.chat}:{self.album}:"


def plan(session: Session, offer: Offer, now: datetime) -> bool:
    """Have this file fetched; False when it was planned before."""
    due = now + timedelta(seconds=ALBUM_S if offer.album else 0)
    return jobs.schedule(session, KIND, offer.key, due, asdict(offer), now)


def together(session: Session, job: TakenJob) -> Sequence[Offer]:
    """The files that make one message with that of `job`; none when they were fetched with another one's job."""
    offer = Offer(**job.payload)
    found = [Offer(**one.payload) for one in jobs.open_with(session, KIND, offer.prefix if offer.album else offer.key)]
    return found if offer in found else []


def done(session: Session, offers: Sequence[Offer], now: datetime) -> None:
    """What came of these files is in the log."""
    jobs.finish_with(session, KIND, [offer.key for offer in offers], now)


class Pending:
    """Which chats have files on their way, as far as this process knows."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[str]] = {}
        self._changed: dict[str, asyncio.Event] = {}

    def begin(self, offer: Offer) -> None:
        """This file is on its way."""
        self._waiting.setdefault(offer.chat, set()).add(offer.key)
        self._changed.setdefault(offer.chat, asyncio.Event())

    def end(self, offers: Sequence[Offer]) -> None:
        """These files are in the log, or will come later than anybody waits for."""
        for offer in offers:
            left = self._waiting.get(offer.chat, set())
            left.discard(offer.key)
            if not left and offer.chat in self._changed:
                self._changed.pop(offer.chat).set()
                del self._waiting[offer.chat]

    async def settled(self, chat: str) -> None:
        """Wait until nothing of this chat is on its way any more, `ORDER_S` at most."""
        changed = self._changed.get(chat)
        if changed:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(changed.wait(), ORDER_S)
