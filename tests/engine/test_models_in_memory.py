"""Memory holds two models and no more, whatever is swapped, refused or left half done. No model is needed for that."""

import asyncio
import gc
import weakref
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any, AsyncIterator, Callable, Iterator

import pytest

from engine.models import ModelBroken, ModelInfo, sealed, write_current
from engine.service import Service, write_service
from engine.swapping import NotLoadable, OtherCode, Swapping

AT = datetime(2026, 11, 23, tzinfo=timezone.utc)
SECRET, CODE = "secret-of-the-tests-0123456789-0", "c"


class Loaded:
    """Stands for a model in memory, with a ring of references, as Rasa's have."""

    def __init__(self, info: ModelInfo) -> None:
        self.name, self.ring = info.path.stem, self


class Engine:
    """What is swapped in, and every model that is still in memory."""

    def __init__(self, models: Path) -> None:
        self.models = models
        self.broken: set[str] = set()
        self.tries: list[str] = []
        self.while_loading: Callable[[], None] = lambda: None
        self._alive: list[weakref.ref[Loaded]] = []
        self._first = self.trained("a")
        self.turns: Any = SimpleNamespace(model=self._load(self._first))
        self.tries.clear()
        self.swapping = Swapping(self.turns, self._first, models, CODE, self._load, SECRET)

    @property
    def alive(self) -> list[str]:
        gc.collect()
        return sorted(model().name for model in self._alive if model() is not None)

    @property
    def loads(self) -> int:
        return len(self._alive)

    def trained(self, name: str, code: str = CODE) -> ModelInfo:
        archive = self.models / name
        archive.write_bytes(b"")
        info = sealed(ModelInfo("f", archive, name * 64, AT, code), SECRET)
        write_current(self.models, info)
        return info

    def _load(self, info: ModelInfo) -> Loaded:
        self.tries.append(info.path.name)
        self.while_loading()
        if info.path.name in self.broken:
            raise KeyError("close")
        loaded = Loaded(info)
        self._alive.append(weakref.ref(loaded))
        return loaded


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    gc.freeze()  # what other tests have left is not looked through at each swap
    yield Engine(tmp_path)
    gc.unfreeze()


async def test_two_models_are_kept_through_many_swaps(engine: Engine) -> None:
    for before, name in zip("abc", "bcd"):
        await engine.swapping.swap(engine.trained(name).sha256)

        assert engine.turns.model.name == name
        assert engine.alive == [before, name]


async def test_the_one_before_comes_back_without_being_loaded_again(engine: Engine) -> None:
    b = engine.trained("b")
    await engine.swapping.swap(b.sha256)
    write_service(engine.models, Service(b, sealed(ModelInfo("f", engine.models / "a", "a" * 64, AT, CODE), SECRET)))
    loads = engine.loads

    await engine.swapping.swap("a" * 64)

    assert (engine.turns.model.name, engine.loads) == ("a", loads)


async def test_a_model_that_is_loaded_and_never_swapped_for_makes_room_for_the_next(engine: Engine) -> None:
    await engine.swapping.swap(engine.trained("b").sha256)
    await engine.swapping.load(engine.trained("c").sha256)
    assert engine.alive == ["a", "b", "c"]

    await engine.swapping.load(engine.trained("d").sha256)

    assert (engine.turns.model.name, engine.alive) == ("b", ["a", "b", "d"])


async def test_a_model_that_cannot_be_loaded_changes_nothing(engine: Engine) -> None:
    engine.broken.add("b")

    with pytest.raises(NotLoadable, match="KeyError"):
        await engine.swapping.swap(engine.trained("b").sha256)

    assert (engine.turns.model.name, engine.swapping.serving.sha256) == ("a", "a" * 64)
    engine.broken.clear()
    await engine.swapping.swap("b" * 64)
    assert engine.turns.model.name == "b"


async def test_a_model_of_other_code_is_not_even_loaded(engine: Engine) -> None:
    loads = engine.loads

    with pytest.raises(OtherCode):
        await engine.swapping.swap(engine.trained("b", code="another").sha256)

    assert engine.loads == loads


async def test_what_is_in_service_cannot_be_read(engine: Engine) -> None:
    engine.trained("b")
    (engine.models / "service.json").write_text("{")

    with pytest.raises(ModelBroken):
        await engine.swapping.swap("b" * 64)

    assert engine.turns.model.name == "a"


async def test_an_engine_follows_what_is_in_service(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.swapping.FOLLOW_S", 0.01)
    write_service(engine.models, Service(engine.trained("b")))

    async with following(engine):
        await until(lambda: engine.turns.model.name == "b")


async def test_what_was_published_while_another_was_loaded_is_what_serves(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.swapping.FOLLOW_S", 0.01)
    served = []
    engine.turns = engine.swapping._turns = Watched(engine.turns.model, served)
    write_service(engine.models, Service(engine.trained("b")))
    engine.while_loading = lambda: published_meanwhile(engine)

    async with following(engine):
        await until(lambda: engine.turns.model.name == "c")

    assert served == ["c"]


async def test_what_cannot_be_served_is_tried_once_and_does_not_end_the_following(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.swapping.FOLLOW_S", 0.01)
    engine.broken.add("b")
    write_service(engine.models, Service(engine.trained("b")))

    async with following(engine):
        await until(lambda: engine.tries == ["b"])
        await asyncio.sleep(0.1)
        write_service(engine.models, Service(engine.trained("c")))
        await until(lambda: engine.turns.model.name == "c")

    assert engine.tries == ["b", "c"]


def published_meanwhile(engine: Engine) -> None:
    engine.while_loading = lambda: None
    write_service(engine.models, Service(engine.trained("c")))


class Watched:
    """Stands for the turns; keeps every model that was put in."""

    def __init__(self, model: Any, served: list[str]) -> None:
        self.__dict__["model"], self.__dict__["served"] = model, served

    def __setattr__(self, name: str, model: Any) -> None:
        self.served.append(model.name)
        self.__dict__[name] = model


@asynccontextmanager
async def following(engine: Engine) -> AsyncIterator[None]:
    task = asyncio.create_task(engine.swapping.follow())
    try:
        yield
    finally:
        task.cancel()


async def until(happened: Callable[[], bool]) -> None:
    for _ in range(3_000):
        if happened():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never happened")
