"""Takes updates into the log, before Telegram is told that we have them.

python-telegram-bot's `Updater` asks for the next updates, and so confirms the ones before, when its queue has taken
them. `CommittingQueue` has taken an update when it is committed.
"""

import asyncio
import logging
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Callable, Mapping, Optional, Sequence

from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session
from telegram import Update
from telegram.error import TelegramError

from base.clock import Clock
from base.database import Database, lock_names
from connectors.arriving import REFUSALS as LINK_REFUSALS
from connectors.arriving import Arrival, arrive
from connectors.telegram.asides import Asides
from connectors.telegram.offers import Offer, Pending, done, plan
from connectors.telegram.updates import Elsewhere, Incoming, Reached, Words, read_meaning
from connectors.telegram.writing import Typing
from switchboard import deliveries, turns
from switchboard.attachments import MOST_PER_MESSAGE, SentFile
from switchboard.body import ButtonMeaning, Reply
from switchboard.codes import Codes
from switchboard.join_links import LinkRefused
from switchboard.log import InboundMessage, UnknownButton
from switchboard.notices import Notices
from switchboard.people import IdentityEnded, Sender, open_conversation_of
from switchboard.texts import Texts
from switchboard.turns import ClaimedTurn, Taken

log = logging.getLogger(__name__)

CHANNEL = IDENTITY_KIND = "telegram"
WELCOME_TEXT, OVER_TEXT = "utter_welcome", "utter_error_unknown_button"
FILE_TEXT, FILES_TEXT, TOO_BIG_TEXT = "utter_file_alone", "utter_files_alone", "utter_error_file_too_big"
MEGABYTE = 1_000_000
BUTTON_ID = re.compile(r"bt_[A-Za-z0-9_\-]{1,36}")

TurnQueued = Callable[[str, Optional[ClaimedTurn]], None]
Key = Callable[[str, str], str]  # a keyed fingerprint of a kind of value


class NotTaken(TelegramError):
    """The database does not take an update now; Telegram is asked for it again."""


@dataclass(frozen=True)
class Front:
    """The front this channel is part of: its name, how to queue a turn, whom to tell what is new, how to read codes."""

    id: str
    turn_queued: TurnQueued
    notices: Notices
    codes: Optional[Codes] = None


