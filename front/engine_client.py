"""Asks the engine for one turn over loopback HTTP (docs/engine.md) and checks what comes back."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any, Optional

import aiohttp

from base.settings import SECRET_HEADER
from switchboard.body import ButtonMeaning, Reply
from switchboard.effects import Effect
from switchboard.meaning import Marked, Meaning
from switchboard.turns import ClaimedTurn

log = logging.getLogger(__name__)

TURN_S = 10.0
CONNECT_S = 1.0
READY_S = 2.0
TURN_PATH, READY_PATH = "/webhooks/sportello/turn", "/webhooks/sportello/ready"
UNDERSTAND_PATH, UNDERSTAND_S = "/webhooks/sportello/understand", 1.5  # an agent waits for the page
LEAST_LIKELY = 0.05
OK, NOT_READY = 200, 409


class EngineRefused(Exception):
    """The engine cannot be reached or has no model yet; the turn did not begin there."""


class EngineFailed(Exception):
    """The engine began the turn and broke, answered too late, or answered something that is no answer."""


@dataclass(frozen=True)
class TurnResult:
    """What the engine wants said and done, and how it understood the message (`switchboard.turns.complete`)."""

    replies: tuple[Reply, ...]
    effects: tuple[Effect, ...]
    understood: dict[str, Any]


class EngineClient:
    """Keeps connections to the engine open between turns."""

    def __init__(self, url: str, secret: str, turn_s: float = TURN_S) -> None:
        self._address, self._headers = f"{url}{TURN_PATH}", {SECRET_HEADER: secret}
        self._ready = f"{url}{READY_PATH}"
        self._understand = f"{url}{UNDERSTAND_PATH}"
        self._timeout = aiohttp.ClientTimeout(total=turn_s, sock_connect=CONNECT_S)
        self._session: Optional[aiohttp.ClientSession] = None

    async def turn(self, turn: ClaimedTurn) -> TurnResult:
        """The engine's answer to one message.

        Raises:
            EngineRefused: nothing was begun; asking again is right.
            EngineFailed: it was begun; asking again repeats it safely, but not for ever.
        """
        request = {
            "turn_id": turn.id,
            "conversation_id": turn.conversation_id,
            "text": turn.text,
            "button": turn.button,
            "channel": turn.channel,
            "sent_at": turn.sent_at.isoformat(),
            "previous_turn_id": turn.previous_turn_id,
            "attachments": turn.attachments,
            "handed_back": turn.handed_back,
            "side": turn.side,
        }
        try:
            async with self._connections().post(self._address, json=request) as response:
                if response.status == NOT_READY:
                    raise EngineRefused("not_ready")
                if response.status != OK:
                    raise EngineFailed(f"status_{response.status}")
                return _read_result(await response.json())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise EngineRefused(type(error).__name__) from error
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            raise EngineFailed(type(error).__name__) from error

    async def is_ready(self) -> bool:
        """Whether the engine could answer now."""
        try:
            async with self._connections().get(self._ready, timeout=aiohttp.ClientTimeout(total=READY_S)) as response:
                return response.status == OK
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return False

    async def intents(self, text: str) -> tuple[str, ...]:
        """What `text` may mean, the likeliest first; nothing where the engine does not say so soon."""
        likely = (await self.meaning(text)).intents
        return tuple(name for name, confidence in likely if confidence >= LEAST_LIKELY)

    async def meaning(self, text: str) -> Meaning:
        """What `text` may mean, and the entities in it; nothing where the engine does not say so soon."""
        try:
            timeout = aiohttp.ClientTimeout(total=UNDERSTAND_S, sock_connect=CONNECT_S)
            asked = self._connections().post(self._understand, json={"text": text}, timeout=timeout)
            async with asked as response:
                return _read_meaning(await response.json()) if response.status == OK else Meaning()
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError, KeyError, TypeError) as error:
            log.info("the engine does not say what a message may mean: %s", type(error).__name__)
            return Meaning()

    async def close(self) -> None:
        """Close the kept connections."""
        if self._session is not None:
            await self._session.close()

    def _connections(self) -> aiohttp.ClientSession:
        if self._session is None:  # aiohttp wants a running loop
            self._session = aiohttp.ClientSession(headers=self._headers, timeout=self._timeout)
        return self._session


def _read_meaning(data: Any) -> Meaning:
    return Meaning(
        tuple((str(one["intent"]), float(one["confidence"])) for one in data["intents"]),
        tuple(Marked(str(one["entity"]), int(one["start"]), int(one["end"])) for one in data["entities"]),
    )


def _read_result(data: Any) -> TurnResult:
    try:
        return TurnResult(
            replies=tuple(_read_reply(reply) for reply in data["replies"]),
            effects=tuple(Effect(effect["kind"], effect) for effect in data["effects"]),
            understood=_understood(data),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise EngineFailed("malformed_answer") from error


def _understood(data: dict[str, Any]) -> dict[str, Any]:
    told = data["understood"]
    return {
        "intent": told["intent"],
        "confidence": told["confidence"],
        "entities": dict(told.get("entities") or {}),
        "ranking": [[str(name), float(confidence)] for name, confidence in told.get("ranking") or []],
        "actions": [str(name) for name in data.get("actions") or []],
        "read": [[str(part) for part in record] for record in data.get("read") or []],
        "responses": [reply["response"] for reply in data["replies"] if reply.get("response")],
    }


def _read_reply(data: dict[str, Any]) -> Reply:
    buttons = tuple(
        ButtonMeaning(b["title"], b["intent"], dict(b.get("entities") or {})) for b in data.get("buttons") or []
    )
    card: Optional[dict[str, Any]] = data.get("card")
    return Reply(text=str(data["text"]), buttons=buttons, card=card)
