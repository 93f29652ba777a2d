"""What a web client may ask for, event by event: each method answers one event of docs/web-protocol.md.

A message is acknowledged after it is in the log. What cannot be done raises `Refused`.
"""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Awaitable, Callable, Mapping, Optional

from sqlalchemy.exc import IntegrityError

from base.clock import Clock
from base.database import Database
from base.limits import RateLimit
from connectors import web_protocol as protocol
from connectors.web_delivery import CHANNEL, IDENTITY_KIND, WebDelivery
from connectors.web_file_links import FileLinks
from connectors.web_joining import WebJoining
from connectors.web_login import LoginRefused, Logins
from connectors.web_protocol import Refused
from connectors.web_session import WebSessions
from connectors.web_sockets import Connection, Sockets
from switchboard import history, leaving, logins, turns, unseen
from switchboard import log as conversation_log
from switchboard.attachments import MOST_PER_MESSAGE, UnknownAttachment
from switchboard.body import Reply
from switchboard.codes import Codes
from switchboard.elsewhere import Elsewhere
from switchboard.history import NotTheirs, Page
from switchboard.leaving import WithPerson
from switchboard.log import Accepted, InboundMessage, UnknownButton
from switchboard.logins import LoginCopied
from switchboard.people import IdentityEnded, Sender
from switchboard.texts import Texts
from switchboard.turns import ClaimedTurn

log = logging.getLogger(__name__)

LOOKS_PER_MINUTE = 240  # questions for a session or for rows, of one socket
TOO_MANY_S = 30.0
WELCOME_TEXT, LEFT_TEXT = "utter_welcome", "utter_customer_left"
FILE_TEXT, FILES_TEXT = "utter_file_alone", "utter_files_alone"

NOWHERE = Elsewhere(telegram=False, chat_url="")

Answer = dict[str, Any]
TurnQueued = Callable[[str, Optional[ClaimedTurn]], None]  # the conversation, and its turn if it was claimed already
Handler = Callable[[Connection, Any], Awaitable[Answer]]
CustomerTyping = Callable[[str, bool], Awaitable[None]]  # the conversation, and whether its customer is writing


@dataclass(frozen=True)
class WebLimits:
    """What one customer may do: messages of a session, new sessions of an address, chats it has open, a file's size."""

    messages_per_minute: int
    sessions_per_minute: int
    chats_of_address: int = 100
    file_bytes: int = 10_000_000


