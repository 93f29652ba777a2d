"""The open web chats of one front: whose they are, which conversation they show, and how much of it they have got.

No network and no database: what is known here is lost with the process, and every client brings it again.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Optional


@dataclass(frozen=True)
class WithWhom:
    """Who answers besides the assistant: a person by this name, or nobody yet, from this place in the queue."""

    name: Optional[str] = None
    position: Optional[int] = None


UNTOLD = WithWhom()


@dataclass(eq=False)
class Connection:
    """One socket. `session_id` and `token` are None until it has asked for a session, and after that has ended.

    `sides` is whose rows it may read of what it shows, None for all of them (`switchboard.sides.Viewer`).
    """

    sid: str
    address_key: str
    session_id: Optional[str] = None
    token: Optional[str] = None
    conversation_id: Optional[str] = None
    protocol: int = 0
    sent_seq: int = 0
    read_seq: int = 0
    with_whom: Optional[WithWhom] = UNTOLD  # what was told last; None: the assistant
    sides: Optional[frozenset[str]] = None
    pushing: asyncio.Lock = field(default_factory=asyncio.Lock)


class Sockets:
    """All connections, found by socket, by session and by the conversation they show."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Connection] = {}
        self._by_session: dict[str, set[Connection]] = {}
        self._by_conversation: dict[str, set[Connection]] = {}
        self._in_use_from: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._by_sid)

    def add(self, connection: Connection) -> None:
        """A socket was opened."""
        self._by_sid[connection.sid] = connection

    def drop(self, sid: str) -> None:
        """A socket was closed."""
        connection = self._by_sid.get(sid)
        if connection:
            self.release(connection)
            del self._by_sid[sid]

    def find(self, sid: str) -> Optional[Connection]:
        """The connection of this socket, while it is open."""
        return self._by_sid.get(sid)

    def belong(self, connection: Connection, session_id: str, token: str) -> None:
        """From now on this socket is of this session; what it was before is forgotten."""
        self.release(connection)
        if self.find(connection.sid) is not connection:
            return  # it was closed meanwhile
        connection.session_id, connection.token = session_id, token
        self._by_session.setdefault(session_id, set()).add(connection)
        self._in_use_from[connection.address_key] += 1

    def release(self, connection: Connection) -> None:
        """The socket is of no session any more."""
        if connection.session_id is None:
            return
        self._show(connection, None)
        _discard(self._by_session, connection.session_id, connection)
        connection.session_id = connection.token = None
        self._in_use_from[connection.address_key] -= 1
        if not self._in_use_from[connection.address_key]:
            del self._in_use_from[connection.address_key]

    def show(self, connection: Connection, conversation_id: str) -> None:
        """From now on this socket gets the rows of this conversation, from the first one on."""
        if connection.session_id is not None:
            self._show(connection, conversation_id)

    def of_session(self, session_id: str) -> tuple[Connection, ...]:
        """Every tab of one session."""
        return tuple(self._by_session.get(session_id, ()))

    def showing(self, conversation_id: str) -> tuple[Connection, ...]:
        """Every socket that gets the rows of this conversation."""
        return tuple(self._by_conversation.get(conversation_id, ()))

    def sessions(self) -> list[str]:
        """The sessions that have a socket here."""
        return list(self._by_session)

    def conversations(self) -> list[str]:
        """The conversations that are shown here."""
        return list(self._by_conversation)

    def in_use_from(self, address_key: str) -> int:
        """How many sockets of this address have a session."""
        return self._in_use_from[address_key]

    def _show(self, connection: Connection, conversation_id: Optional[str]) -> None:
        _discard(self._by_conversation, connection.conversation_id, connection)
        connection.conversation_id, connection.sent_seq, connection.read_seq = conversation_id, 0, 0
        connection.with_whom = UNTOLD
        connection.sides = None
        if conversation_id is not None:
            self._by_conversation.setdefault(conversation_id, set()).add(connection)


def _discard(groups: dict[str, set[Connection]], name: Optional[str], connection: Connection) -> None:
    group = groups.get(name or "")
    if group:
        group.discard(connection)
        if not group:
            del groups[name or ""]
