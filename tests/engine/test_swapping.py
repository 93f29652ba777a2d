"""Another model takes the place of the one that answers while conversations go on: real engine, both databases."""

import asyncio
import itertools
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Iterator

import httpx
import pytest

from base.database import Database
from engine.models import ModelInfo, write_current
from engine.service import Service, write_service
from tests.databases import postgresql_schema
from tests.engine.conftest import make_table
from tests.engine.processes import SECRET, Engine
from tests.engine.two_bots import NAMES, said_by, texts_of_both, trained_bot
from tests.made_here import made_here

pytestmark = [pytest.mark.model, pytest.mark.e2e]

HEADERS = {"X-Sportello-Secret": SECRET}
_numbers = itertools.count(1)


class Swapped:
    """A running engine with both bots in its folder of models; the first one answers."""

    def __init__(self, engine: Engine, bots: dict[str, ModelInfo], models: Path) -> None:
        self.engine, self.bots, self.models = engine, bots, models

    def swap(self, name: str, **fields: Any) -> httpx.Response:
        return self._post("swap", {"sha256": self.bots[name].sha256, **fields})

    def serve(self, name: str) -> None:
        self.put_down(name)
        assert self.swap(name).status_code == 200

    def put_down(self, name: str) -> None:
        """Write what the engine follows, as a publication does before it asks for the swap."""
        (other,) = set(NAMES) - {name}
        write_service(self.models, Service(self.bots[name], self.bots[other]))

    def says(self, text: str, conversation: str) -> list[str]:
        answer = self.engine.ask(f"ms_{next(_numbers)}", text, conversation_id=conversation)
        assert answer.status_code == 200, answer.text
        return texts(answer)

    def _post(self, route: str, body: dict[str, Any]) -> httpx.Response:
        return httpx.post(f"{self.engine.url}/{route}", json=body, headers=HEADERS, timeout=60)


def texts(answer: httpx.Response) -> list[str]:
    return [reply["text"] for reply in answer.json()["replies"]]


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("bots")
    return {name: trained_bot(name, folder / name) for name in NAMES}


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.deep)])
def swapped(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    archives: dict[str, Path],
    no_postgresql: str,
) -> Iterator[Swapped]:
    folder = tmp_path_factory.mktemp("engine")
    if request.param == "sqlite":
        yield from _running(folder, archives, f"sqlite:///{folder / 'sportello.db'}")
        return
    if no_postgresql:
        pytest.skip(no_postgresql)
    with postgresql_schema() as url:
        yield from _running(folder, archives, url)


def _running(folder: Path, archives: dict[str, Path], url: str) -> Iterator[Swapped]:
    database = Database(url)
    make_table(database)
    database.close()
    models = folder / "models"
    bots = {name: made_here(archive, models, SECRET) for name, archive in archives.items()}
    engine = Engine(folder, archives["one"], url, texts_of_both(folder / "texts"))
    write_service(models, Service(bots["one"], bots["two"]))
    try:
        engine.start()
        yield Swapped(engine, bots, models)
    finally:
        engine.stop()


async def test_ten_swaps_lose_no_turn_and_mix_no_models(swapped: Swapped) -> None:
    await _talk_and_swap(swapped, conversations=20, swaps=10, turns=4)


@pytest.mark.deep
async def test_a_hundred_swaps_lose_no_turn_and_mix_no_models(swapped: Swapped) -> None:
    await _talk_and_swap(swapped, conversations=50, swaps=100, turns=40)


async def _talk_and_swap(swapped: Swapped, conversations: int, swaps: int, turns: int) -> None:
    """Customers go on talking until the last swap; each has at least so many turns."""
    swapped.serve("one")
    over = asyncio.Event()
    answers: list[tuple[str, str, list[str]]] = []

    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=None)) as client:

        async def customer(number: int) -> None:
            for turn in itertools.count():
                if over.is_set() and turn >= turns:
                    return
                name, (serving, begun) = f"ms_{next(_numbers)}", state
                answer = await client.post(**swapped.engine.request(name, "ciao", conversation_id=f"cv_talk_{number}"))
                assert answer.status_code == 200, answer.text
                certain = serving if state == [serving, begun] else ""  # else a swap was going on at some time
                answers.append((name, certain, texts(answer)))

        state: list[Any] = ["one", 0]  # what serves, empty during a swap; how many swaps have begun
        talking = [asyncio.create_task(customer(number)) for number in range(conversations)]
        for swap in range(swaps):
            name = NAMES[(swap + 1) % 2]
            state[:] = ["", swap + 1]
            swapped.put_down(name)
            body = {"sha256": swapped.bots[name].sha256}
            answer = await client.post(f"{swapped.engine.url}/swap", json=body, headers=HEADERS, timeout=60)
            state[0] = name
            assert answer.status_code == 200, answer.text
            await asyncio.sleep(0.1)
        over.set()
        await asyncio.gather(*talking)

    spoke = {said[0].split()[0] for _, _, said in answers}
    assert spoke == set(NAMES)
    assert [said for _, _, said in answers if said not in (said_by("one"), said_by("two"))] == []
    assert [said for _, certain, said in answers if certain and said != said_by(certain)] == []
    assert len({name for name, _, _ in answers}) == len(answers) >= conversations * turns


