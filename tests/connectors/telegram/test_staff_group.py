"""The staff's group: the bot stays there, hears nothing, and says that a customer waits."""

import pytest
from telegram.error import Forbidden

from base.clock import FixedClock
from base.database import Database
from switchboard.models import Conversation, Message
from tests.connectors.telegram.bot_api import BotApi, Refused
from tests.connectors.telegram.front import telegram
from tests.front.fake_engine import until

ANNA, STAFF, OTHER, NEW = 11, -100500, -6, -100777


async def test_the_bot_stays_in_the_group_of_the_staff_and_hears_nothing_there(
    database: Database, clock: FixedClock
) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api, staff_chat=str(STAFF)):
        api.member(STAFF, "member", "supergroup")
        api.say(STAFF, "chi risponde al cliente?", kind="supergroup", user=ANNA)
        api.say(OTHER, "ciao", kind="group", user=ANNA)
        await until(lambda: api.left == [OTHER] and not api.pending)

    assert {sent.chat for sent in api.sent} == {OTHER}
    with database.reading() as session:
        assert session.query(Message).count() == session.query(Conversation).count() == 0


async def test_what_is_said_there_is_shown_as_it_is(database: Database, clock: FixedClock) -> None:
    text = "Vendite & <b>resi</b>: un cliente aspetta: https://desk.shop.example/desk/c/cv_1"
    async with BotApi().serving() as api, telegram(database, clock, api, staff_chat=str(STAFF)) as front:
        await front.channel.tell_staff(text)

    [sent] = api.sent
    assert (sent.chat, sent.text) == (STAFF, text)
    assert '"is_disabled": true' in str(sent.raw["link_preview_options"]) or sent.raw["link_preview_options"]


async def test_a_group_that_became_a_supergroup_is_told_under_its_new_number(
    database: Database, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api, staff_chat=str(STAFF)) as front:
        api.upgraded[STAFF] = NEW
        await front.channel.tell_staff("un cliente aspetta")

    assert api.texts(NEW) == ["un cliente aspetta"]
    assert str(NEW) in caplog.text


async def test_a_group_that_threw_the_bot_out_is_an_error_for_the_job(database: Database, clock: FixedClock) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api, staff_chat=str(STAFF)) as front:
        api.refuse["sendMessage"].append(Refused(403, "Forbidden: bot was kicked from the group chat"))

        with pytest.raises(Forbidden):
            await front.channel.tell_staff("un cliente aspetta")
