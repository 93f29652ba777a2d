"""Beginning again and leaving as clients see it, with other tabs and on other fronts."""

import asyncio

import pytest

from base.clock import FixedClock
from base.database import Database
from switchboard import turns
from switchboard.body import Reply
from switchboard.models import CLOSED, WAITING, Conversation
from switchboard.ownership import change_owner
from tests.connectors.web_server import NO_LIMITS, TEXTS, Server, connected
from tests.front.fake_engine import until
from tests.switchboard.helpers import texts_of

WELCOME = TEXTS.render("utter_welcome", "").text
EVENTS = (
    ("user_uttered", {"message": "ciao"}),
    ("rows_since", {"since": 0}),
    ("rows_before", {"conversation": "cv_any", "before": 1}),
    ("restart", {}),
)


def owner_of(database: Database, conversation_id: str) -> str:
    with database.reading() as session:
        return session.get(Conversation, conversation_id).owner


async def test_beginning_again_shows_a_new_welcome_in_every_tab(database: Database, clock: FixedClock) -> None:
    async with (
        Server(database, clock).serving() as server,
        connected(server.port) as one,
        connected(server.port) as two,
    ):
        opened = await one.open()
        await two.open(opened["session"])
        await one.say("ciao")
        await until(lambda: len(one.rows) == len(two.rows) == 2)
        two.rows.clear()
        answer = await one.call("restart", {})
        await until(lambda: two.rows)

    assert answer["ok"] and answer["session"] == opened["session"]
    assert answer["conversation"] != opened["conversation"]
    assert [row["body"]["text"] for row in answer["rows"]] == two.texts == [WELCOME]
    assert (answer["first_seq"], answer["last_seq"], answer["read_seq"], answer["previous"]) == (1, 1, 0, True)
    assert len(one.rows) == 2  # the answer holds what the tab that asked needs


async def test_beginning_again_from_two_tabs_at_once_is_once(database: Database, clock: FixedClock) -> None:
    async with (
        Server(database, clock).serving() as server,
        connected(server.port) as one,
        connected(server.port) as two,
    ):
        opened = await one.open()
        await two.open(opened["session"])
        await one.say("ciao")
        asked = {"conversation": opened["conversation"]}
        answers = await asyncio.gather(*(tab.call("restart", asked) for tab in (one, two, one, two)))

    assert len({answer["conversation"] for answer in answers}) == 1


async def test_an_answer_that_was_under_way_stays_out_of_both_conversations(
    database: Database, clock: FixedClock
) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        old = (await client.open())["conversation"]
        await client.say("dov'è il mio pacco?")
        turn = server.claimed[-1]
        await server.web.delivery.typing(old, True)
        new = (await client.call("restart"))["conversation"]
        with database.writing() as session:
            assert not turns.complete(session, turn, [Reply("È in viaggio")], [], clock.now())
        await server.web.delivery.new_rows(old)
        await client.say("eccomi")
        await until(lambda: client.texts[-1] == "eccomi")

    with database.reading() as session:
        assert texts_of(session, old) == [WELCOME, "dov'è il mio pacco?"]
        assert texts_of(session, new) == [WELCOME, "eccomi"]


async def test_with_a_person_a_conversation_does_not_begin_again(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        opened = await client.open()
        with database.writing() as session:
            change_owner(session, opened["conversation"], 1, WAITING, clock.now())
        answer = await client.call("restart", {})

    assert answer["error"]["code"] == "with_person"
    assert owner_of(database, opened["conversation"]) == WAITING


async def test_after_leaving_nothing_can_be_done_without_a_new_session(database: Database, clock: FixedClock) -> None:
    async with (
        Server(database, clock).serving() as server,
        connected(server.port) as one,
        connected(server.port) as two,
    ):
        opened = await one.open()
        await two.open(opened["session"])
        await one.say("segreto")
        await until(lambda: len(two.rows) == 2)
        left = [await one.call("leave", {}), await one.call("leave", {}), await two.call("leave")]
        await until(lambda: one.ended == two.ended == 1)
        refused = [(await tab.call(event, data))["error"]["code"] for tab in (one, two) for event, data in EVENTS]
        again = await two.open(opened["session"])
        past = await two.call("rows_before", {"conversation": opened["conversation"], "before": 5})

    assert left == [{"ok": True}] * 3
    assert set(refused) == {"no_session"}
    assert again["session"] != opened["session"] and again["conversation"] != opened["conversation"]
    assert not again["previous"] and past["error"]["code"] == "bad_request"
    assert owner_of(database, opened["conversation"]) == CLOSED


async def test_leaving_reaches_the_tabs_on_other_fronts(database: Database, clock: FixedClock) -> None:
    here, there = Server(database, clock), Server(database, clock)
    async with here.serving(), there.serving(), connected(here.port) as one, connected(there.port) as two:
        opened = await one.open()
        await two.open(opened["session"])
        await one.call("leave", {})
        await until(lambda: two.ended == 1)
        refused = [(await two.call(event, data))["error"]["code"] for event, data in EVENTS]

    assert set(refused) == {"no_session"} and not there.web.sockets.sessions()


@pytest.mark.parametrize(("event", "data"), EVENTS)
async def test_another_front_refuses_before_it_has_looked(
    database: Database, clock: FixedClock, event: str, data: dict
) -> None:
    here, there = Server(database, clock), Server(database, clock)
    async with here.serving(), there.serving(), connected(here.port) as one, connected(there.port) as two:
        opened = await one.open()
        await two.open(opened["session"])
        await there.web.look.stop()
        await one.call("leave", {})
        refused = await two.call(event, data)
        await until(lambda: two.ended == 1)

    assert refused["error"]["code"] == "no_session"


async def test_staff_see_that_the_customer_has_left(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        opened = await client.open()
        with database.writing() as session:
            change_owner(session, opened["conversation"], 1, WAITING, clock.now())
        await client.call("leave", {})

    assert owner_of(database, opened["conversation"]) == WAITING
    with database.reading() as session:
        assert texts_of(session, opened["conversation"]) == [WELCOME, "Il cliente è uscito."]


@pytest.mark.parametrize("last", ["restart", "leave"])
async def test_everything_at_once_from_two_tabs_leaves_the_log_whole(
    database: Database, clock: FixedClock, last: str
) -> None:
    server = Server(database, clock, limits=NO_LIMITS)
    async with server.serving(), connected(server.port) as one, connected(server.port) as two:
        opened = await one.open()
        await two.open(opened["session"])
        await asyncio.gather(
            *(tab.say(f"{place}.{number}") for place, tab in enumerate((one, two)) for number in range(6)),
            one.call("restart", {}),
            two.call("restart", {}),
            *(tab.say(f"dopo {place}.{number}") for place, tab in enumerate((one, two)) for number in range(3)),
            two.call(last, {}),
            one.say("ultimo"),
        )
        if last == "restart":
            await until(lambda: _shows_the_end(database, server, one) and _shows_the_end(database, server, two))
        else:
            await until(lambda: one.ended == two.ended == 1)

    with database.reading() as session:
        open_ = 0
        for conversation in session.query(Conversation):
            texts = texts_of(session, conversation.id)
            assert texts[0] == WELCOME and len(texts) == conversation.last_seq
            open_ += conversation.closed_at is None
        assert open_ == (1 if last == "restart" else 0)


def _shows_the_end(database: Database, server: Server, client: object) -> bool:
    """Whether both tabs show the open conversation."""
    with database.reading() as session:
        open_ = session.query(Conversation).filter(Conversation.closed_at.is_(None)).one()
    return len(server.web.sockets.showing(open_.id)) == 2