class WebEvents:
    """The clients' side of the protocol."""

    def __init__(
        self,
        database: Database,
        sessions: WebSessions,
        texts: Texts,
        clock: Clock,
        turn_queued: TurnQueued,
        front_id: str,
        sockets: Sockets,
        delivery: WebDelivery,
        limits: WebLimits,
        links: FileLinks,
        codes: Optional[Codes] = None,
        logins: Optional[Logins] = None,
        customer_typing: Optional[CustomerTyping] = None,
        elsewhere: Elsewhere = NOWHERE,
    ) -> None:
        self._customer_typing = customer_typing or _to_nobody
        self._joining = WebJoining(self._write, texts, elsewhere, front_id, codes)
        self._links, self._files = links, {"bytes": limits.file_bytes, "most": MOST_PER_MESSAGE}
        self._database, self._sessions, self._texts, self._clock = database, sessions, texts, clock
        self._turn_queued, self._front_id, self._codes = turn_queued, front_id, codes
        self._sockets, self._delivery, self._logins = sockets, delivery, logins
        self._chats_of_address = limits.chats_of_address
        self._messages = RateLimit.per_minute(limits.messages_per_minute)
        self._new_sessions = RateLimit.per_minute(limits.sessions_per_minute)
        self._looks = RateLimit.per_minute(LOOKS_PER_MINUTE)

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """Every event with what answers it."""
        return {
            "session_request": self._session_request,
            "user_uttered": self._user_uttered,
            "rows_since": self._rows_since,
            "rows_before": self._rows_before,
            "restart": self._restart,
            "login": self._login,
            "leave": self._leave,
            "typing": self._typing,
            "seen": self._seen,
            "link": self._link,
            "join": self._join,
        }

    async def _session_request(self, connection: Connection, data: Any) -> Answer:
        asked = protocol.read_session_request(data)
        _slow_down(self._looks, connection.sid)
        if connection.session_id is None and self._is_full(connection.address_key):
            raise Refused("too_many", retry_after=TOO_MANY_S)
        session_id, token, conversation_id = await self._known_or_new(asked.token, connection.address_key)
        self._sockets.belong(connection, session_id, token)
        connection.protocol = asked.protocol
        page = await self._show(connection, conversation_id, asked.since)
        if token != asked.token and not asked.protocol:
            connection.sent_seq = 0  # the welcome, which others find in the answer
        await self._delivery.confirm(connection)
        if not asked.protocol:
            await self._delivery.push(connection)
        elsewhere = await self._database.read(self._joining.elsewhere.channels)
        told = {"session": token, "files": self._files, "elsewhere": elsewhere}
        return {"ok": True, **told, **protocol.page_json(page, session_id, self._links)}

    async def _user_uttered(self, connection: Connection, data: Any) -> Answer:
        sender = self._sender(connection)
        uttered = protocol.read_uttered(data)
        _slow_down(self._messages, sender.identity)
        inbound = InboundMessage(
            sender=sender,
            external_id=f"{sender.identity}:{uttered.client_id}",
            text=uttered.text or self._files_alone(len(uttered.attachments)),
            button_id=uttered.button_id,
            attachments=uttered.attachments,
            wordless=bool(uttered.attachments) and not uttered.text,
        )
        shown = connection.conversation_id
        try:
            accepted = await asyncio.shield(self._take(inbound))
        except UnknownButton as error:
            raise Refused("unknown_button") from error
        except UnknownAttachment as error:
            raise Refused("unknown_file") from error
        if accepted.row:
            if shown == connection.conversation_id:  # else another tab has begun a newer one meanwhile
                await self._delivery.move(self._sockets.of_session(sender.identity), accepted.conversation_id)
            await self._delivery.new_rows(accepted.conversation_id, [accepted.row])
        return {
            "ok": True,
            "message_id": uttered.client_id,
            "seq": accepted.seq,
            "conversation": accepted.conversation_id,
        }

    async def _rows_since(self, connection: Connection, data: Any) -> Answer:
        sender = self._sender(connection)
        since = protocol.read_since(data)
        _slow_down(self._looks, connection.sid)
        page = await self._show(connection, None, since)
        return {"ok": True, **self._page_json(page, sender)}

    async def _rows_before(self, connection: Connection, data: Any) -> Answer:
        sender = self._sender(connection)
        asked = protocol.read_rows_before(data)
        _slow_down(self._looks, connection.sid)
        try:
            above = (asked.conversation_id, asked.before, self._clock.now())
            page = await self._database.read(history.page_before, sender, *above)
        except NotTheirs as error:
            raise Refused("bad_request") from error
        return {"ok": True, **self._page_json(page, sender)}

    async def _restart(self, connection: Connection, data: Any) -> Answer:
        sender = self._sender(connection)
        seen = protocol.read_restart(data)
        _slow_down(self._messages, sender.identity)
        try:
            conversation_id = await self._write(leaving.restart, sender, seen, self._welcome(sender), self._clock.now())
        except WithPerson as error:
            raise Refused("with_person") from error
        page = await self._show(connection, conversation_id, since=0)
        await self._delivery.move(self._sockets.of_session(sender.identity), conversation_id)
        return {"ok": True, "session": connection.token, **self._page_json(page, sender)}

    async def _login(self, connection: Connection, data: Any) -> Answer:
        sender = self._sender(connection)
        token = protocol.read_login(data)
        _slow_down(self._messages, sender.identity)
        if self._logins is None:
            raise Refused("login_off")
        now = self._clock.now()
        if token is None:
            await self._write(logins.log_out, sender)
        else:
            await self._log_in(sender, self._logins, token, now)
        await self._delivery.look_again(sender.identity)
        until = await self._database.read(logins.proved_until, sender, now)
        return {"ok": True, "proved_until": protocol.iso(until) if until else None}

    async def _log_in(self, sender: Sender, known: Logins, token: str, now: datetime) -> None:
        try:
            login = known.read(token, now)
            key = self._sessions.key("login", login.id)
            proof_for, welcome = known.proof_for, self._welcome(sender)
            await self._write(logins.log_in, sender, login.email, key, login.expires_at, proof_for, welcome, now)
        except LoginRefused as error:
            log.warning("a login of the shop was refused: it %s", error)
            raise Refused("login_refused") from error
        except LoginCopied as error:
            log.warning("a login of the shop was shown by a second session, after conversation %s", error)
            raise Refused("login_refused") from error

    async def _link(self, connection: Connection, data: Any) -> Answer:
        sender = self._sender(connection)
        channel = protocol.read_link(data)
        return {"ok": True, **await self._joining.link(sender, channel, self._welcome(sender), self._clock.now())}

    async def _join(self, connection: Connection, data: Any) -> Answer:
        sender = self._sender(connection)
        token = protocol.read_join(data)
        conversation_id = await asyncio.shield(self._come(sender, token))
        page = await self._show(connection, conversation_id, since=0)
        await self._delivery.move(self._sockets.of_session(sender.identity), conversation_id)
        await self._delivery.new_rows(conversation_id)
        return {"ok": True, "session": connection.token, **self._page_json(page, sender)}

    async def _leave(self, connection: Connection, _data: Any) -> Answer:
        if connection.session_id is not None:  # else it has left before
            sender = self._sender(connection)
            left = self._texts.render(LEFT_TEXT, sender.identity, {}, CHANNEL)
            await self._write(leaving.leave, sender, left, self._clock.now())
            await self._delivery.end_session(sender.identity)
        return {"ok": True}

    async def _typing(self, connection: Connection, data: Any) -> Answer:
        self._sender(connection)
        on = protocol.read_typing(data)
        _slow_down(self._looks, connection.sid)
        if connection.conversation_id and connection.with_whom and connection.with_whom.name is not None:
            await self._customer_typing(connection.conversation_id, on)
        return {"ok": True}

    async def _seen(self, connection: Connection, data: Any) -> Answer:
        sender = self._sender(connection)
        conversation_id, seq = protocol.read_seen(data)
        _slow_down(self._looks, connection.sid)
        if conversation_id is not None:
            await self._write(unseen.seen, sender, conversation_id, seq)
        return {"ok": True}

    async def _take(self, inbound: InboundMessage) -> Accepted:
        """Write the message and hand its claimed turn over: both, also when the customer is cut off in between.

        A socket that closes cancels what is being done for it, but not the transaction, which is in a thread by then.
        """
        welcome = self._welcome(inbound.sender)
        taken = await self._write(turns.take, inbound, welcome, self._front_id, self._clock.now(), self._codes)
        if taken.accepted.row:
            self._turn_queued(taken.accepted.conversation_id, taken.turn)
        return taken.accepted

    async def _come(self, sender: Sender, token: str) -> str:
        """The conversation that a link leads to; its first turn is handed over, whatever becomes of the socket."""
        joined, taken = await self._joining.come(sender, token, self._welcome(sender), self._clock.now())
        if taken and taken.accepted.row:
            self._turn_queued(joined.conversation_id, taken.turn)
        return joined.conversation_id

    async def _known_or_new(self, token: Any, address_key: str) -> tuple[str, str, str]:
        """`(session_id, token, conversation_id)` of the token's session; of a new one when it opens nothing."""
        now = self._clock.now()
        session_id = self._sessions.read(token, now)
        if session_id is not None:
            with suppress(IdentityEnded):
                return session_id, token, await self._open(session_id, address_key)
        _slow_down(self._new_sessions, address_key)
        session_id, token = self._sessions.issue(now)
        return session_id, token, await self._open(session_id, address_key)

    async def _open(self, session_id: str, address_key: str) -> str:
        sender = self._sender_of(session_id, address_key)
        return await self._write(_open_conversation, sender, self._welcome(sender), self._clock.now())

    async def _show(self, connection: Connection, conversation_id: Optional[str], since: int) -> Page:
        """The page to answer with, of this conversation or the one shown. What follows the page will be pushed."""
        sender = self._sender(connection)
        async with connection.pushing:
            shown = conversation_id or connection.conversation_id
            if shown is None:
                raise Refused("no_session")
            self._sockets.show(connection, shown)
            page = await self._database.read(history.page_since, sender, shown, since, self._clock.now())
            connection.sent_seq = page.rows[-1].seq if page.rows else page.last_seq
            connection.read_seq, connection.sides = page.read_seq, page.sides
        return page

    async def _write(self, function: Callable[..., Any], *args: Any) -> Any:
        """One transaction. Two fronts may open a conversation in the same moment: the slower one finds it then."""
        try:
            return await self._database.write(function, *args)
        except IntegrityError:
            return await self._database.write(function, *args)

    def _page_json(self, page: Page, sender: Sender) -> Answer:
        return protocol.page_json(page, sender.identity, self._links)

    def _files_alone(self, count: int) -> str:
        """What stands in the log for files that were sent without a word; empty when there are none."""
        return self._texts.render(FILES_TEXT if count > 1 else FILE_TEXT, "", {"count": count}).text if count else ""

    def _is_full(self, address_key: str) -> bool:
        return self._sockets.in_use_from(address_key) >= self._chats_of_address

    def _sender(self, connection: Connection) -> Sender:
        """Raises `Refused`: the socket has no session."""
        if connection.session_id is None:
            raise Refused("no_session")
        return self._sender_of(connection.session_id, connection.address_key)

    def _sender_of(self, session_id: str, address_key: str) -> Sender:
        return Sender(CHANNEL, IDENTITY_KIND, session_id, self._sessions.key("session", session_id), address_key)

    def _welcome(self, sender: Sender) -> Reply:
        return self._texts.render(WELCOME_TEXT, sender.identity, {}, CHANNEL)


async def _to_nobody(_conversation_id: str, _on: bool) -> None:
    """Where nobody of the shop looks."""


def _slow_down(limit: RateLimit, key: str) -> None:
    wait = limit.wait(key)
    if wait:
        raise Refused("too_fast", retry_after=wait)


def _open_conversation(session: Any, sender: Sender, welcome: Reply, now: Any) -> str:
    return conversation_log.open_conversation(session, sender, welcome, now).id