def test_a_conversation_that_one_model_began_goes_on_with_the_other(swapped: Swapped) -> None:
    swapped.serve("one")
    assert swapped.says("apri il modulo", "cv_form") == ["one chiede"]

    swapped.serve("two")
    assert swapped.says("ciao", "cv_form") == said_by("two")
    assert swapped.says("apri il modulo", "cv_form") == ["two chiede"]
    assert swapped.says("la mia risposta", "cv_form") == ["two ha fatto"]

    swapped.serve("one")
    assert swapped.says("ciao", "cv_form") == said_by("one")


def test_a_turn_that_is_asked_for_again_is_not_answered_anew(swapped: Swapped) -> None:
    swapped.serve("one")
    first = swapped.engine.ask("ms_again", "ciao", conversation_id="cv_again")

    swapped.serve("two")

    assert swapped.engine.ask("ms_again", "ciao", conversation_id="cv_again").content == first.content


def test_a_loaded_model_waits_until_it_is_swapped_for(swapped: Swapped) -> None:
    swapped.serve("one")

    answer = swapped.swap("two", only_load=True)

    assert answer.json() == {"serving": swapped.bots["one"].sha256}
    assert swapped.says("ciao", "cv_loaded") == said_by("one")


def test_an_engine_that_was_not_asked_follows(swapped: Swapped) -> None:
    swapped.serve("one")

    swapped.put_down("two")

    for _ in range(200):
        time.sleep(0.1)
        if swapped.says("ciao", "cv_follow") == said_by("two"):
            break
    else:
        raise AssertionError("it never followed")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"seal": ""}, "model_foreign"),
        ({"seal": "0" * 64}, "model_foreign"),
        ({"code": "0" * 64}, "model_foreign"),
    ],
)
def test_a_foreign_model_is_refused(swapped: Swapped, change: dict[str, str], error: str) -> None:
    swapped.serve("one")
    foreign = swapped.models / "sportello-foreign.tar.gz"
    foreign.write_bytes(b"runs what its maker wants")
    info = replace(made_here(foreign, swapped.models, SECRET), **change)
    write_current(swapped.models, info)

    answer = _ask_for(swapped, info)

    assert (answer.status_code, answer.json()["error"]) == (409, error)
    assert swapped.says("ciao", "cv_foreign") == said_by("one")


def test_a_model_of_other_code_needs_another_engine(swapped: Swapped) -> None:
    swapped.serve("one")
    other_archive = swapped.models / "sportello-other.tar.gz"
    other_archive.write_bytes(b"other")
    other = made_here(other_archive, swapped.models, SECRET, code="0" * 64)
    write_current(swapped.models, other)

    answer = _ask_for(swapped, other)

    assert (answer.status_code, answer.json()["error"]) == (409, "other_code")


def test_a_model_that_cannot_be_loaded_leaves_the_other_one_answering(swapped: Swapped) -> None:
    swapped.serve("one")
    archive = swapped.models / "sportello-broken.tar.gz"
    archive.write_bytes(b"no archive at all")
    info = made_here(archive, swapped.models, SECRET)
    write_current(swapped.models, info)

    answer = _ask_for(swapped, info)

    assert (answer.status_code, answer.json()["error"]) == (409, "not_loadable")
    assert answer.json()["reason"]
    assert swapped.says("ciao", "cv_broken") == said_by("one")


def test_a_model_that_was_changed_after_its_training_is_refused(swapped: Swapped) -> None:
    swapped.serve("one")
    archive = swapped.models / "sportello-changed.tar.gz"
    archive.write_bytes(b"as it was")
    info = made_here(archive, swapped.models, SECRET)
    write_current(swapped.models, info)
    info.path.unlink()
    info.path.write_bytes(b"as it is")

    assert _ask_for(swapped, info).json()["error"] == "model_broken"


def test_a_model_that_nothing_describes_is_not_found(swapped: Swapped) -> None:
    answer = httpx.post(f"{swapped.engine.url}/swap", json={"sha256": "f" * 64}, headers=HEADERS, timeout=60)

    assert (answer.status_code, answer.json()["error"]) == (409, "model_missing")


@pytest.mark.parametrize("body", [{}, {"sha256": 1}, {"sha256": "../../x"}, []])
def test_a_malformed_request_is_refused(swapped: Swapped, body: Any) -> None:
    assert httpx.post(f"{swapped.engine.url}/swap", json=body, headers=HEADERS, timeout=60).status_code == 400


@pytest.mark.parametrize("route", ["swap", "leave"])
def test_without_the_secret_nothing_is_done(swapped: Swapped, route: str) -> None:
    answer = httpx.post(f"{swapped.engine.url}/{route}", json={"sha256": "f" * 64}, timeout=60)

    assert answer.status_code == 401
    assert httpx.get(f"{swapped.engine.url}/ready").json()["ready"]


def test_an_engine_that_is_asked_to_leave_ends_and_the_next_one_takes_what_is_in_service(swapped: Swapped) -> None:
    swapped.serve("one")
    swapped.put_down("two")

    assert httpx.post(f"{swapped.engine.url}/leave", headers=HEADERS, timeout=60).status_code == 200

    assert swapped.engine.engine.popen.wait(30) == 0
    swapped.engine.engine.start()
    swapped.engine.engine.wait_until_ready()
    assert httpx.get(f"{swapped.engine.url}/ready").json()["sha256"] == swapped.bots["two"].sha256
    assert swapped.says("ciao", "cv_left") == said_by("two")


def _ask_for(swapped: Swapped, info: ModelInfo) -> httpx.Response:
    return httpx.post(f"{swapped.engine.url}/swap", json={"sha256": info.sha256}, headers=HEADERS, timeout=60)
