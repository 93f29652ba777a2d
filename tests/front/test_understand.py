"""What the front asks the engine for the desk: what a text may mean, soon or not at all."""

from typing import Any

import pytest
from aiohttp import web

from front.engine_client import UNDERSTAND_PATH, EngineClient
from switchboard.meaning import Marked, Meaning

SECRET = "s" * 40
MARKED = {"entity": "order_number", "start": 3, "end": 9}


async def asked(answer: web.Response, secret: str = SECRET, what: str = "intents") -> tuple[Any, list[object]]:
    """What the client makes of this answer, and what it sent."""
    sent: list[object] = []

    async def understand(request: web.Request) -> web.Response:
        sent.append((request.headers["X-Sportello-Secret"], await request.json()))
        return answer

    app = web.Application()
    app.router.add_post(UNDERSTAND_PATH, understand)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    client = EngineClient(f"http://127.0.0.1:{runner.addresses[0][1]}", secret)
    try:
        return await getattr(client, what)("è rotto"), sent
    finally:
        await client.close()
        await runner.cleanup()


async def test_the_likeliest_intents_come_first_and_unlikely_ones_not_at_all() -> None:
    ranking = [("report_item_problem", 0.8), ("claim_warranty", 0.1), ("thank", 0.01)]
    told = {"intents": [{"intent": name, "confidence": confidence} for name, confidence in ranking], "entities": []}

    intents, sent = await asked(web.json_response(told))

    assert intents == ("report_item_problem", "claim_warranty")
    assert sent == [(SECRET, {"text": "è rotto"})]


async def test_entities_are_told_with_their_places() -> None:
    told = {"intents": [{"intent": "track_order", "confidence": 0.8}], "entities": [MARKED]}

    meaning, _ = await asked(web.json_response(told), what="meaning")

    assert meaning == Meaning((("track_order", 0.8),), (Marked("order_number", 3, 9),))


@pytest.mark.parametrize(
    "answer",
    [
        lambda: web.json_response({"error": "not_ready"}, status=409),
        lambda: web.Response(text="no JSON", content_type="application/json"),
        lambda: web.json_response({"intents": [{"name": "x"}]}),
        lambda: web.json_response([]),
    ],
)
async def test_where_the_engine_does_not_say_there_is_nothing(answer: object) -> None:
    assert (await asked(answer()))[0] == ()  # type: ignore[operator]


async def test_where_the_engine_is_away_there_is_nothing() -> None:
    client = EngineClient("http://127.0.0.1:9", SECRET)

    assert await client.intents("è rotto") == ()
    await client.close()
