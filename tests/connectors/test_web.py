"""The web chat as a client sees it: sessions, acknowledgements, catching up, refusals. Real sockets, real database."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import aiohttp
import pytest
import socketio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from base.clock import FixedClock
from base.database import Database
from switchboard import log, people
from switchboard.body import ButtonMeaning, Reply
from switchboard.models import CLOSED, Conversation
from switchboard.ownership import change_owner
from tests.connectors.web_server import NO_LIMITS, TEXTS, Server, connected
from tests.front.fake_engine import until
from tests.switchboard.helpers import texts_of

WELCOME = TEXTS.render("utter_welcome", "").text


def _reply(database: Database, conversation_id: str, reply: Reply, clock: FixedClock) -> log.Row:
    with database.writing() as session:
        conversation = people.lock_conversation(session, conversation_id)
        return log.append_reply(session, conversation, "web", reply, clock.now())


async def test_the_first_message_tells_who_speaks(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        answer = await client.open()

    assert answer["ok"] and answer["last_seq"] == 1
    assert [(row["seq"], row["author_kind"], row["body"]["text"]) for row in answer["rows"]] == [(1, "bot", WELCOME)]
    assert client.confirmed == [answer["session"]]


async def test_a_message_is_acknowledged_with_its_place_and_queued(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        opened = await client.open()
        answer = await client.say("ciao", "c1")
        await until(lambda: len(client.rows) == 2)

    assert answer == {"ok": True, "message_id": "c1", "seq": 2, "conversation": opened["conversation"]}
    assert (client.rows[1]["client_id"], client.rows[1]["body"]["text"]) == ("c1", "ciao")
    assert server.queued == [opened["conversation"]]


async def test_a_retry_gets_the_same_place_and_is_no_second_message(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        opened = await client.open()
        answers = [await client.say("ciao", "c1") for _ in range(3)]

    assert [answer["seq"] for answer in answers] == [2, 2, 2]
    assert server.queued == [opened["conversation"]]


async def test_a_customer_who_is_cut_off_while_the_message_is_written_is_answered_all_the_same(
    database: Database, clock: FixedClock
) -> None:
    other = Database(database.url)
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        opened = await client.open()
        with other.writing() as session:
            people.lock_conversation(session, opened["conversation"])
            await client.socket.emit("user_uttered", {"message": "ciao", "message_id": "c1"})
            await until(lambda: database._waiting)
            client.socket.eio.ws._response.connection.transport.abort()
            await until(lambda: not len(server.web.sockets))
        await until(lambda: server.claimed)
    other.close()

    assert [turn.text for turn in server.claimed] == ["ciao"]
    assert server.queued == [opened["conversation"]]


async def test_messages_sent_in_a_burst_keep_their_order(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        await client.open()
        for number in range(8):
            await client.socket.emit("user_uttered", {"message": str(number), "message_id": f"c{number}"})
        await until(lambda: len(client.rows) == 9)

    assert client.texts[1:] == [str(number) for number in range(8)]


async def test_a_reload_restores_the_conversation(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server:
        async with connected(server.port) as client:
            first = await client.open()
            await client.say("ciao")
        async with connected(server.port) as client:
            again = await client.open(first["session"])

    assert again["session"] == first["session"] and again["conversation"] == first["conversation"]
    assert client.texts == [WELCOME, "ciao"]


async def test_a_client_that_slept_gets_what_it_missed_once(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server:
        async with connected(server.port) as client:
            opened = await client.open()
        for number in range(3):
            _reply(database, opened["conversation"], Reply(f"novità {number}"), clock)
        async with connected(server.port) as client:
            await client.open(opened["session"], since=1)
            answer = await client.call("rows_since", {"since": 2})
            await server.web.delivery.new_rows(opened["conversation"])

    assert client.texts == ["novità 0", "novità 1", "novità 2"]
    assert [row["seq"] for row in answer["rows"]] == [3, 4] and answer["last_seq"] == 4


async def test_rows_that_another_front_wrote_arrive_by_themselves(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        opened = await client.open()
        for number in range(2):
            _reply(database, opened["conversation"], Reply(f"novità {number}"), clock)
        await until(lambda: len(client.rows) == 3)

    assert client.texts == [WELCOME, "novità 0", "novità 1"]


async def test_two_fronts_on_one_database_show_one_conversation(database: Database, clock: FixedClock) -> None:
    here, there = Server(database, clock), Server(database, clock)
    async with here.serving(), there.serving(), connected(here.port) as one, connected(there.port) as two:
        opened = await one.open()
        await two.open(opened["session"])
        await one.say("da qui")
        await two.say("da là")
        await until(lambda: len(one.rows) == len(two.rows) == 3)

    assert one.texts == two.texts == [WELCOME, "da qui", "da là"]


async def test_a_second_tab_sees_everything_too(database: Database, clock: FixedClock) -> None:
    async with (
        Server(database, clock).serving() as server,
        connected(server.port) as one,
        connected(server.port) as two,
    ):
        opened = await one.open()
        await two.open(opened["session"])
        await one.say("dalla prima")
        await two.say("dalla seconda")
        await until(lambda: len(one.rows) == len(two.rows) == 3)

    assert one.texts == two.texts == [WELCOME, "dalla prima", "dalla seconda"]


@pytest.mark.parametrize("chosen", ["cv_secret", "ws_secret", "", 7, {"a": 1}, ["x"], "é", "a" * 1000, None])
async def test_a_session_id_chosen_by_the_client_opens_nothing(
    database: Database, clock: FixedClock, chosen: object
) -> None:
    async with (
        Server(database, clock).serving() as server,
        connected(server.port) as owner,
        connected(server.port) as thief,
    ):
        mine = await owner.open()
        await owner.say("segreto")
        theirs = await thief.open(chosen)  # type: ignore[arg-type]

    assert theirs["conversation"] != mine["conversation"]
    assert theirs["session"] != chosen and thief.texts == [WELCOME]


async def test_a_token_of_another_shop_or_too_old_opens_nothing(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        old = await client.open()
        clock.move(timedelta(days=200))
        late = await client.open(old["session"])
        forged = await client.open(old["session"][:-2] + "xx")

    assert len({old["conversation"], late["conversation"], forged["conversation"]}) == 3


async def test_other_origins_are_refused_unless_listed(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock, ("https://negozio.example",)).serving() as server:
        for origin in (None, f"http://127.0.0.1:{server.port}", "https://negozio.example"):
            async with connected(server.port, origin) as client:
                assert (await client.open())["ok"]
        for transports in (("websocket",), ("polling",)):
            with pytest.raises(socketio.exceptions.ConnectionError):
                async with connected(server.port, "https://evil.example", transports):
                    pass


async def test_polling_works_where_websockets_are_blocked(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server, connected(server.port, transports=("polling",)) as client:
        await client.open()
        answer = await client.say("ciao")

    assert answer["seq"] == 2


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"message": "a" * 2_001, "message_id": "c1"}, "too_long"),
        ({"message": "a" * 30_000, "message_id": "c1"}, "too_long"),
        ({"message": "   ", "message_id": "c1"}, "empty"),
        ({"message": "\x00\x01", "message_id": "c1"}, "empty"),
        ({"message": 7}, "bad_request"),
        ({"message": "ciao", "message_id": "x" * 65}, "bad_request"),
        ({"message": "ciao", "message_id": {"a": 1}}, "bad_request"),
        ({"button": "bt_unknown", "message_id": "c1"}, "unknown_button"),
        ({"button": ["bt_1"]}, "bad_request"),
        ("ciao", "bad_request"),
        (None, "bad_request"),
    ],
)
async def test_what_cannot_be_used_is_refused_kindly(
    database: Database, clock: FixedClock, data: object, code: str
) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        await client.open()
        answer = await client.call("user_uttered", data)

    assert answer == {"ok": False, "error": {"code": code, "text": f"Testo di {code}.", "retry_after": None}}
    assert server.queued == []


async def test_two_thousand_characters_are_welcome(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        await client.open()
        answer = await client.say("à" * 2_000)

    assert answer["ok"]


async def test_whoever_writes_too_fast_is_told_how_long_to_wait(database: Database, clock: FixedClock) -> None:
    async with (
        Server(database, clock).serving() as server,
        connected(server.port) as client,
        connected(server.port) as other,
    ):
        await client.open()
        await other.open()
        answers = [await client.say(f"m{number}") for number in range(13)]
        unaffected = await other.say("ciao")

    refused = [answer["error"] for answer in answers if not answer["ok"]]
    assert refused and all(error["code"] == "too_fast" and error["retry_after"] >= 1 for error in refused)
    assert unaffected["ok"]


async def test_a_message_before_a_session_is_refused(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        answer = await client.say("ciao")

    assert answer["error"]["code"] == "no_session"


async def test_rows_that_come_with_a_notice_are_sent_once_and_in_order(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        conversation_id = (await client.open())["conversation"]
        second, third, fourth = (_reply(database, conversation_id, Reply(str(n)), clock) for n in (2, 3, 4))
        for notice in ([second], [fourth], [third, fourth], [third], []):  # late, early and twice
            await server.web.delivery.new_rows(conversation_id, notice)
        await client.say("ciao")
        await until(lambda: len(client.rows) == 5)

    assert [row["seq"] for row in client.rows] == [1, 2, 3, 4, 5]
    assert client.texts[1:] == ["2", "3", "4", "ciao"]


async def test_rows_of_another_conversation_are_not_sent(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        async with connected(server.port) as other:
            others = (await other.open())["conversation"]
        opened = await client.open()
        row = _reply(database, others, Reply("di un altro"), clock)
        await server.web.delivery.new_rows(opened["conversation"], [])
        await server.web.delivery.new_rows(others, [row])
        await client.say("ciao")
        await until(lambda: len(client.rows) == 2)

    assert client.texts == [WELCOME, "ciao"]


async def test_a_button_is_used_by_its_id_and_shown_by_its_title(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        opened = await client.open()
        _reply(database, opened["conversation"], Reply("?", (ButtonMeaning("Sì, grazie", "ask_human"),)), clock)
        await server.web.delivery.new_rows(opened["conversation"])
        await until(lambda: len(client.rows) == 2)
        button_id = client.rows[1]["body"]["buttons"][0]["id"]
        await client.call("user_uttered", {"button": button_id, "message_id": "b1"})
        await until(lambda: len(client.rows) == 3)

    assert client.texts[-1] == "Sì, grazie"
    assert set(client.rows[1]["body"]["buttons"][0]) == {"id", "title"}  # what it means stays here


async def test_a_client_written_for_rasa_connects_unchanged(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        await client.socket.emit("session_request", {"session_id": "user-chosen"})
        await until(lambda: client.confirmed and client.bot_uttered)
        conversation_id = server.web.sockets.conversations()[0]
        _reply(database, conversation_id, Reply("?", (ButtonMeaning("Sì", "affirm"),)), clock)
        await server.web.delivery.new_rows(conversation_id)
        await until(lambda: len(client.bot_uttered) == 2)
        payload = client.bot_uttered[1]["quick_replies"][0]["payload"]
        await client.socket.emit("user_uttered", {"message": payload, "session_id": "user-chosen"})
        await until(lambda: server.queued)

    assert client.confirmed != ["user-chosen"]
    assert client.bot_uttered[0]["text"] == WELCOME and not client.rows
    with database.reading() as session:
        assert texts_of(session, conversation_id)[-1] == "Sì"


async def test_typing_reaches_the_widget(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        opened = await client.open()
        await server.web.delivery.typing(opened["conversation"], True)
        await server.web.delivery.typing(opened["conversation"], False, "Giulia")
        await until(lambda: len(client.typing) == 2)

    assert client.typing == [
        {"who": "bot", "name": None, "on": True, "expires_in": 10},
        {"who": "agent", "name": "Giulia", "on": False, "expires_in": 10},
    ]


async def test_after_the_conversation_was_closed_a_message_opens_the_next(
    database: Database, clock: FixedClock
) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        opened = await client.open()
        with database.writing() as session:
            change_owner(session, opened["conversation"], 1, CLOSED, clock.now())
        client.rows.clear()
        answer = await client.say("eccomi di nuovo")
        await until(lambda: len(client.rows) == 2)

    assert answer["conversation"] != opened["conversation"]
    assert client.texts == [WELCOME, "eccomi di nuovo"]


async def test_a_database_that_fails_is_answered_with_later(
    database: Database, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as client:
        await client.open()
        with database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE messages RENAME TO messages_away")
        answer = await client.say("parole segrete", "c1")
        with database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE messages_away RENAME TO messages")
        again = await client.say("parole segrete", "c1")

    assert answer["error"]["code"] == "later"
    assert again["ok"] and again["seq"] == 2
    assert "web event" in caplog.text and "segrete" not in caplog.text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
ANSWERED = ("session_request", "user_uttered", "rows_since", "rows_before", "restart", "leave")
EVENT = st.sampled_from([*ANSWERED, "unknown", "disconnect", ""])
LIKELY = st.fixed_dictionaries(
    {},
    optional={
        "message": JSON | st.text(max_size=3_000),
        "message_id": JSON,
        "button": JSON,
        "session_id": JSON,
        "since": JSON,
        "before": JSON,
        "conversation": JSON | st.just("cv_unknown"),
        "protocol": JSON,
    },
)


async def test_no_event_whatever_it_holds_hurts_the_process_or_the_log(database: Database, clock: FixedClock) -> None:
    server = Server(database, clock, limits=NO_LIMITS)
    async with server.serving(), connected(server.port) as witness:
        opened = await witness.open()
        loop = asyncio.get_running_loop()

        async def send(event: str, data: object) -> None:
            async with connected(server.port) as client:
                await client.open()
                if event in ANSWERED:
                    answer = await client.call(event, data)
                    assert answer["ok"] or answer["error"]["text"]
                else:
                    await client.socket.emit(event, data)

        @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
        @given(EVENT, LIKELY | JSON)
        def send_anything(event: str, data: object) -> None:
            asyncio.run_coroutine_threadsafe(send(event, data), loop).result(20)

        await loop.run_in_executor(None, send_anything)
        await witness.say("ci sono ancora")

    with database.reading() as session:
        for conversation in session.query(Conversation):
            rows = log.rows_since(session, conversation.id, 0)
            assert [row.seq for row in rows] == list(range(1, conversation.last_seq + 1))
        assert texts_of(session, opened["conversation"]) == [WELCOME, "ci sono ancora"]


EVENT_FRAME = '42["user_uttered",{"message":"ciao","message_id":"c1"}]'
FRAMES = st.one_of(
    st.integers(min_value=0, max_value=len(EVENT_FRAME)).map(lambda end: EVENT_FRAME[:end]),  # cut off
    st.text(max_size=60),
    st.builds("42{}".format, st.text(max_size=60)),
    st.builds("4{}{}".format, st.integers(0, 9), st.text(alphabet='[]{}",:0123456789/-', max_size=30)),
    st.sampled_from(
        [
            "42" + "[" * 50_000,
            '42["user_uttered",' + '{"a":' * 5_000 + "1" + "}" * 5_000 + "]",
            '42["user_uttered",{"message":"' + "a" * 63_000 + '"}]',
            '42["user_uttered",{"message":"' + "a" * 200_000 + '"}]',
            '42["disconnect"]',
            '42["connect",{"sanic.request":{}}]',
            "451-[]",
            '451-["user_uttered",{"_placeholder":true,"num":7}]',
            "41",
            "1",
        ]
    ),
    st.binary(max_size=60),
)


async def test_no_frame_whatever_its_bytes_hurts_the_process_or_the_log(database: Database, clock: FixedClock) -> None:
    async with Server(database, clock).serving() as server, connected(server.port) as witness:
        opened = await witness.open()
        loop = asyncio.get_running_loop()

        async def send(frames: list) -> None:
            address = f"http://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket"
            async with aiohttp.ClientSession() as http, http.ws_connect(address) as socket:
                await socket.send_str("40")
                for frame in frames:
                    if socket.closed:
                        return
                    with suppress(ConnectionError):
                        await (socket.send_bytes(frame) if isinstance(frame, bytes) else socket.send_str(frame))

        @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.lists(FRAMES, min_size=1, max_size=5))
        def send_anything(frames: list) -> None:
            asyncio.run_coroutine_threadsafe(send(frames), loop).result(20)

        await loop.run_in_executor(None, send_anything)
        await witness.say("ci sono ancora")

    with database.reading() as session:
        assert texts_of(session, opened["conversation"]) == [WELCOME, "ci sono ancora"]
