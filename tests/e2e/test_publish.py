"""`sportello publish` and `rollback` while customers talk, as a whole installation sees it: nobody notices anything."""

import asyncio
import gzip
import json
from dataclasses import replace
from pathlib import Path
from urllib.request import urlopen

import pytest

from base.database import Database
from engine.fingerprints import file_sha256
from engine.models import ModelInfo, read_current, sealed, write_current
from engine.service import read_service
from switchboard import log, model_changes
from switchboard.models import DONE, Turn
from tests.e2e.customer import Customer
from tests.e2e.site import NO_LIMITS
from tests.e2e.stack import ENGINE_SECRET, Stack, running

SCRIPT = ("dov'è il mio ordine 104233?", "lascia stare", "quanto costa la spedizione?", "grazie")
SETTLED = 4  # publications after which memory holds all it ever will: two models, and room for a third
MODEL_MB = 60  # less than one model more

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.model]


async def test_customers_notice_neither_a_publication_nor_a_rollback(tmp_path: Path) -> None:
    await _talk_and_publish(tmp_path, customers=4, publications=1)


@pytest.mark.deep
async def test_twenty_customers_notice_none_of_ten_publications(tmp_path: Path) -> None:
    await _talk_and_publish(tmp_path, customers=20, publications=10)


async def _talk_and_publish(folder: Path, customers: int, publications: int) -> None:
    with running(folder / "var", **NO_LIMITS) as stack:
        await stack.until_ready()
        engine, over = stack.pid_of("engine"), asyncio.Event()
        memory: list[int] = []
        everybody = [Customer(stack.url) for _ in range(customers)]
        talking = [asyncio.create_task(_talk(customer, over)) for customer in everybody]
        for number in range(publications):
            before, trained = _in_service(stack), _trained_again(stack, number)
            assert "sportello test" in await stack.sportello(1, "publish")
            await stack.sportello(0, "publish", "--anyway", "--why", "prova", "--by", "giulia")
            assert _in_service(stack) == _serving(stack) == trained.sha256
            memory.append(_memory_mb(engine))
        await stack.sportello(0, "rollback", "--by", "marco")
        assert _in_service(stack) == _serving(stack) == before
        over.set()
        said = await asyncio.gather(*talking)

        assert stack.pid_of("engine") == engine
        assert max(memory[SETTLED:], default=0) <= max(memory[:SETTLED]) + MODEL_MB
        stack.kill("engine")
        await stack.until_ready()
        assert _serving(stack) == before
        database = Database(stack.database_url)
        try:
            for customer, messages in zip(everybody, said):
                _check(database, customer, messages)
            with database.reading() as session:
                actions = [(one.action, one.by) for one in model_changes.latest(session, 100)]
        finally:
            database.close()
        assert actions[1:] == [("publish", "giulia")] * publications + [("rollback", "marco")]


async def _talk(customer: Customer, over: asyncio.Event) -> list[str]:
    """Everything the customer said: the script, again and again until it is over."""
    said: list[str] = []
    while not (over.is_set() and len(said) >= len(SCRIPT)):
        message = SCRIPT[len(said) % len(SCRIPT)]
        said.append(message)
        await customer.ask(message)
    await customer.close()
    return said


def _check(database: Database, customer: Customer, said: list[str]) -> None:
    with database.reading() as session:
        rows = log.rows_since(session, customer.conversation, 0)
        turns = session.query(Turn).filter_by(conversation_id=customer.conversation).all()

        assert [row.body["text"] for row in rows if row.author_kind == "customer"] == said
        assert [turn.state for turn in turns] == [DONE] * len(said)
        assert not any("Qualcosa è andato storto" in row.body["text"] for row in rows)


def _trained_again(stack: Stack, number: int) -> ModelInfo:
    """The same model with another checksum, as a training without any changes leaves it."""
    models = stack.var / "models"
    trained = read_current(models)
    archive = models / f"sportello-{number}.tar.gz"
    archive.write_bytes(gzip.compress(gzip.decompress(trained.path.read_bytes()), 1, mtime=number))
    info = sealed(replace(trained, path=archive, sha256=file_sha256(archive)), ENGINE_SECRET)
    write_current(models, info)
    return info


def _memory_mb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1_000


def _in_service(stack: Stack) -> str:
    service = read_service(stack.var / "models")
    assert service is not None
    return service.model.sha256


def _serving(stack: Stack) -> str:
    with urlopen(f"http://127.0.0.1:{stack.engine_port}/webhooks/sportello/ready", timeout=10) as answer:
        return json.loads(answer.read())["sha256"]