class Inbox:
    """Commits what customers send, and then does what may be left out: answers to buttons, good manners in groups."""

    def __init__(
        self,
        database: Database,
        texts: Texts,
        clock: Clock,
        front: Front,
        key: Key,
        bot_id: str,
        asides: Asides,
        typing: Typing,
        pending: Pending,
        most_bytes: int,
    ) -> None:
        self._pending, self._most_bytes = pending, most_bytes
        self._database, self._texts, self._clock, self._front = database, texts, clock, front
        self._key, self._bot_id, self._asides, self._typing = key, bot_id, asides, typing

    async def take(self, update: Update) -> None:
        """Have this update in the log. One that breaks us is left out: those behind it must come.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the database did not take it; it has to come again.
        """
        try:
            await self._take(update)
        except SQLAlchemyError:
            raise
        except Exception:
            log.exception("update %d broke and is left out", update.update_id)

    async def _take(self, update: Update) -> None:
        meaning = read_meaning(update)
        if isinstance(meaning, Incoming) and meaning.offer:
            await self._offered(meaning, meaning.offer)
        elif isinstance(meaning, Incoming):
            await self._pending.settled(meaning.chat)
            await self._incoming(meaning)
        elif isinstance(meaning, Reached):
            await self._database.write(deliveries.heard, CHANNEL, meaning.chat, meaning.reachable, self._clock.now())
        elif isinstance(meaning, Elsewhere):
            self._asides.leave(meaning.chat, meaning.talks)

    async def _offered(self, incoming: Incoming, offer: Offer) -> None:
        """Have a file fetched, or say at once that it is too large."""
        if (offer.size or 0) <= self._most_bytes:
            if await self._database.write(plan, offer, self._clock.now()):
                self._pending.begin(offer)
            return
        words = incoming.words if offer.caption else Words(key=f"utter_telegram_noted_{offer.kind}")
        told = replace(incoming, words=words, notice=TOO_BIG_TEXT, for_assistant=bool(offer.caption), offer=None)
        await self._incoming(told)

    async def take_files(self, offers: Sequence[Offer], files: Sequence[SentFile], refused: Optional[str]) -> None:
        """The message of these files, in several where they are too many for one; `refused` says why one is missing."""
        first = offers[0]
        sender, caption = self.sender(first.user), next((offer.caption for offer in offers if offer.caption), "")
        parts = [files[start : start + MOST_PER_MESSAGE] for start in range(0, len(files), MOST_PER_MESSAGE)] or [()]
        for place, part in enumerate(parts):
            last, own_id = place == len(parts) - 1, f"{first.message}.{place}" if place else str(first.message)
            words = caption if place == 0 else ""
            inbound = InboundMessage(
                sender=sender,
                external_id=self.external_id(first.chat, own_id),
                text=words or self._files_alone(first, len(part)),
                notice=self._say(f"utter_error_{refused}", sender) if refused and last else None,
                for_assistant=bool(part or words),
                attachments=tuple(file.id for file in part),
                wordless=bool(part) and not words,
            )
            given = (inbound, first.chat, offers if last else (), self.welcome(sender), self._front)
            taken = await self._database.write(_take_files, *given, self._clock.now())
            await self._tell(taken, first.chat, inbound.for_assistant)

    def _files_alone(self, offer: Offer, count: int) -> str:
        """What stands in the log for files without a word."""
        if not count:
            return self._texts.say(f"utter_telegram_noted_{offer.kind}")
        return self._texts.say(FILES_TEXT, count=count) if count > 1 else self._texts.say(FILE_TEXT)

    async def _incoming(self, incoming: Incoming) -> None:
        pressed = incoming.pressed
        if pressed and not BUTTON_ID.fullmatch(pressed.button_id):
            return self._asides.button_over(incoming.chat, pressed, self._words(Words(key=OVER_TEXT)))
        try:
            taken = await self._committed(incoming)
        except UnknownButton:
            return self._asides.button_over(incoming.chat, incoming.pressed, self._words(Words(key=OVER_TEXT)))
        except IdentityEnded:
            return log.info("somebody who has left wrote on Telegram")
        accepted = taken.accepted
        if pressed:
            self._asides.button_used(incoming.chat, pressed, accepted.row.body["text"] if accepted.row else "")
        return await self._tell(taken, incoming.chat, incoming.for_assistant)

    async def _tell(self, taken: Taken, chat: str, for_assistant: bool) -> None:
        """Whom it concerns that this was taken."""
        accepted = taken.accepted
        if accepted.row is None:
            return
        self._typing.chats.remember(accepted.conversation_id, chat)
        if for_assistant:
            self._front.turn_queued(accepted.conversation_id, taken.turn)
        await self._front.notices.new_rows(accepted.conversation_id)

    async def _committed(self, incoming: Incoming) -> Taken:
        """In one transaction. Two fronts may open a conversation in the same moment: the slower one finds it then."""
        sender = self.sender(incoming.user)
        text = self._words(incoming.words)
        inbound = InboundMessage(
            sender=sender,
            external_id=self.external_id(incoming.chat, incoming.own_id),
            text=text,
            button_id=incoming.pressed.button_id if incoming.pressed else None,
            meaning=ButtonMeaning(text, incoming.intent) if incoming.intent else None,
            notice=self._say(incoming.notice, sender) if incoming.notice else None,
            for_assistant=incoming.for_assistant,
        )
        if incoming.link:
            arrival = Arrival.of(self._texts, sender, inbound.external_id, incoming.link)
            refusals = {code: self._say(f"utter_error_{code}", sender) for code in LINK_REFUSALS.values()}
            given: tuple[Any, ...] = (_arrive, arrival, refusals, inbound, incoming, self.welcome(sender))
        else:
            given = (_take, inbound, incoming, self.welcome(sender))
        try:
            return await self._database.write(*given, self._front, self._clock.now())
        except IntegrityError:
            return await self._database.write(*given, self._front, self._clock.now())

    def external_id(self, chat: str, own_id: str) -> str:
        """The id in the log of what has this id within the chat."""
        return f"tg:{chat}:{self._bot_id}.{own_id}"

    def welcome(self, sender: Sender) -> Reply:
        """What a conversation opens with."""
        return self._say(WELCOME_TEXT, sender)

    def sender(self, user: str) -> Sender:
        """Telegram shows no address: who tries numbers is counted by the user alone."""
        name = f"{CHANNEL}:{user}"
        return Sender(CHANNEL, IDENTITY_KIND, user, self._key("session", name), self._key("address", name))

    def _words(self, words: Words) -> str:
        return self._texts.say(words.key, **words.values) if words.key else words.text

    def _say(self, key: str, sender: Sender) -> Reply:
        return self._texts.render(key, sender.identity, {"megabytes": self._most_bytes // MEGABYTE}, CHANNEL)


class CommittingQueue(asyncio.Queue):
    """What an `Updater` puts updates into: nothing is kept here, `put` returns when the log has the update."""

    def __init__(self, inbox: Inbox) -> None:
        super().__init__()
        self._inbox = inbox

    async def put(self, item: Any) -> None:
        """Commit the update.

        Raises:
            NotTaken: the database did not take it. The updater asks Telegram again, from the first one not confirmed.
        """
        try:
            await self._inbox.take(item)
        except SQLAlchemyError as error:
            log.exception("the database did not take update %d, which will come again", item.update_id)
            raise NotTaken("the database did not take an update") from error


def _take(
    session: Session, inbound: InboundMessage, incoming: Incoming, welcome: Reply, front: Front, now: datetime
) -> Taken:
    """Who only wants to begin is welcomed; in a conversation that is open already, greeted."""
    sender = inbound.sender
    if incoming.start:
        lock_names(session, sender.identity)
        known = open_conversation_of(session, sender.identity_kind, sender.identity)
        inbound = replace(inbound, for_assistant=known is not None)
    taken = turns.take(session, inbound, welcome, front.id, now, front.codes)
    if taken.accepted.row:
        deliveries.reachable(session, taken.accepted.conversation_id, CHANNEL, incoming.chat)
    return taken


def _arrive(
    session: Session,
    arrival: Arrival,
    refusals: Mapping[str, Reply],
    inbound: InboundMessage,
    incoming: Incoming,
    welcome: Reply,
    front: Front,
    now: datetime,
) -> Taken:
    """Who comes by a link goes on where he was. One that opens nothing is told so; shown again, it is a "/start"."""
    came = arrive(session, arrival, welcome, front.id, front.codes, now)
    if isinstance(came, LinkRefused):
        told = replace(inbound, meaning=None, notice=refusals[LINK_REFUSALS[came.reason]], for_assistant=False)
        return _take(session, told, replace(incoming, start=False), welcome, front, now)
    _, taken = came
    if taken is None:
        return _take(session, inbound, incoming, welcome, front, now)
    if taken.accepted.row:
        deliveries.reachable(session, taken.accepted.conversation_id, CHANNEL, incoming.chat)
    return taken


def _take_files(
    session: Session,
    inbound: InboundMessage,
    chat: str,
    offers: Sequence[Offer],
    welcome: Reply,
    front: Front,
    now: datetime,
) -> Taken:
    """The message and the end of the jobs of its files, together."""
    taken = turns.take(session, inbound, welcome, front.id, now, front.codes)
    if taken.accepted.row:
        deliveries.reachable(session, taken.accepted.conversation_id, CHANNEL, chat)
    done(session, offers, now)
    return taken
