"""A busy desk measured: from a customer's message to his agent's screen and back, and how fast the queue opens.

A front process of its own with a database of its own; no engine, as people have the conversations. Times are those of
clients that behave as the browsers do, without the drawing.
"""

import asyncio
import secrets
import sys
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any, Callable, Iterator, Sequence

from base.database import Database
from base.ids import new_id
from base.percentile import percentile
from bench.desk_people import PASSWORD, DeskAgent, DeskCustomer
from bench.processes import free_ports, running, wait_until_ready
from bench.shop import make_demo_shop
from desk.passwords import hashed
from switchboard import agents, attending
from switchboard.body import Reply, body_of
from switchboard.models import CLOSED, Conversation, Handoff, Identity, Message, Person, StaffRequest

NO_LIMIT = "1000000"
ROWS_OF_PAST = 4
Step = Callable[[str], None]


@dataclass(frozen=True)
class DeskPlan:
    """How busy it is. `rounds`: messages and answers of each open conversation."""

    customers: int = 100
    agents: int = 10
    past: int = 5_000
    rounds: int = 3
    pages: int = 20
    pause_s: float = 2.0  # between two exchanges of an agent, on average


QUICK_DESK = DeskPlan(customers=6, agents=2, past=50, rounds=1, pages=3, pause_s=0.05)


@dataclass(frozen=True)
class DeskFigures:
    """Milliseconds: to the agent's screen, back to the customer's, both together; pages of the queue."""

    messages: int
    to_agent_p50: float
    to_agent_p95: float
    back_p50: float
    back_p95: float
    there_and_back_p50: float
    there_and_back_p95: float
    queue_p50: float
    queue_p95: float


def run_desk(plan: DeskPlan, folder: Path, step: Step) -> dict[str, Any]:
    """Measure; `{"plan": …, "figures": …}`.

    Raises:
        bench.processes.NotReady: the front did not start.
        bench.desk_people.Missing: something was not delivered: a desk that loses things has no figures.
    """
    url = f"sqlite:///{folder / 'sportello.db'}"
    make_demo_shop(url)
    database = Database(url)
    try:
        step("past")
        staff = _people(database, plan)
        with _front(url, folder) as address:
            step("load")
            figures = asyncio.run(_measure(plan, address, database, staff))
    finally:
        database.close()
    return {"plan": asdict(plan), "figures": asdict(figures)}


async def _measure(plan: DeskPlan, url: str, database: Database, staff: Sequence[agents.AtDesk]) -> DeskFigures:
    customers = [DeskCustomer() for _ in range(plan.customers)]
    for number, customer in enumerate(customers):
        await customer.open(url, f"10.0.{number >> 8 & 255}.{number & 255}")
    for number, customer in enumerate(customers):
        now = datetime.now(timezone.utc)
        agent = staff[number % len(staff)]
        await database.write(attending.accept, customer.conversation_id, agent, Reply("Eccomi."), now)
    desks = [DeskAgent(url) for _ in staff]
    for desk, agent in zip(desks, staff):
        await desk.sign_in(agent.email)
    try:
        shares = [customers[place :: len(desks)] for place in range(len(desks))]
        working = (_work(desk, share, plan, Random(place)) for place, (desk, share) in enumerate(zip(desks, shares)))
        times = await asyncio.gather(*working)
        pages = [await _timed(desks[number % len(desks)]) for number in range(plan.pages)]
    finally:
        await asyncio.gather(*(one.close() for one in (*desks, *customers)))
    return _figures([pair for some in times for pair in some], pages)


async def _work(
    desk: DeskAgent, customers: Sequence[DeskCustomer], plan: DeskPlan, chance: Random
) -> list[tuple[float, float]]:
    """An agent answers his customers, one after the other, all agents at the same time: `(to agent, back)` each."""
    times = []
    for _ in range(plan.rounds):
        for customer in customers:
            await asyncio.sleep(chance.uniform(0, 2 * plan.pause_s))
            await desk.watch(customer.conversation_id)
            asked, answered = f"domanda {secrets.token_hex(6)}", f"risposta {secrets.token_hex(6)}"
            on_screen = desk.awaits(asked)
            began = time.perf_counter()
            await customer.say(asked)
            seen = await on_screen.at()
            back = customer.awaits(answered)
            sent = time.perf_counter()
            await desk.reply(answered)
            times.append((seen - began, await back.at() - sent))
    return times


async def _timed(desk: DeskAgent) -> float:
    began = time.perf_counter()
    await desk.page("/desk/")
    return time.perf_counter() - began


