"""What a front looks after once a second because no notice tells of it: what other fronts did, and unused sockets."""

import asyncio
import logging
from typing import Iterator, Optional, Sequence

from base.database import Database
from connectors.web_delivery import WebDelivery
from connectors.web_sockets import Sockets, WithWhom
from connectors.web_unused import UnusedSockets
from switchboard import agents, handoffs
from switchboard.history import Standing, standings
from switchboard.models import HUMAN, WAITING
from switchboard.people import ended_identities

log = logging.getLogger(__name__)

LOOK_S = 1.0
AT_ONCE = 500  # names in one question to the database


class WebLook:
    """Compares what the open chats have got with the database, and has them sent what is missing."""

    def __init__(
        self, database: Database, sockets: Sockets, delivery: WebDelivery, unused: UnusedSockets, identity_kind: str
    ) -> None:
        self._database, self._sockets, self._delivery = database, sockets, delivery
        self._unused, self._identity_kind = unused, identity_kind
        self._task: Optional[asyncio.Task] = None

    async def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._every_second())

    async def stop(self) -> None:
        """Stop looking."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _every_second(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self._look()
            except Exception:  # the database may be away for a while; looking must outlive that
                log.exception("looking after the open chats failed and goes on")

    async def _look(self) -> None:
        for session_ids in _parts(self._sockets.sessions()):
            for session_id in await self._database.read(ended_identities, self._identity_kind, session_ids):
                await self._delivery.end_session(session_id)
        found = [
            standing
            for conversation_ids in _parts(self._sockets.conversations())
            for standing in await self._database.read(standings, conversation_ids)
        ]
        for standing in found:
            await self._catch_up(standing)
        await self._tell_with_whom(found)
        await self._unused.close()

    async def _catch_up(self, standing: Standing) -> None:
        showing = self._sockets.showing(standing.id)
        if any(connection.sent_seq < standing.last_seq for connection in showing):
            await self._delivery.new_rows(standing.id)
        await self._delivery.tell_read(standing.id, standing.read_seq)
        if standing.next_id:
            await self._delivery.move(showing, standing.next_id)

    async def _tell_with_whom(self, found: Sequence[Standing]) -> None:
        """A person's name, or a place in the queue, which changes while others are answered."""
        waiting = any(standing.owner == WAITING for standing in found)
        places = await self._database.read(handoffs.places) if waiting else {}
        held = [standing.agent_id for standing in found if standing.owner == HUMAN]
        names = await self._database.read(agents.names, held) if any(held) else {}
        for standing in found:
            with_whom = None
            if standing.owner == WAITING:
                with_whom = WithWhom(position=places.get(standing.id))
            elif standing.owner == HUMAN:
                with_whom = WithWhom(name=names.get(standing.agent_id or "", ""))
            await self._delivery.tell_with_whom(standing.id, with_whom)


def _parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), AT_ONCE):
        yield names[start : start + AT_ONCE]
