"""Telegram and the database at their worst: nothing lost, nothing twice, nobody stalled by somebody else."""

import asyncio
import logging
import time
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, AsyncIterator, Optional

import pytest
from sqlalchemy import text

from attachments.folder import Folder
from base.clock import FixedClock, SystemClock
from base.database import Database
from base.logs import FORMAT, OURS, SafeFormatter
from connectors.telegram.bot import make_bot
from connectors.telegram.delivery import Delivery
from connectors.telegram.pace import Pace
from connectors.telegram.ways import Ways
from switchboard import leases
from switchboard.deliveries import REFUSED, SENT
from switchboard.elsewhere import Elsewhere
from switchboard.models import DeliveryMark, Lease
from tests.connectors.telegram.bot_api import TOKEN, BotApi, Refused
from tests.connectors.telegram.front import TEXTS, WELCOME, log_of, said, telegram
from tests.front.fake_engine import Answer, answer, until

ANNA, BRUNO = 11, 22
CLOCK = SystemClock()  # pauses end by themselves
HURRY = 40


class HurriedClock:
    """A clock on which a minute goes past in a second and a half."""

    def __init__(self) -> None:
        self._began, self._at = time.monotonic(), datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)

    def now(self) -> datetime:
        return self._at + timedelta(seconds=(time.monotonic() - self._began) * HURRY)


def hurried_pace() -> Pace:
    """Telegram's pace on such a clock."""
    return Pace(lambda: time.monotonic() * HURRY, lambda seconds: asyncio.sleep(seconds / HURRY))


@asynccontextmanager
async def without_messages(database: Database) -> AsyncIterator[None]:
    """The database takes no message."""

    def rename(old: str, new: str) -> None:
        with database.writing() as session:
            session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))

    await asyncio.to_thread(rename, "messages", "messages_away")
    try:
        yield
    finally:
        await asyncio.to_thread(rename, "messages_away", "messages")


async def test_an_update_that_comes_five_times_is_one_message(database: Database, clock: FixedClock) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api):
        update = api.say(ANNA, "ciao")
        for _ in range(4):
            api.repeat(update)
        await until(lambda: len(api.sent) == 2 and not api.pending)
        for _ in range(4):  # and after it was answered
            api.repeat({**update, "update_id": update["update_id"] + 50})
        await until(lambda: not api.pending)

    assert said(database, ANNA) == ["ciao"]
    assert api.texts(ANNA) == [WELCOME, "eco: ciao"]


async def test_updates_out_of_order_are_all_answered_once(database: Database, clock: FixedClock) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api):
        made = [api.say(ANNA, word) for word in ("uno", "due", "tre", "quattro")]
        api.pending[:] = [made[2], made[0], made[3], made[1]]
        await until(lambda: len(api.sent) == 5 and not api.pending)

    assert sorted(api.texts(ANNA)[1:]) == ["eco: due", "eco: quattro", "eco: tre", "eco: uno"]
    assert [f"eco: {word}" for word in said(database, ANNA)] == api.texts(ANNA)[1:]


async def test_an_update_is_confirmed_only_after_it_is_in_the_log(database: Database, clock: FixedClock) -> None:
    logged_at_confirmation = []

    async def confirming(_offset: int) -> bool:
        logged_at_confirmation.append(said(database, ANNA))
        return True

    async with BotApi().serving() as api, telegram(database, clock, api):
        api.confirming = confirming
        api.say(ANNA, "uno")
        api.say(ANNA, "due")
        await until(lambda: not api.pending)

    assert logged_at_confirmation[0] == ["uno", "due"]


async def test_an_update_that_is_not_confirmed_comes_again_and_is_no_second_message(
    database: Database, clock: FixedClock
) -> None:
    cuts = []

    async def confirming(offset: int) -> bool:
        cuts.append(offset)
        return len(cuts) > 3

    async with BotApi().serving() as api, telegram(database, clock, api):
        api.confirming = confirming
        api.say(ANNA, "ciao")
        await until(lambda: not api.pending, seconds=20)

    assert said(database, ANNA) == ["ciao"] and api.texts(ANNA) == [WELCOME, "eco: ciao"]


async def test_what_the_database_did_not_take_is_not_confirmed(database: Database) -> None:
    async with BotApi().serving() as api, telegram(database, CLOCK, api):
        await until(lambda: api.commands)
        async with without_messages(database):
            api.say(ANNA, "ciao")
            polls = len(api.calls)
            await until(lambda: sum(method == "getUpdates" for method, _ in api.calls[polls:]) >= 2, seconds=20)
            assert api.pending and api.confirmed == []
        await until(lambda: len(api.sent) == 2 and not api.pending, seconds=20)

    assert api.texts(ANNA) == [WELCOME, "eco: ciao"]


