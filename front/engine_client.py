"""Asks the engine for one turn over loopback HTTP (docs/engine.md) and checks what comes back."""

from dataclasses import dataclass
from typing import Any, Optional

import httpx

from switchboard.body import ButtonMeaning, Reply
from switchboard.effects import Effect
from switchboard.turns import ClaimedTurn

TURN_S = 10.0
CONNECT_S = 1.0
TURN_PATH = "/webhooks/sportello/turn"
SECRET_HEADER = "X-Sportello-Secret"


class EngineRefused(Exception):
    """The engine cannot be reached or has no model yet; the turn did not begin there."""


class EngineFailed(Exception):
    """The engine began the turn and broke, answered too late, or answered something that is no answer."""


@dataclass(frozen=True)
class TurnResult:
    """What the engine wants said and done."""

    replies: tuple[Reply, ...]
    effects: tuple[Effect, ...]


class EngineClient:
    """One kept-alive HTTP client to the engine."""

    def __init__(self, url: str, secret: str, turn_s: float = TURN_S) -> None:
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={SECRET_HEADER: secret},
            timeout=httpx.Timeout(turn_s, connect=CONNECT_S),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=16, keepalive_expiry=30),
            trust_env=False,
        )

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
        }
        try:
            response = await self._client.post(TURN_PATH, json=request)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise EngineRefused(type(error).__name__) from error
        except httpx.TransportError as error:
            raise EngineFailed(type(error).__name__) from error
        if response.status_code in (409, 503):
            raise EngineRefused("not_ready")
        if response.status_code != 200:
            raise EngineFailed(f"status_{response.status_code}")
        return _read_result(response)

    async def close(self) -> None:
        """Close the kept connections."""
        await self._client.aclose()


def _read_result(response: httpx.Response) -> TurnResult:
    try:
        data = response.json()
        return TurnResult(
            replies=tuple(_read_reply(reply) for reply in data["replies"]),
            effects=tuple(Effect(effect["kind"], effect) for effect in data["effects"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EngineFailed("malformed_answer") from error


def _read_reply(data: dict[str, Any]) -> Reply:
    buttons = tuple(ButtonMeaning(b["title"], b["intent"], dict(b.get("entities") or {})) for b in data.get("buttons") or [])
    card: Optional[dict[str, Any]] = data.get("card")
    return Reply(text=str(data["text"]), buttons=buttons, card=card)
