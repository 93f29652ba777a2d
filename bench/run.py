"""A whole measurement: start both sides, load them in turn, round after round, and put the figures together.

While one side is loaded the other one is up and idle. What happens to the computer meanwhile happens to both.
"""

import asyncio
import os
import platform
import tempfile
from collections import Counter
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any, Awaitable, Callable, Iterator, Optional, Protocol, Sequence

from base.settings import ROOT
from bench.figures import RoundFigures, over_rounds, ratio, round_figures
from bench.load import Fault, Load, Talk, closed_loop, open_loop
from bench.parsing import parse_times
from bench.processes import CpuMeter, Memory, memory
from bench.script import REGISTER, Conversation, conversations
from bench.sportello import NAME as SPORTELLO
from bench.sportello import running_sportello
from bench.stock import NAME as STOCK
from bench.stock import running_stock
from bench.stock_model import StockModel, is_kept, stock_model
from bench.training import training_times
from engine.models import ModelInfo, usable_model
from switchboard.texts import Texts

RESPONSES = ROOT / "data" / "responses"
ONE_LONG, OPEN_LOOP = "long", "open"
RATIOS = ("p50_ms", "p95_ms", "database_p50_ms", "turns_per_s", "cpu_ms_per_turn")
SHOWN_FAULTS = 20  # of each side, as examples


@dataclass(frozen=True)
class Plan:
    """What to measure.

    Attributes:
        closed: how many conversations each customer has in a round, by the number of customers at once.
        long: how often the one customer with a long conversation goes on in it.
        open_talks: how many conversations the open loop has in a round, with `rate` messages a second altogether.
        warm_up: how many customers have a conversation that is not counted, before the first round.
        store: where the stock Rasa keeps its conversations, see `bench.stock.STORES`.
        training: whether to measure how long Sportello's training takes.
    """

    rounds: int = 5
    closed: dict[int, int] = field(default_factory=lambda: {1: 10, 8: 4, 32: 1})
    long: int = 10
    open_talks: int = 12
    rate: float = 6.0
    warm_up: int = 8
    stock: bool = True
    store: str = "memory"
    training: bool = True


@dataclass(frozen=True)
class Kind:
    """One kind of load: so many conversations, `times` as long as usual, and what is done with them."""

    name: str
    conversations: int
    load: Callable[[Sequence[Talk]], Awaitable[Load]]
    times: int = 1


QUICK = Plan(rounds=1, closed={1: 1, 4: 1}, long=2, open_talks=2, warm_up=1, training=False)

# Shown while it lasts: what is being done (part of a key of the caller's texts), and the values that go with it.
Step = Callable[..., AbstractContextManager]


class Side(Protocol):
    """A running Sportello or a running stock Rasa."""

    ready_s: float

    async def ready(self, conversations: Sequence[Conversation]) -> list[Talk]:
        """A customer, ready to begin, for each conversation."""

    def processes(self) -> list[int]:
        """The process ids of the whole side."""


