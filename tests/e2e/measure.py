"""Measures a whole running Sportello: `python -m tests.e2e.measure [TURNS]` prints one JSON object.

A turn is timed at the customer's end, from sending the message to the first row of the answer, through the web channel.
Figures are milliseconds, mebibytes and seconds; nothing is asserted here, machines differ.
"""

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Optional

import socketio

from tests.e2e.stack import Stack, running

WARM_UP = 20
OPEN_CHATS = 100
CHILDREN = ("front", "engine", "actions")
QUESTION = "dov'è il mio ordine 104233?"
EMAIL = "anna.rossi@example.it"


class TimedCustomer:
    """A connected customer that notices when the first row of an answer comes."""

    def __init__(self) -> None:
        self._socket = socketio.AsyncClient()
        self._answered = asyncio.Event()
        self._sent = 0
        self._socket.on("rows", self._rows)

    async def open(self, url: str) -> None:
        await self._socket.connect(url, transports=["websocket"])
        await self._socket.call("session_request", {"session_id": None, "protocol": 1, "since": 0})

    async def turn_ms(self, text: str) -> float:
        """Say `text`; milliseconds until the assistant's first row. Then waits until the turn is over."""
        self._answered.clear()
        began = time.perf_counter()
        await self._socket.call("user_uttered", {"message": text})
        await asyncio.wait_for(self._answered.wait(), 30)
        return (time.perf_counter() - began) * 1000

    async def close(self) -> None:
        await self._socket.disconnect()

    async def _rows(self, data: dict[str, Any]) -> None:
        if any(row["author_kind"] == "bot" for row in data["rows"]):
            self._answered.set()


async def main(turns: int) -> None:
    var = Path(tempfile.mkdtemp())
    limits = {"SPORTELLO_MESSAGES_PER_MINUTE": "1000000", "SPORTELLO_SESSIONS_PER_MINUTE": "1000000"}
    with running(var, **limits) as stack:
        began = time.perf_counter()
        await stack.until_ready()
        start_s = time.perf_counter() - began
        figures: dict[str, Any] = {"ready_s": round(start_s, 1), "memory_mib": {"idle": _memory(stack)}}
        figures["long_conversation"] = await _long_conversation(stack, turns)
        figures["together"] = {str(n): await _together(stack, n) for n in (1, 8, 32)}
        chats = [TimedCustomer() for _ in range(OPEN_CHATS)]
        for chat in chats:
            await chat.open(stack.url)
            await chat.turn_ms("ciao")
        figures["memory_mib"][f"{OPEN_CHATS}_open_chats"] = _memory(stack)
        for chat in chats:
            await chat.close()
    print(json.dumps(figures, indent=2))


async def _long_conversation(stack: Stack, turns: int) -> dict[str, Any]:
    """Turns with an action that reads the database, all in one conversation."""
    customer = TimedCustomer()
    await customer.open(stack.url)
    await customer.turn_ms(QUESTION)
    await customer.turn_ms(EMAIL)
    for _ in range(WARM_UP):
        await customer.turn_ms(QUESTION)
    took = [await customer.turn_ms(QUESTION) for _ in range(turns)]
    await customer.close()
    tenth = max(1, turns // 10)
    cuts = quantiles(took, n=100)
    return {
        "turns": turns,
        "ms_p50": round(median(took), 1),
        "ms_p95": round(cuts[94], 1),
        "ms_p99": round(cuts[98], 1),
        "first_tenth_ms_p50": round(median(took[:tenth]), 1),
        "last_tenth_ms_p50": round(median(took[-tenth:]), 1),
    }


async def _together(stack: Stack, customers: int, each: int = 25) -> dict[str, Any]:
    """So many customers at once, each speaking again as soon as it is answered."""
    cpu = _cpu_s(stack)

    async def one() -> list[float]:
        customer = TimedCustomer()
        await customer.open(stack.url)
        await customer.turn_ms(QUESTION)
        await customer.turn_ms(EMAIL)
        took = [await customer.turn_ms(QUESTION) for _ in range(each)]
        await customer.close()
        return took

    began = time.perf_counter()
    took = [ms for result in await asyncio.gather(*(one() for _ in range(customers))) for ms in result]
    seconds, turns = time.perf_counter() - began, customers * (each + 2)
    return {
        "turns_per_s": round(turns / seconds, 1),
        "ms_p50": round(median(took), 1),
        "ms_p95": round(quantiles(took, n=100)[94], 1),
        "cpu_ms_per_turn": round((_cpu_s(stack) - cpu) * 1000 / turns, 1),
    }


def _memory(stack: Stack) -> dict[str, Optional[int]]:
    """Resident memory of each process, MiB."""
    return {child: _status_kib(pid) // 1024 if (pid := stack.pid_of(child)) else None for child in CHILDREN}


def _status_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def _cpu_s(stack: Stack) -> float:
    """Processor seconds used so far by the three processes."""
    ticks = 0
    for child in CHILDREN:
        fields = Path(f"/proc/{stack.pid_of(child)}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / 100


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
