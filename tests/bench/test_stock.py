"""The stock side: its model is kept as long as it fits, and this project's actions know whose turns they answer."""

import json
from datetime import datetime, timezone
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from base.database import Database
from bench.load import NoAnswer
from bench.run import RESPONSES
from bench.script import REGISTER, conversations
from bench.stock import RestCustomer, Stock
from bench.stock_model import NOTES, is_kept, kept_model, stock_fingerprint, stock_model
from switchboard import proofs
from switchboard.texts import Texts


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project" / "data" / "nlu").mkdir(parents=True)
    (tmp_path / "project" / "domain.yml").write_text("intents: [greet]")
    (tmp_path / "project" / "data" / "nlu" / "general.yml").write_text("nlu: []")
    return tmp_path / "project"


def test_an_edited_file_asks_for_another_model(project: Path) -> None:
    before = stock_fingerprint(project)
    (project / "data" / "nlu" / "general.yml").write_text("nlu: [{intent: greet}]")

    assert stock_fingerprint(project) != before


def test_our_own_components_are_nothing_to_it(project: Path) -> None:
    before = stock_fingerprint(project)
    (project / "components").mkdir()
    (project / "components" / "tokenizer.py").write_text("")

    assert stock_fingerprint(project) == before


def test_a_trained_model_is_kept(project: Path, tmp_path: Path) -> None:
    folder = kept_model(tmp_path, project)
    folder.mkdir()
    assert not is_kept(tmp_path, project)
    (folder / NOTES).write_text(json.dumps({"seconds": 1800.0, "cpu_s": 1700.0}))

    assert is_kept(tmp_path, project)
    assert stock_model(tmp_path, project).seconds == 1800.0


async def test_its_turns_are_in_the_log_before_it_is_asked(database: Database) -> None:
    """Proving a number counts tries by turn: without one, actions would refuse every customer of the stock Rasa."""
    asked = []

    async def webhook(request: web.Request) -> web.Response:
        asked.append(await request.json())
        return web.json_response([{"recipient_id": "x", "text": "ciao"}, {"recipient_id": "x", "custom": {}}])

    app = web.Application()
    app.router.add_post("/webhooks/rest/webhook", webhook)
    lines = conversations(Texts.load(RESPONSES, REGISTER), 1)[0]
    async with TestServer(app) as server:
        stock = Stock(str(server.make_url("")).rstrip("/"), (), 0.0, database)
        talk = (await stock.ready([lines]))[0]

        answers = [(await talk.customer.say(line.say))[0] for line in lines]
        await talk.customer.close()

    assert answers == ["ciao"] * len(lines)
    assert [one["message"] for one in asked] == [line.say for line in lines]
    assert len({one["sender"] for one in asked}) == 1
    now = datetime.now(timezone.utc)
    for one in asked:
        assert await database.read(proofs.attempts_left, one["metadata"]["turn_id"], now) == proofs.MAX_FAILURES


async def test_silence_is_no_answer() -> None:
    async def webhook(_request: web.Request) -> web.Response:
        return web.json_response([])

    app = web.Application()
    app.router.add_post("/", webhook)
    async with TestServer(app) as server:
        customer = RestCustomer(str(server.make_url("/")), "cv_1", ["ms_1"])

        with pytest.raises(NoAnswer):
            await customer.say("ciao")
        await customer.close()
