"""The engine's only door: the front asks for turns, one HTTP call each (docs/engine.md)."""

import asyncio
import hmac
import logging
import re
from typing import Any, Awaitable, Callable, Optional

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse, json

from base.settings import SECRET_HEADER, load_settings
from engine.action_endpoint import ActionsAway, TurnBroken
from engine.models import ModelError
from engine.swapping import NotLoadable, OtherCode, Swapping
from engine.turn_request import BadRequest, TurnRequest, read_request
from engine.turns import Turns

log = logging.getLogger(__name__)

LONGEST_TEXT = 4_000
LEAVE_S = 0.1
SHA256 = re.compile(r"[0-9a-f]{64}")


class EngineChannel(InputChannel):
    """Rasa's channel for the front. `app.ctx.turns` and `app.ctx.swapping` are set when turns can be run."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    @classmethod
    def name(cls) -> str:
        return "sportello"

    @classmethod
    def from_credentials(cls, credentials: Optional[dict[str, Any]]) -> "EngineChannel":
        """The channel with the secret of the environment; nothing secret stands in `credentials.yml`."""
        return cls(load_settings().engine_secret)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Every route. `on_new_message` gives no answer back, so `Turns` speaks to the agent instead."""
        blueprint = Blueprint("sportello_channel")

        @blueprint.get("/ready")
        async def ready(request: Request) -> HTTPResponse:
            if _turns_of(request) is None:
                return json({"ready": False}, 409)
            serving = request.app.ctx.swapping.serving
            return json({"ready": True, "model": serving.fingerprint, "sha256": serving.sha256})

        @blueprint.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            if not self._knows_secret(request):
                return json({"error": "secret"}, 401)
            turns = _turns_of(request)
            if turns is None:
                return json({"error": "not_ready"}, 409)
            try:
                asked = read_request(request.json)
            except (BadRequest, InvalidUsage) as error:
                return json({"error": str(error) if isinstance(error, BadRequest) else "body"}, 400)
            return await _answer(turns, asked)

        @blueprint.post("/understand")
        async def understand(request: Request) -> HTTPResponse:
            if not self._knows_secret(request):
                return json({"error": "secret"}, 401)
            turns = _turns_of(request)
            if turns is None:
                return json({"error": "not_ready"}, 409)
            body = request.json if request.body else None
            text = body.get("text") if isinstance(body, dict) else None
            if not isinstance(text, str) or not 0 < len(text) <= LONGEST_TEXT:
                return json({"error": "text"}, 400)
            return json(await turns.understood(text))

        @blueprint.post("/swap")
        async def swap(request: Request) -> HTTPResponse:
            if not self._knows_secret(request):
                return json({"error": "secret"}, 401)
            if _turns_of(request) is None:
                return json({"error": "not_ready"}, 409)
            body = request.json if request.body else None
            sha256 = body.get("sha256") if isinstance(body, dict) else None
            if not isinstance(sha256, str) or not SHA256.fullmatch(sha256):
                return json({"error": "sha256"}, 400)
            return await _swapped(request.app.ctx.swapping, sha256, only_load=body.get("only_load") is True)

        @blueprint.post("/leave")
        async def leave(request: Request) -> HTTPResponse:
            if not self._knows_secret(request):
                return json({"error": "secret"}, 401)
            log.info("asked to leave, so that an engine that starts anew takes the model in service")
            request.app.add_task(_stop_soon(request.app))
            return json({"leaving": True})

        return blueprint

    def _knows_secret(self, request: Request) -> bool:
        return hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), self._secret)


async def _answer(turns: Turns, asked: TurnRequest) -> HTTPResponse:
    try:
        return json(await turns.run(asked))
    except ActionsAway:
        log.warning("turn %s of conversation %s waits for the actions process", asked.turn_id, asked.conversation_id)
        return json({"error": "actions_away"}, 409)
    except (Exception, TurnBroken):  # whatever broke, the caller is told and may ask again
        log.exception("turn %s of conversation %s broke", asked.turn_id, asked.conversation_id)
        return json({"error": "turn_failed"}, 500)


async def _swapped(swapping: Swapping, sha256: str, only_load: bool) -> HTTPResponse:
    try:
        await (swapping.load(sha256) if only_load else swapping.swap(sha256))
    except ModelError as error:
        return json({"error": error.problem}, 409)
    except OtherCode:
        return json({"error": "other_code"}, 409)
    except NotLoadable as error:
        return json({"error": "not_loadable", "reason": str(error)}, 409)
    return json({"serving": swapping.serving.sha256})


async def _stop_soon(app: Sanic) -> None:
    """Stop when the answer has gone; turns that are running are waited for (`engine/app.py`)."""
    await asyncio.sleep(LEAVE_S)
    app.stop()


def _turns_of(request: Request) -> Optional[Turns]:
    return getattr(request.app.ctx, "turns", None)
