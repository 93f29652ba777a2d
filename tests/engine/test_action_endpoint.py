import asyncio
import socket
from typing import Any, AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import ClientResponseError

from base.apology import APOLOGY, FAILED_TURN
from engine import action_endpoint as module
from engine.action_endpoint import ActionEndpoint, ActionsAway, TurnBroken

Handler = Callable[[web.Request], Awaitable[web.Response]]
APOLOGISED = {"events": [], "responses": [{"response": APOLOGY}, {"custom": {"effect": FAILED_TURN}}]}


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Handler], Awaitable[ActionEndpoint]]]:
    servers: list[TestServer] = []
    endpoints: list[ActionEndpoint] = []

    async def start(handler: Handler) -> ActionEndpoint:
        app = web.Application()
        app.router.add_post("/webhook", handler)
        servers.append(TestServer(app))
        await servers[-1].start_server()
        address = str(servers[-1].make_url("/webhook"))
        endpoints.append(ActionEndpoint(address, headers={"X-Sportello-Secret": "s"}))
        return endpoints[-1]

    yield start
    for endpoint in endpoints:
        await endpoint.close()
    for server in servers:
        await server.close()


async def test_an_answer_is_passed_on(serve) -> None:
    async def handler(request: web.Request) -> web.Response:
        assert request.headers["X-Sportello-Secret"] == "s"
        return web.json_response({"events": [{"event": "pause"}], "responses": []})

    endpoint = await serve(handler)

    assert await _call(endpoint) == {"events": [{"event": "pause"}], "responses": []}


@pytest.mark.parametrize(
    "answer",
    [
        web.json_response({"error": "x"}, status=500),
        web.json_response({"error": "x"}, status=404),
        web.json_response({"error": "x"}, status=401),
        web.Response(text="not json"),
        web.Response(text="{", content_type="application/json"),
        web.json_response(["no object"]),
    ],
    ids=lambda answer: f"{answer.status} {answer.text}",
)
async def test_a_failed_action_becomes_an_apology(serve, answer: web.Response) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(status=answer.status, text=answer.text, content_type=answer.content_type)

    endpoint = await serve(handler)

    assert await _call(endpoint) == APOLOGISED
    with pytest.raises(TurnBroken):
        await _call(endpoint, "validate_order_form")


async def test_an_action_that_hangs_becomes_an_apology(serve, monkeypatch: pytest.MonkeyPatch) -> None:
    async def handler(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()

    monkeypatch.setattr(module, "ACTION_S", 0.1)
    endpoint = await serve(handler)

    assert await _call(endpoint) == APOLOGISED


async def test_an_actions_process_that_dies_at_work_breaks_the_turn(serve) -> None:
    calls = []

    async def handler(request: web.Request) -> web.Response:
        calls.append(await request.read())
        request.transport.close()

    endpoint = await serve(handler)

    with pytest.raises(TurnBroken) as broken:
        await _call(endpoint)
    assert not isinstance(broken.value, ActionsAway), "it was asked: only so many tries are right"
    assert len(calls) == 1


async def test_without_an_actions_process_the_turn_has_to_wait() -> None:
    endpoint = ActionEndpoint(f"http://127.0.0.1:{_free_port()}/webhook")

    for action in ("action_answer", "validate_order_form"):
        with pytest.raises(ActionsAway):
            await _call(endpoint, action)
    await endpoint.close()


async def test_an_action_that_stands_aside_is_left_to_rasa(serve) -> None:
    async def handler(_request: web.Request) -> web.Response:
        return web.json_response({"error": "not me", "action_name": "validate_order_form"}, status=400)

    endpoint = await serve(handler)

    with pytest.raises(ClientResponseError):
        await _call(endpoint, "validate_order_form")


async def _call(endpoint: ActionEndpoint, action: str = "action_answer") -> Any:
    return await endpoint.request(json={"next_action": action, "sender_id": "cv_1"}, method="post", timeout=300)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def test_calls_share_one_connection(serve) -> None:
    ports = set()

    async def handler(request: web.Request) -> web.Response:
        ports.add(request.transport.get_extra_info("peername")[1])
        return web.json_response({"events": [], "responses": []})

    endpoint = await serve(handler)
    for _ in range(3):
        await _call(endpoint)

    assert len(ports) == 1


@pytest.mark.parametrize(
    "answer", [{"events": "none"}, {"events": [{"no": "event"}]}, {"responses": ["text"]}, {"events": [{"event": 7}]}]
)
def test_an_answer_that_is_no_answer_is_still_refused(answer: dict[str, Any]) -> None:
    stock = RemoteAction._validate_action_result
    action = RemoteAction("action_x", None)
    with pytest.raises(ValidationError):
        stock(action, answer)

    module.check_answers_quickly()
    try:
        with pytest.raises(ValidationError):
            action._validate_action_result(answer)
        assert action._validate_action_result({"events": [{"event": "pause"}], "responses": []})
    finally:
        RemoteAction._validate_action_result = stock