@dataclass
class Results:
    """What was found out about one side."""

    rounds: dict[str, list[RoundFigures]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    memory: tuple[Memory, ...] = ()

    def add(self, kind: str, load: Load, figures: RoundFigures) -> None:
        """One more round of one kind of load."""
        self.rounds.setdefault(kind, []).append(figures)
        self.faults.extend(turn.fault for turn in load.turns if turn.fault)


def run(plan: Plan, models: Path, cache: Path, step: Step) -> dict[str, Any]:
    """Measure as `plan` says; the report is described in docs/bench.md.

    Args:
        models: folder of Sportello's trained model, which has to be usable.
        cache: folder in which stock models are kept.

    Raises:
        engine.models.ModelError: there is no usable model.
        bench.processes.ProcessFailed: a program did not start or a training failed.
    """
    began, model = datetime.now(timezone.utc), usable_model(models)
    stock = _stock_model(cache, step) if plan.stock else None
    with tempfile.TemporaryDirectory(prefix="sportello-bench-") as name:
        folder = Path(name)
        training = {
            SPORTELLO: _training(folder, step) if plan.training else None,
            STOCK: {"from_nothing_s": stock.seconds, "cpu_s": stock.cpu_s} if stock else None,
        }
        with step("parse"):
            parse = asdict(parse_times(model.path, folder))
        with ExitStack() as stack:
            sides = dict(_started(plan, folder, model, stock, step, stack))
            results = asyncio.run(_measured(plan, sides, step))
    return {
        "began": began.isoformat(timespec="seconds"),
        "computer": _computer(),
        "plan": asdict(plan),
        "sides": {name: _side_report(side, results[name], training[name]) for name, side in sides.items()},
        "parse": parse,
        "ratios": _ratios(results[SPORTELLO], results[STOCK]) if stock else None,
    }


def _stock_model(cache: Path, step: Step) -> StockModel:
    if is_kept(cache):
        return stock_model(cache)
    with step("stock_training"):
        return stock_model(cache)


def _training(folder: Path, step: Step) -> dict[str, Any]:
    with step("training"):
        return asdict(training_times(folder))


def _started(
    plan: Plan, folder: Path, model: ModelInfo, stock: Optional[StockModel], step: Step, stack: ExitStack
) -> Iterator[tuple[str, Side]]:
    with step("start", side=SPORTELLO):
        yield SPORTELLO, stack.enter_context(running_sportello(folder / SPORTELLO, model))
    if stock:
        with step("start", side=STOCK):
            yield STOCK, stack.enter_context(running_stock(folder / STOCK, stock.path, plan.store))


async def _measured(plan: Plan, sides: dict[str, Side], step: Step) -> dict[str, Results]:
    texts = Texts.load(RESPONSES, REGISTER)
    results = {name: Results() for name in sides}
    for name, side in sides.items():
        with step("warm_up", side=name):
            await _round(side, sides, texts, _closed(plan.warm_up, 1))
    for number in range(1, plan.rounds + 1):
        for kind in _kinds(plan, number):
            for name, side in sides.items():
                with step("round", side=name, load=kind.name, number=number, rounds=plan.rounds):
                    load, figures = await _round(side, sides, texts, kind)
                    results[name].add(kind.name, load, figures)
    for name, side in sides.items():
        results[name].memory = memory(side.processes())
    return results


async def _round(side: Side, sides: dict[str, Side], texts: Texts, kind: Kind) -> tuple[Load, RoundFigures]:
    """One load on one side. Chats are opened before and closed after what is measured."""
    talks = await side.ready(conversations(texts, kind.conversations, kind.times))
    try:
        meter = CpuMeter(side.processes(), [pid for one in sides.values() for pid in one.processes()])
        load = await kind.load(talks)
        return load, round_figures(load, *meter.used())
    finally:
        for talk in talks:
            await talk.customer.close()


def _kinds(plan: Plan, number: int) -> Iterator[Kind]:
    """All loads of one round; the same for every side."""
    for customers, each in plan.closed.items():
        yield _closed(customers, each)
    yield Kind(ONE_LONG, 1, lambda talks: closed_loop([talks]), plan.long)
    yield Kind(OPEN_LOOP, plan.open_talks, lambda talks: open_loop(talks, plan.rate, seed=number))


def _closed(customers: int, each: int) -> Kind:
    """So many customers, each with so many conversations one after the other."""
    return Kind(
        str(customers),
        customers * each,
        lambda talks: closed_loop([talks[place::customers] for place in range(customers)]),
    )


def _side_report(side: Side, results: Results, training: Optional[dict[str, Any]]) -> dict[str, Any]:
    kinds = Counter(fault.kind for fault in results.faults)
    return {
        "ready_s": round(side.ready_s, 1),
        "training": training,
        "loads": {name: over_rounds(rounds) for name, rounds in results.rounds.items()},
        "memory_mib": [asdict(process) for process in results.memory],
        "turns": sum(one.turns for rounds in results.rounds.values() for one in rounds),
        "wrong": kinds["wrong"],
        "missing": kinds["missing"],
        "faults": [asdict(fault) for fault in results.faults[:SHOWN_FAULTS]],
    }


def _ratios(ours: Results, theirs: Results) -> dict[str, dict[str, Optional[float]]]:
    """Sportello's figures divided by stock Rasa's, load by load."""
    return {
        name: {figure: ratio(rounds, theirs.rounds[name], figure) for figure in RATIOS}
        for name, rounds in ours.rounds.items()
    }


def _computer() -> dict[str, Any]:
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "processors": os.cpu_count(),
        "model": models[0].partition(":")[2].strip() if models else platform.machine(),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20,
        "python": platform.python_version(),
        "rasa": version("rasa"),
        "sportello": version("sportello"),
    }
