"""What a client sees of the past: pages upward, everything after a sleep, and how far a person has read."""

import pytest

from base.clock import FixedClock
from base.database import Database
from base.ids import new_id
from switchboard import log, people
from switchboard.body import body_of
from switchboard.history import CATCH_UP, PAGE
from switchboard.models import CLOSED, Conversation, Message
from switchboard.ownership import change_owner
from tests.connectors.web_server import NO_LIMITS, Client, Server, connected
from tests.front.fake_engine import until


def write(database: Database, conversation_id: str, rows: int, clock: FixedClock) -> None:
    """Rows of the assistant's, all at once."""
    with database.writing() as session:
        conversation = people.lock_conversation(session, conversation_id)
        for seq in range(conversation.last_seq + 1, conversation.last_seq + rows + 1):
            message = Message(id=new_id("ms"), conversation_id=conversation_id, seq=seq, author_kind="bot")
            message.channel, message.created_at, message.body = "web", clock.now(), body_of(f"riga {seq} " * 40)
            session.add(message)
        people.change_held(session, conversation, last_seq=conversation.last_seq + rows)


def close(database: Database, conversation_id: str, clock: FixedClock) -> None:
    with database.writing() as session:
        change_owner(session, conversation_id, 1, CLOSED, clock.now())


async def scroll_up(client: Client, opened: dict) -> list[tuple[str, int]]:
    """`(conversation, seq)` of everything a client finds above and in what it was given first."""
    seen = [(opened["conversation"], row["seq"]) for row in opened["rows"]]
    page = opened
    while page["previous"]:
        oldest = {"conversation": page["conversation"], "before": page["first_seq"]}
        page = await client.call("rows_before", oldest)
        assert page["ok"] and page["first_seq"] == page["rows"][0]["seq"]
        seen = [(page["conversation"], row["seq"]) for row in page["rows"]] + seen
    return seen


async def test_a_long_history_is_shown_page_by_page(database: Database, clock: FixedClock) -> None:
    server = Server(database, clock, limits=NO_LIMITS)
    async with server.serving(), connected(server.port) as client:
        first = await client.open()
        write(database, first["conversation"], 130, clock)
        close(database, first["conversation"], clock)
        second = await client.open(first["session"])
        write(database, second["conversation"], 69, clock)
        opened = await client.open(first["session"])
        seen = await scroll_up(client, opened)

    assert len(opened["rows"]) == PAGE and (opened["first_seq"], opened["last_seq"]) == (21, 70)
    assert seen == [
        *((first["conversation"], seq) for seq in range(1, 132)),
        *((second["conversation"], seq) for seq in range(1, 71)),
    ]


async def test_a_new_customer_has_no_past(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        opened = await client.open()
        page = await client.call("rows_before", {"conversation": opened["conversation"], "before": 1})

    assert (opened["first_seq"], opened["previous"], opened["read_seq"]) == (1, False, 0)
    assert (page["ok"], page["rows"], page["previous"]) == (True, [], False)


async def test_the_past_of_somebody_else_is_refused(database: Database, clock: FixedClock) -> None:
    async with (
        Server(database, clock).serving() as server,
        connected(server.port) as owner,
        connected(server.port) as thief,
    ):
        mine = await owner.open()
        unknown = await thief.call("rows_before", {"conversation": mine["conversation"], "before": 2})
        await thief.open()
        answers = [
            await thief.call("rows_before", {"conversation": conversation, "before": before})
            for conversation in (mine["conversation"], "cv_unknown", "", None, 7)
            for before in (1, 2)
        ]

    assert unknown["error"]["code"] == "no_session"
    assert {answer["error"]["code"] for answer in answers} == {"bad_request"}


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_five_thousand_rows_slept_through_arrive_once_and_in_order(
    database: Database, clock: FixedClock, transport: str
) -> None:
    async with Server(database, clock).serving() as server:
        async with connected(server.port) as client:
            opened = await client.open()
        write(database, opened["conversation"], 5_000, clock)
        async with connected(server.port, transports=(transport,)) as client:
            answer = await client.open(opened["session"], since=1)
            await client.say("ci sono")
            await until(lambda: len(client.rows) == 5_001, 60)

    assert len(answer["rows"]) == CATCH_UP and answer["last_seq"] == 5_001
    assert [row["seq"] for row in client.rows] == list(range(2, 5_003))


async def test_what_a_client_asks_for_again_is_followed_by_the_rest(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        opened = await client.open()
        write(database, opened["conversation"], CATCH_UP + 20, clock)
        await until(lambda: len(client.rows) == CATCH_UP + 21)
        client.rows.clear()
        answer = await client.call("rows_since", {"since": 5})
        await until(lambda: client.rows)

    seen = [row["seq"] for row in [*answer["rows"], *client.rows]]
    assert seen == list(range(6, CATCH_UP + 22)) and answer["last_seq"] == CATCH_UP + 21


async def test_the_client_hears_how_far_a_person_has_read(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        opened = await client.open()
        await client.say("ciao")
        for seq in (1, 2, 1):
            with database.writing() as session:
                log.mark_read(session, opened["conversation"], seq)
            await until(lambda: client.read)
        await until(lambda: client.read[-1]["seq"] == 2)
        async with connected(server.port) as second:
            again = await second.open(opened["session"])

    assert client.read[-1] == {"conversation": opened["conversation"], "seq": 2}
    assert [event["seq"] for event in client.read] in ([1, 2], [2])
    assert again["read_seq"] == 2 and not second.read


async def test_a_tab_on_another_front_follows_into_the_next_conversation(database: Database, clock: FixedClock) -> None:
    here, there = Server(database, clock), Server(database, clock)
    async with here.serving(), there.serving(), connected(here.port) as one, connected(there.port) as two:
        opened = await one.open()
        await two.open(opened["session"])
        close(database, opened["conversation"], clock)
        two.rows.clear()
        accepted = await one.say("eccomi di nuovo")
        await until(lambda: len(two.rows) == 2)

    with database.reading() as session:
        assert session.get(Conversation, accepted["conversation"]).closed_at is None
    assert two.texts[-1] == "eccomi di nuovo" and two.typing[-1]["on"] is False