async def test_telegram_is_down_for_a_minute_in_the_middle_and_nothing_is_lost(database: Database) -> None:
    clock, api = HurriedClock(), BotApi()

    async def behaviour(request: dict[str, Any]) -> Answer:
        if request["text"] == "due":
            api.down = True  # while the answer is being made
        return answer(request, f"eco: {request['text']}")

    async with api.serving(), telegram(database, clock, api, behaviour):
        api.say(ANNA, "uno")
        await until(lambda: "eco: uno" in api.texts(ANNA))
        api.say(ANNA, "due")
        await until(lambda: api.down)
        went = clock.now()
        api.say(ANNA, "tre")
        api.say(BRUNO, "quattro")
        await until(lambda: clock.now() - went >= timedelta(minutes=1))
        unheard = set(api.unheard)
        api.down = False
        await until(lambda: len(api.sent) == 6 and not api.pending, seconds=40)

    assert {"getUpdates", "sendMessage"} <= unheard
    assert api.texts(ANNA) == [WELCOME, "eco: uno", "eco: due", "eco: tre"]
    assert api.texts(BRUNO) == [WELCOME, "eco: quattro"]


@pytest.mark.parametrize(
    "refused",
    [
        Refused(401, "Unauthorized"),
        Refused(409, "Conflict: terminated by other getUpdates request"),
        Refused(429, "Too Many Requests: retry after 1", retry_after=1),
        Refused(500, "Internal Server Error"),
        Refused(502, "Bad Gateway"),
    ],
    ids=lambda refused: str(refused.code),
)
@pytest.mark.parametrize("method", ["getMe", "deleteWebhook", "getUpdates", "sendMessage", "setMyCommands"])
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_an_error_is_outlived_wherever_it_comes(database: Database, refused: Refused, method: str) -> None:
    async with BotApi().serving() as api:
        api.refuse[method] = [refused]
        async with telegram(database, HurriedClock(), api, pace=hurried_pace()):
            api.say(ANNA, "ciao")
            await until(lambda: len(api.texts(ANNA)) == 2 and not api.pending, seconds=40)

    assert api.texts(ANNA) == [WELCOME, "eco: ciao"]


async def test_a_token_that_is_withdrawn_and_given_back_is_outlived(database: Database) -> None:
    async with BotApi().serving() as api, telegram(database, HurriedClock(), api, pace=hurried_pace()):
        await until(lambda: api.commands)
        api.token_valid = False
        api.say(ANNA, "ciao")
        polls = len(api.calls)
        await until(lambda: len(api.calls) >= polls + 2, seconds=20)
        api.token_valid = True
        await until(lambda: api.texts(ANNA) == [WELCOME, "eco: ciao"], seconds=40)


async def test_a_chat_that_has_to_wait_makes_nobody_else_wait(database: Database) -> None:
    async with BotApi().serving() as api, telegram(database, CLOCK, api):
        api.floods[ANNA] = [2]
        api.say(ANNA, "ciao")
        await until(lambda: not api.floods[ANNA])
        refused_at = asyncio.get_running_loop().time()
        api.say(BRUNO, "ciao")
        await until(lambda: len(api.texts(BRUNO)) == 2)
        assert api.texts(ANNA) == []
        await until(lambda: len(api.texts(ANNA)) == 2, seconds=20)

    assert api.sent[-1].at - refused_at >= 2
    assert api.texts(ANNA) == [WELCOME, "eco: ciao"]


@pytest.mark.parametrize("how", ["blocked", "deleted"])
async def test_a_customer_who_is_gone_stalls_nobody_and_may_come_back(
    database: Database, clock: FixedClock, how: str
) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api):
        gone = getattr(api, how)
        gone.add(ANNA)
        api.say(ANNA, "ciao")
        api.say(BRUNO, "ciao")
        await until(lambda: len(api.texts(BRUNO)) == 2)
        await until(lambda: len(_marks(database, ANNA)) == 2)
        gone.clear()
        api.say(ANNA, "eccomi")
        await until(lambda: len(api.texts(ANNA)) == 1)

    assert api.texts(ANNA) == ["eco: eccomi"]
    assert _marks(database, ANNA) == [REFUSED, REFUSED, SENT]


async def test_nothing_is_tried_at_somebody_who_said_that_the_bot_is_blocked(
    database: Database, clock: FixedClock
) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api):
        api.say(ANNA, "/start")
        await until(lambda: len(api.sent) == 1)
        api.member(ANNA, "kicked")
        api.member(ANNA, "member")
        api.say(ANNA, "eccomi")
        await until(lambda: len(api.sent) == 2)

    assert api.texts(ANNA) == [WELCOME, "eco: eccomi"]


