"""Customers in a hurry and customers who come at random; what goes wrong is counted."""

import asyncio
import re
from typing import Optional

from bench.load import NoAnswer, Talk, closed_loop, open_loop
from bench.script import Line

ANSWER_S = 0.05


def line(answer: str = "ciao") -> Line:
    return Line("salve", "utter_greet", re.compile(answer), reads_database=False)


class Speaker:
    """Answers "ciao" after `seconds`, or not at all; knows how many were being answered at the same time."""

    busy = most_busy = 0

    def __init__(self, seconds: float = 0.0, refused: Optional[str] = None) -> None:
        self._seconds, self._refused = seconds, refused

    async def say(self, _text: str) -> tuple[str, float]:
        Speaker.busy += 1
        Speaker.most_busy = max(Speaker.most_busy, Speaker.busy)
        await asyncio.sleep(self._seconds)
        Speaker.busy -= 1
        if self._refused:
            raise NoAnswer(self._refused)
        return "ciao", asyncio.get_running_loop().time()

    async def close(self) -> None:
        """Nothing to leave."""


async def test_every_customer_says_everything_and_all_speak_together() -> None:
    Speaker.most_busy = 0
    customers = [[Talk(Speaker(ANSWER_S), (line(), line()))] for _ in range(3)]

    load = await closed_loop(customers)

    assert len(load.turns) == 6
    assert Speaker.most_busy == 3
    assert load.seconds >= 2 * ANSWER_S


async def test_one_customer_has_one_conversation_after_the_other() -> None:
    Speaker.most_busy = 0

    load = await closed_loop([[Talk(Speaker(ANSWER_S), (line(),)) for _ in range(3)]])

    assert (len(load.turns), Speaker.most_busy) == (3, 1)


async def test_a_wrong_answer_and_a_missing_one_are_told_apart() -> None:
    talks = [Talk(Speaker(), (line(answer="arrivederci"),)), Talk(Speaker(refused="timeout"), (line(),))]

    load = await closed_loop([talks])

    assert [(turn.fault.kind, turn.fault.got) for turn in load.turns] == [("wrong", "ciao"), ("missing", "timeout")]


async def test_a_slow_side_cannot_hide_messages_that_had_to_wait() -> None:
    """All three are due at once, nearly; each is answered in 50 ms, but the last one was answered after 150."""
    load = await open_loop([Talk(Speaker(ANSWER_S), (line(), line(), line()))], per_second=100_000, seed=1)

    waited = [turn.ms for turn in load.turns]
    assert waited[0] >= ANSWER_S * 1000 - 1
    assert waited[2] >= 3 * ANSWER_S * 1000 - 1


async def test_the_open_loop_keeps_its_rate_whatever_the_answers_take() -> None:
    talks = [Talk(Speaker(), (line(), line())) for _ in range(10)]

    load = await open_loop(talks, per_second=100, seed=3)

    assert len(load.turns) == 20
    assert load.seconds > 0.1
