"""Going on elsewhere, and coming from there, as the web chat does it (docs/joining.md, docs/web-protocol.md)."""

from datetime import datetime
from typing import Any, Awaitable, Callable, Optional, Union

from base.limits import RateLimit
from connectors.arriving import REFUSALS, Arrival, arrive
from connectors.qr import qr_of
from connectors.web_protocol import Refused
from switchboard.body import Reply
from switchboard.codes import Codes
from switchboard.elsewhere import Elsewhere, NotThere, Way, way_of
from switchboard.join_links import LinkRefused, TooManyLinks, hash_of
from switchboard.joining import Joined
from switchboard.people import Sender
from switchboard.texts import Texts
from switchboard.turns import Taken

ASKED_PER_MINUTE, SHOWN_PER_MINUTE = 120, 20  # of an address: links asked for, tokens shown; a quarter at once
HASH_IN_ID = 32

Write = Callable[..., Awaitable[Any]]


class WebJoining:
    """Gives links to web chats and takes those that lead here. `write` is one transaction."""

    def __init__(self, write: Write, texts: Texts, elsewhere: Elsewhere, front_id: str, codes: Optional[Codes]) -> None:
        self._write, self._texts, self.elsewhere = write, texts, elsewhere
        self._front_id, self._codes = front_id, codes
        self._asked, self._shown = RateLimit.per_minute(ASKED_PER_MINUTE), RateLimit.per_minute(SHOWN_PER_MINUTE)

    async def link(self, sender: Sender, channel: str, welcome: Reply, now: datetime) -> dict[str, Any]:
        """A new link to `channel`, with what it takes to show it.

        Raises:
            Refused: `too_fast`, `link_too_many`, `link_nowhere`.
        """
        _slow_down(self._asked, sender)
        try:
            way: Way = await self._write(way_of, self.elsewhere, sender, channel, welcome, now)
        except NotThere as error:
            raise Refused("link_nowhere") from error
        except TooManyLinks as error:
            raise Refused("link_too_many") from error
        return {"to": channel, "url": way.url, "qr": qr_of(way.url), "expires_in": way.seconds}

    async def come(self, sender: Sender, token: str, welcome: Reply, now: datetime) -> tuple[Joined, Optional[Taken]]:
        """The sender has shown a token: the conversation it leads to, and what was taken of him there.

        Raises:
            Refused: `too_fast`, or one of `REFUSALS`.
        """
        _slow_down(self._shown, sender)
        external_id = f"{sender.identity}:link:{hash_of(token)[:HASH_IN_ID]}"
        arrival = Arrival.of(self._texts, sender, external_id, token)
        given = (arrival, welcome, self._front_id, self._codes, now)
        came: Union[LinkRefused, tuple[Joined, Optional[Taken]]] = await self._write(arrive, *given)
        if isinstance(came, LinkRefused):
            raise Refused(REFUSALS[came.reason])
        return came


def _slow_down(limit: RateLimit, sender: Sender) -> None:
    wait = limit.wait(sender.address_key)
    if wait:
        raise Refused("too_fast", retry_after=wait)
