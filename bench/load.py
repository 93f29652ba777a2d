"""Customers who talk to one side: each speaking as soon as it is answered, or at times fixed beforehand."""

import asyncio
import random
import time
from dataclasses import dataclass
from typing import Optional, Protocol, Sequence

from bench.script import Conversation, Line

ANSWER_S = 30.0  # after that the answer is missing


class NoAnswer(Exception):
    """The message was refused, or nothing came back in `ANSWER_S`."""


class Customer(Protocol):
    """Somebody with one open conversation."""

    async def say(self, text: str) -> tuple[str, float]:
        """Send a message; the whole answer, and the moment (`time.perf_counter`) at which its last words were here.

        Raises:
            NoAnswer: see there.
        """

    async def close(self) -> None:
        """Leave."""


@dataclass(frozen=True)
class Talk:
    """A conversation that a customer is ready to have."""

    customer: Customer
    lines: Conversation


@dataclass(frozen=True)
class Fault:
    """A turn that went wrong: `kind` is `wrong` or `missing`."""

    kind: str
    said: str
    expected: str
    got: str


@dataclass(frozen=True)
class TimedTurn:
    """One turn: milliseconds from when it was due to the last words of its answer."""

    ms: float
    reads_database: bool
    fault: Optional[Fault]


@dataclass(frozen=True)
class Load:
    """Everything that was said in one go, and the seconds it took."""

    turns: tuple[TimedTurn, ...]
    seconds: float


async def closed_loop(customers: Sequence[Sequence[Talk]]) -> Load:
    """Each customer has its talks one after the other, without a pause."""

    async def one(talks: Sequence[Talk]) -> list[TimedTurn]:
        return [await _turn(talk.customer, line, time.perf_counter()) for talk in talks for line in talk.lines]

    return await _together([one(talks) for talks in customers])


async def open_loop(talks: Sequence[Talk], per_second: float, seed: int) -> Load:
    """Messages come at random moments (Poisson), `per_second` on average, taken from the talks in turn.

    A message that has to wait because its conversation is still being answered counts from the moment it was due:
    a side that falls behind cannot hide it.
    """
    due = _poisson(sum(len(talk.lines) for talk in talks), per_second, random.Random(seed))
    began = time.perf_counter()

    async def one(talk: Talk, moments: Sequence[float]) -> list[TimedTurn]:
        turns = []
        for line, moment in zip(talk.lines, moments):
            await asyncio.sleep(max(0.0, began + moment - time.perf_counter()))
            turns.append(await _turn(talk.customer, line, began + moment))
        return turns

    return await _together([one(talk, due[place :: len(talks)]) for place, talk in enumerate(talks)])


async def _together(customers: list) -> Load:
    began = time.perf_counter()
    turns = await asyncio.gather(*customers)
    return Load(tuple(turn for some in turns for turn in some), time.perf_counter() - began)


async def _turn(customer: Customer, line: Line, due: float) -> TimedTurn:
    fault = None
    try:
        text, ended = await customer.say(line.say)
        if not line.is_answered_by(text):
            fault = Fault("wrong", line.say, line.answer, text)
    except NoAnswer as error:
        ended, fault = time.perf_counter(), Fault("missing", line.say, line.answer, str(error))
    return TimedTurn((ended - due) * 1000, line.reads_database, fault)


def _poisson(count: int, per_second: float, chance: random.Random) -> list[float]:
    moments, now = [], 0.0
    for _ in range(count):
        now += chance.expovariate(per_second)
        moments.append(now)
    return moments
