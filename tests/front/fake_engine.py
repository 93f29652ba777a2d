"""A server that speaks docs/engine.md, for tests of everything in front of the engine."""

import asyncio
from contextlib import asynccontextmanager
from typing import Any, AsyncIterator, Awaitable, Callable, Union

from aiohttp import web

SECRET = "s" * 40
Answer = Union[dict[str, Any], web.Response]
Behaviour = Callable[[dict[str, Any]], Awaitable[Answer]]


async def echo(request: dict[str, Any]) -> Answer:
    """Repeats what was said."""
    return answer(request, f"eco: {request['text']}")


def answer(request: dict[str, Any], *texts: str, effects: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {
        "turn_id": request["turn_id"],
        "replies": [{"text": text, "buttons": [], "card": None, "response": None} for text in texts],
        "effects": list(effects),
        "understood": {"intent": "greet", "confidence": 1.0},
    }


class FakeEngine:
    """Remembers every call; `behaviour` decides what is answered."""

    def __init__(self, behaviour: Behaviour = echo) -> None:
        self.behaviour = behaviour
        self.calls: list[dict[str, Any]] = []
        self.together = self.most_together = 0
        self.port = 0

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator["FakeEngine"]:
        app = web.Application()
        app.router.add_post("/webhooks/sportello/turn", self._turn)
        app.router.add_get("/webhooks/sportello/ready", self._ready)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _ready(self, _request: web.Request) -> web.Response:
        return web.json_response({"ready": True, "model": "fake"})

    async def _turn(self, request: web.Request) -> web.Response:
        if request.headers.get("X-Sportello-Secret") != SECRET:
            return web.json_response({"error": "secret"}, status=401)
        data = await request.json()
        self.calls.append(data)
        self.together += 1
        self.most_together = max(self.most_together, self.together)
        try:
            result = await self.behaviour(data)
        finally:
            self.together -= 1
        return result if isinstance(result, web.Response) else web.json_response(result)


async def until(condition: Callable[[], Any], seconds: float = 8.0) -> None:
    """Wait until `condition` holds.

    Raises:
        AssertionError: it did not within `seconds`.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not condition():
        assert loop.time() < end, "it did not happen in time"
        await asyncio.sleep(0.01)