async def test_a_message_whose_formatting_is_not_taken_is_sent_without(database: Database, clock: FixedClock) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api):
        api.refuse["sendMessage"] = [Refused(400, "Bad Request: can't parse entities: odd")]
        api.say(ANNA, "a < b")
        await until(lambda: len(api.sent) == 2)

    assert api.texts(ANNA) == [WELCOME, "eco: a < b"]
    assert "parse_mode" not in api.sent[0].raw


async def test_a_message_telegram_never_takes_is_left_out_and_the_next_ones_come(
    database: Database, clock: FixedClock
) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api):
        api.refuse["sendMessage"] = [Refused(400, "Bad Request: no"), Refused(400, "Bad Request: no")]
        api.say(ANNA, "ciao")
        await until(lambda: len(api.sent) == 1)

    assert api.texts(ANNA) == ["eco: ciao"]
    assert _marks(database, ANNA) == [REFUSED, SENT]


async def test_one_of_two_fronts_speaks_to_telegram_and_the_other_takes_over(database: Database) -> None:
    async with BotApi().serving() as api, telegram(database, CLOCK, api, front_id="front-2") as second:
        await until(lambda: second.channel.duty.on)
        async with telegram(database, CLOCK, api, front_id="front-1") as first:
            api.say(ANNA, "uno")
            await until(lambda: len(api.texts(ANNA)) == 2)
            assert not first.channel.duty.on
            await second.channel.stop()
            await until(lambda: first.channel.duty.on)
            api.say(ANNA, "due")
            await until(lambda: len(api.texts(ANNA)) == 3 and not api.pending)

    assert api.texts(ANNA) == [WELCOME, "eco: uno", "eco: due"]


async def test_a_front_whose_lease_was_taken_stops_speaking(database: Database) -> None:
    async with BotApi().serving() as api, telegram(database, CLOCK, api) as front:
        await until(lambda: front.channel.duty.on)
        with database.writing() as session:
            session.query(Lease).one().owner = "front-9"
        await until(lambda: not front.channel.duty.on)
        with database.writing() as session:
            leases.give_back(session, "telegram", "front-9")
        await until(lambda: front.channel.duty.on)
        api.say(ANNA, "ciao")
        await until(lambda: len(api.texts(ANNA)) == 2)


async def test_the_token_is_in_no_log_whatever_goes_wrong(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    for name in (None, *OURS):  # a model loaded before has quietened ours
        caplog.set_level(logging.DEBUG, logger=name)
    shown = caplog.handler
    before, shown.formatter = shown.formatter, SafeFormatter(FORMAT)
    try:
        async with BotApi().serving() as api:
            api.token_valid = False
            async with telegram(database, HurriedClock(), api, pace=hurried_pace()):
                await until(lambda: len(api.calls) >= 2, seconds=20)
                api.token_valid = True
                api.refuse["getUpdates"] = [Refused(409, "Conflict"), Refused(500, "x")]
                api.refuse["sendMessage"] = [Refused(401, "Unauthorized")]
                api.say(ANNA, "ciao")
                await until(lambda: api.answered or len(api.texts(ANNA)) == 2, seconds=60)
                api.down = True
                await asyncio.sleep(0.3)
        lines = [shown.formatter.format(record) for record in caplog.records]
    finally:
        shown.formatter = before

    assert lines and not [line for line in lines if TOKEN.partition(":")[2] in line]


def _marks(database: Database, user: int) -> list[Optional[str]]:
    """What became of what was said to this user, row by row."""
    with database.reading() as session:
        marks = {mark.message_id: mark.state for mark in session.query(DeliveryMark)}
    return [marks[row.id] for row in log_of(database, user) if row.id in marks]


def test_every_text_of_its_own_is_written() -> None:
    from connectors.telegram.channel import OWN_TEXTS

    for key in OWN_TEXTS:
        values = ("phone", "place", "address", "details", "megabytes", "count")
        assert TEXTS.render(key, "", dict.fromkeys(values, "x")).text


@pytest.mark.parametrize("steps", range(6))
async def test_sending_can_be_stopped_in_the_very_moment_in_which_there_is_something_new(
    database: Database, clock: FixedClock, steps: int
) -> None:
    delivery = Delivery(
        database,
        make_bot(TOKEN, "http://127.0.0.1:9"),
        clock,
        "front-1",
        "telegram",
        Pace(),
        Folder(Path("/nonexistent")),
        Ways(database, clock, TEXTS, Elsewhere(False, "")),
    )
    await delivery.start()
    await asyncio.sleep(0.1)  # it has looked, and waits

    await delivery.new_rows("cv_1")
    for _ in range(steps):
        await asyncio.sleep(0)

    await asyncio.wait_for(delivery.stop(), 10)
