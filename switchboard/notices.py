"""Tells the parts of one process that something changed in a conversation. The log stays the truth: a lost notice costs
a moment, never a message, because every listener reads the log from the last row it has.
"""

from typing import Optional, Protocol, Sequence

from switchboard.log import Row


class Listener(Protocol):
    """What a channel does with news of a conversation."""

    async def new_rows(self, conversation_id: str, rows: Sequence[Row]) -> None:
        """The log has grown, by these rows where they are known."""

    async def typing(self, conversation_id: str, on: bool, name: Optional[str]) -> None:
        """Somebody began or stopped preparing an answer: the person of this name, or the assistant (None)."""


class Watcher(Listener, Protocol):
    """A listener that is on the shop's side."""

    async def customer_typing(self, conversation_id: str, on: bool) -> None:
        """The customer began or stopped writing."""


class Notices:
    """Passes every notice to all listeners, in order."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._watchers: list[Watcher] = []

    def add(self, listener: Listener) -> None:
        """Tell `listener` from now on."""
        self._listeners.append(listener)

    def add_watcher(self, watcher: Watcher) -> None:
        """Tell `watcher` from now on, of what customers do, too."""
        self._listeners.append(watcher)
        self._watchers.append(watcher)

    async def new_rows(self, conversation_id: str, rows: Sequence[Row] = ()) -> None:
        """Tell everybody that the log of this conversation has grown.

        `rows`, just committed, spare a listener that has everything before them a look into the log.
        """
        for listener in self._listeners:
            await listener.new_rows(conversation_id, rows)

    async def typing(self, conversation_id: str, on: bool, name: Optional[str] = None) -> None:
        """Tell everybody that the person of this name, or the assistant (None), began or stopped writing."""
        for listener in self._listeners:
            await listener.typing(conversation_id, on, name)

    async def customer_typing(self, conversation_id: str, on: bool) -> None:
        """Tell the shop's side that the customer began or stopped writing."""
        for watcher in self._watchers:
            await watcher.customer_typing(conversation_id, on)