def _figures(times: Sequence[tuple[float, float]], pages: Sequence[float]) -> DeskFigures:
    def of(seconds: Sequence[float], share: int) -> float:
        return round(percentile([one * 1000 for one in seconds], share), 1)

    there, back = [one for one, _ in times], [one for _, one in times]
    both = [one + other for one, other in times]
    spread = [of(some, share) for some in (there, back, both, pages) for share in (50, 95)]
    return DeskFigures(len(times), *spread)


def _people(database: Database, plan: DeskPlan) -> list[agents.AtDesk]:
    """Agents, and conversations of the past with a handoff each."""
    now = datetime.now(timezone.utc)
    with database.writing() as session:
        hash_ = hashed(PASSWORD)
        ids = [
            agents.add(session, f"agente{number}@shop.example", f"Agente {number}", agents.SUPERVISOR, hash_, now)
            for number in range(plan.agents)
        ]
        staff = [found for id_ in ids if (found := agents.find(session, id_))]
        rows: dict[Any, list[dict[str, Any]]] = {}
        for number in range(plan.past):
            for table, row in _past(number, now - timedelta(minutes=10 * (plan.past - number)), ids[0]):
                rows.setdefault(table, []).append(row)
        for table, some in rows.items():
            if some:
                session.execute(table.__table__.insert(), some)
    return staff


def _past(number: int, at: datetime, agent_id: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    """One conversation of the past: a customer, four rows, and a handoff that was dealt with."""
    person, identity, conversation = new_id("pe"), new_id("id"), new_id("cv")
    yield Person, {"id": person, "created_at": at}
    yield (
        Identity,
        {"id": identity, "person_id": person, "kind": "web", "value": f"ws_{secrets.token_hex(8)}", "created_at": at},
    )
    end = at + timedelta(minutes=5)
    yield (
        Conversation,
        {
            "id": conversation,
            "person_id": person,
            "identity_id": identity,
            "owner": CLOSED,
            "version": 3,
            "last_seq": ROWS_OF_PAST,
            "read_seq": ROWS_OF_PAST,
            "opened_at": at,
            "last_at": end,
            "closed_at": end,
        },
    )
    for seq in range(1, ROWS_OF_PAST + 1):
        yield (
            Message,
            {
                "id": new_id("ms"),
                "conversation_id": conversation,
                "seq": seq,
                "author_kind": ("bot", "customer", "agent", "system")[seq - 1],
                "channel": "web",
                "body": body_of(f"messaggio {seq} della conversazione {number}"),
                "created_at": at + timedelta(minutes=seq),
            },
        )
    yield (
        StaffRequest,
        {
            "number": number + 1,
            "key": f"past:{number}",
            "conversation_id": conversation,
            "reason": "asked",
            "about": {},
            "created_at": at,
            "closed_at": end,
        },
    )
    yield (
        Handoff,
        {
            "id": new_id("ho"),
            "conversation_id": conversation,
            "number": number + 1,
            "reason": "asked",
            "about": {},
            "asked_at": at,
            "asked_seq": 2,
            "waits_from": at,
            "ranks_from": at,
            "accepted_at": at + timedelta(minutes=1),
            "accepted_by": agent_id,
            "ended_at": end,
            "ending": "closed",
            "outcome": "solved",
        },
    )


@contextmanager
def _front(database_url: str, folder: Path) -> Iterator[str]:
    front, engine = free_ports(2)
    env = {
        "SPORTELLO_DEV": "",
        "SPORTELLO_HOST": "127.0.0.1",
        "SPORTELLO_PORT": str(front),
        "SPORTELLO_ENGINE_PORT": str(engine),
        "SPORTELLO_VAR": str(folder),
        "SPORTELLO_SECRET": secrets.token_hex(32),
        "SPORTELLO_ENGINE_SECRET": secrets.token_hex(32),
        "SPORTELLO_FRONT_ID": new_id("bench"),
        "SPORTELLO_PROXIES": "1",
        "SPORTELLO_MESSAGES_PER_MINUTE": NO_LIMIT,
        "SPORTELLO_SESSIONS_PER_MINUTE": NO_LIMIT,
        "DATABASE_URL": database_url,
    }
    with running([sys.executable, "-m", "front"], env, folder / "front.out") as process:
        wait_until_ready([process], [f"http://127.0.0.1:{front}/health"], folder / "front.out")
        yield f"http://127.0.0.1:{front}"
