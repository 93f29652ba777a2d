"""Sockets that are too many, and sockets that nobody uses."""

import aiohttp

from base.clock import FixedClock
from base.database import Database
from connectors.web_events import WebLimits
from connectors.web_sockets import Connection, Sockets
from connectors.web_unused import UnusedSockets
from tests.connectors.web_server import Server, connected
from tests.front.fake_engine import until

FEW = WebLimits(messages_per_minute=1_000, sessions_per_minute=1_000, chats_of_address=2)
OPEN, CLOSE = "0", "1"  # packets of Engine.IO


class Time:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


async def test_one_address_has_only_so_many_chats_open(database: Database, clock: FixedClock) -> None:
    server = Server(database, clock, limits=FEW)
    async with server.serving(), connected(server.port) as one, connected(server.port) as three:
        await one.open()
        async with connected(server.port) as two:
            opened = await two.open()
            refused = await three.open()
            renewed = await two.open(opened["session"])
        await until(lambda: len(server.web.sockets) == 2)
        welcome = await three.open()

    assert refused["error"] == {"code": "too_many", "text": "Testo di too_many.", "retry_after": 30}
    assert renewed["ok"] and welcome["ok"]


async def test_whoever_leaves_makes_room(database: Database, clock: FixedClock) -> None:
    server = Server(database, clock, limits=FEW)
    async with server.serving(), connected(server.port) as one, connected(server.port) as two:
        await one.open()
        await two.open()
        await one.call("leave")
        again = await one.open()

    assert again["ok"]


async def test_sockets_without_a_session_are_closed_after_a_minute(database: Database, clock: FixedClock) -> None:
    time = Time()
    async with Server(database, clock).serving() as server, aiohttp.ClientSession() as http:
        unused = UnusedSockets(server.web.server, server.web.sockets, now=time)
        address = f"http://127.0.0.1:{server.port}/socket.io/?EIO=4&transport="
        async with (
            connected(server.port) as chatting,
            connected(server.port) as silent,
            connected(server.port) as left,
            http.ws_connect(f"{address}websocket") as bare,  # never gets as far as Socket.IO
        ):
            await (await http.get(f"{address}polling")).read()  # opened, and never asked again
            await chatting.open()
            await left.open()
            await unused.close()
            time.now += 59
            await left.call("leave")
            await unused.close()
            assert len(server.web.server.eio.sockets) == 5
            time.now += 1
            await unused.close()
            await until(lambda: not silent.socket.connected and len(server.web.sockets) == 2)
            assert [(await bare.receive_str())[0] for _ in range(2)] == [OPEN, CLOSE]
            assert left.socket.connected and (await chatting.say("ciao"))["ok"]
            time.now += 60
            await unused.close()
            await until(lambda: not left.socket.connected)
            assert (await chatting.say("ci sono"))["ok"]


def test_a_socket_is_found_by_what_it_is_now() -> None:
    sockets = Sockets()
    connection = Connection("s1", "home")
    sockets.add(connection)
    sockets.belong(connection, "ws_anna", "token")
    sockets.show(connection, "cv_1")
    sockets.show(connection, "cv_2")

    assert (sockets.showing("cv_1"), sockets.showing("cv_2")) == ((), (connection,))
    assert (sockets.of_session("ws_anna"), sockets.in_use_from("home")) == ((connection,), 1)

    sockets.drop("s1")

    assert (len(sockets), sockets.sessions(), sockets.conversations(), sockets.in_use_from("home")) == (0, [], [], 0)


def test_a_socket_that_closed_meanwhile_is_not_taken_up_again() -> None:
    sockets = Sockets()
    connection = Connection("s1", "home")
    sockets.add(connection)
    sockets.drop("s1")
    sockets.belong(connection, "ws_anna", "token")
    sockets.show(connection, "cv_1")

    assert (sockets.sessions(), sockets.conversations(), sockets.in_use_from("home")) == ([], [], 0)
