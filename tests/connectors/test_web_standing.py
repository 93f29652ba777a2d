"""Who answers in a web chat: the assistant, nobody yet from a place in the queue, or a person by name."""

from datetime import timedelta
from typing import Any

from base.clock import FixedClock
from base.database import Database
from switchboard import attending
from switchboard.models import Identity
from tests.connectors.web_server import Server, connected
from tests.front.fake_engine import until
from tests.switchboard.desk import JOINED, agent, hand_over


def session_of(database: Database) -> str:
    """The id of the one web session there is."""
    with database.reading() as session:
        return session.query(Identity.value).filter(Identity.kind == "web").scalar()


def session_of_other(database: Database, known: str) -> str:
    """The id of the one web session that is not `known`."""
    with database.reading() as session:
        found = session.query(Identity.value).filter(Identity.kind == "web", Identity.value != known)
        return found.scalar()


async def test_a_chat_is_told_its_place_which_gets_better_and_then_a_name(
    database: Database, clock: FixedClock
) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        opened = await client.open()
        await until(lambda: client.standing)
        with database.writing() as session:
            giulia = agent(session, "Giulia", clock.now())
            first = hand_over(session, clock.now(), "ws_before")
        clock.move(timedelta(seconds=1))
        own = session_of_other(database, "ws_before")
        with database.writing() as session:
            conversation_id = hand_over(session, clock.now(), own)
        await until(lambda: [told["position"] for told in client.standing] == [None, 2])

        with database.writing() as session:
            attending.accept(session, first, giulia, JOINED, clock.now())
        await until(lambda: client.standing[-1]["position"] == 1)
        with database.writing() as session:
            attending.accept(session, conversation_id, giulia, JOINED, clock.now())
        await until(lambda: client.standing[-1]["who"] == "agent")

    assert opened["conversation"] == conversation_id
    assert [(told["who"], told["name"], told["position"]) for told in client.standing] == [
        ("bot", None, None),
        ("waiting", None, 2),
        ("waiting", None, 1),
        ("agent", "Giulia", None),
    ]


async def test_that_a_customer_writes_is_told_only_where_a_person_answers(
    database: Database, clock: FixedClock
) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        await client.open()
        nobody: Any = await client.call("typing", {"on": True})
        with database.writing() as session:
            giulia = agent(session, "Giulia", clock.now())
        own = session_of(database)
        with database.writing() as session:
            conversation_id = hand_over(session, clock.now(), own)
            attending.accept(session, conversation_id, giulia, JOINED, clock.now())
        await until(lambda: client.standing and client.standing[-1]["who"] == "agent")

        await client.call("typing", {"on": True})
        await client.call("typing", {"on": False})
        refused = await client.call("typing", {"on": "yes"})

    assert nobody == {"ok": True} and refused["error"]["code"] == "bad_request"
    assert server.customers_typing == [(conversation_id, True), (conversation_id, False)]
