"""Telegram chats as their customers see them: python-telegram-bot, a Bot API server, a real database."""

from typing import Any

import pytest

from base.clock import FixedClock
from base.database import Database
from switchboard.models import Turn
from tests.connectors.telegram.bot_api import BotApi
from tests.connectors.telegram.front import TEXTS, WELCOME, log_of, said, telegram
from tests.front.fake_engine import Answer, answer, until

ANNA, BRUNO = 11, 22


async def test_a_first_message_is_welcomed_and_answered(database: Database, clock: FixedClock) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api):
        api.say(ANNA, "ciao <b>&amp; 'tutti'")
        await until(lambda: len(api.sent) == 2)

    assert api.texts(ANNA) == [WELCOME, "eco: ciao <b>&amp; 'tutti'"]
    assert [(row.author_kind, row.channel) for row in log_of(database, ANNA)] == [
        ("bot", "telegram"),
        ("customer", "telegram"),
        ("bot", "telegram"),
    ]


async def test_start_is_welcomed_once_and_greeted_afterwards(database: Database, clock: FixedClock) -> None:
    asked = []

    async def behaviour(request: dict[str, Any]) -> Answer:
        asked.append(request["button"])
        return answer(request, "Ciao!")

    async with BotApi().serving() as api, telegram(database, clock, api, behaviour):
        api.say(ANNA, "/start abc")
        await until(lambda: len(api.sent) == 1)
        api.say(ANNA, "/start")
        await until(lambda: len(api.sent) == 2)

    assert api.texts(ANNA) == [WELCOME, "Ciao!"]
    assert asked == [{"intent": "greet", "entities": {}}]


async def test_a_command_is_its_intent_and_one_with_more_words_is_a_text(database: Database, clock: FixedClock) -> None:
    asked = []

    async def behaviour(request: dict[str, Any]) -> Answer:
        asked.append((request["text"], request["button"]))
        return answer(request, "ok")

    said_by_anna = (
        "/ordine",
        "/reso@negozio_bot",
        "/ordine 104233",
        "/preventivo P-3021 anna@example.it",
        "/reso vorrei rendere le scarpe",
        "/operatore è rotto",
        "/stop",
        "/ é",
    )

    async with BotApi().serving() as api, telegram(database, clock, api, behaviour):
        for number, text in enumerate(said_by_anna, start=2):
            api.say(ANNA, text)
            await until(lambda number=number: len(api.sent) == number)

    assert asked == [
        ("/ordine", {"intent": "track_order", "entities": {}}),
        ("/reso@negozio_bot", {"intent": "track_return", "entities": {}}),
        ("A che punto è il mio ordine 104233?", None),
        ("A che punto è il mio preventivo P-3021 anna@example.it?", None),
        ("reso vorrei rendere le scarpe", None),
        ("/operatore è rotto", {"intent": "ask_human", "entities": {}}),  # told to who reads it
        ("stop", None),
        ("/ é", None),
    ]


async def test_the_menu_is_set_in_italian(database: Database, clock: FixedClock) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api):
        await until(lambda: api.commands)

    assert [command["command"] for command in api.commands] == [
        "ordine",
        "reso",
        "preventivo",
        "operatore",
        "sito",
        "privacy",
        "aiuto",
    ]
    assert api.commands[0]["description"] == "A che punto è un ordine"


async def test_a_button_is_used_once_and_its_keyboard_goes(database: Database, clock: FixedClock) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api):
        api.say(ANNA, "/start")
        await until(lambda: api.sent)
        welcome = api.sent[0]
        title = welcome.buttons[0][0]
        pressed = api.press(welcome, title)
        api.press(welcome, title)  # in haste
        api.repeat(pressed)
        await until(lambda: len(api.sent) == 2 and len(api.answered) == 2)
        await until(lambda: not api.pending)

    assert said(database, ANNA) == ["/start", title]
    assert api.texts(ANNA)[1:] == [f"eco: {title}"]
    assert api.edited == [welcome.message_id] and welcome.buttons == []
    assert api.answered[0]["text"] == title


async def test_an_old_button_still_works_in_its_conversation(database: Database, clock: FixedClock) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api):
        api.say(ANNA, "/start")
        await until(lambda: api.sent)
        api.say(ANNA, "altro")
        await until(lambda: len(api.sent) == 2)
        api.press(api.sent[0], api.sent[0].buttons[1][0])
        await until(lambda: len(api.sent) == 3)

    assert len(said(database, ANNA)) == 3


async def test_a_button_of_somebody_else_says_kindly_that_it_is_over(database: Database, clock: FixedClock) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api):
        api.say(ANNA, "/start")
        api.say(BRUNO, "/start")
        await until(lambda: len(api.sent) == 2)
        annas, brunos = sorted(api.sent, key=lambda sent: sent.chat)
        stolen = annas.buttons[0]
        brunos.buttons.append(("Rubato", stolen[1]))
        api.press(brunos, "Rubato")
        await until(lambda: len(api.answered) == 1 and api.edited)

    assert said(database, BRUNO) == ["/start"]
    assert api.answered[0]["text"] == TEXTS.say("utter_error_unknown_button")
    assert str(api.answered[0]["show_alert"]).lower() == "true"


async def test_typing_is_shown_while_the_answer_is_made(database: Database, clock: FixedClock) -> None:
    async with BotApi().serving() as api:

        async def when_typing(request: dict[str, Any]) -> Answer:
            await until(lambda: api.actions)
            return answer(request, "fatto")

        async with telegram(database, clock, api, when_typing):
            api.say(ANNA, "ciao")
            await until(lambda: "fatto" in api.texts(ANNA))

    assert set(api.actions) == {ANNA}


async def test_what_cannot_be_read_is_answered_politely_without_a_turn(database: Database, clock: FixedClock) -> None:
    file = {"file_id": "f", "file_unique_id": "u"}
    sent = {
        "voice": {"voice": {**file, "duration": 1}},
        "video": {"video_note": {**file, "duration": 1, "length": 1}},
        "sticker": {
            "sticker": {**file, "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
        },
        "other": {"dice": {"emoji": "🎲", "value": 3}},
        "location": {"location": {"latitude": 48.86, "longitude": 2.35}},
    }

    async with BotApi().serving() as api, telegram(database, clock, api):
        for chat, content in enumerate(sent.values(), start=100):
            api.send(chat, **content)
        await until(lambda: len(api.sent) == 2 * len(sent))

    for chat, kind in enumerate(sent, start=100):
        assert api.texts(chat) == [WELCOME, TEXTS.say(f"utter_telegram_{kind}")]
        assert said(database, chat) == [TEXTS.say(f"utter_telegram_noted_{kind}")]
    with database.reading() as session:
        assert session.query(Turn).count() == 0


async def test_the_words_under_a_video_are_a_message(database: Database, clock: FixedClock) -> None:
    video = {"file_id": "f", "file_unique_id": "u", "duration": 1, "width": 1, "height": 1}

    async with BotApi().serving() as api, telegram(database, clock, api):
        api.send(ANNA, video=video, caption="è arrivato rotto")
        await until(lambda: len(api.sent) == 3)

    assert api.texts(ANNA)[1:] == [TEXTS.say("utter_telegram_video"), "eco: è arrivato rotto"]


async def test_a_contact_and_a_place_become_words(database: Database, clock: FixedClock) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api):
        api.send(ANNA, contact={"phone_number": "393331234567", "first_name": "Anna", "user_id": ANNA})
        api.send(ANNA, contact={"phone_number": "0515550100", "first_name": "Bruno", "user_id": BRUNO})
        api.send(ANNA, location={"latitude": 44.5, "longitude": 11.3})
        place = {"latitude": 45.4, "longitude": 9.2}
        api.send(ANNA, location=place, venue={"location": place, "title": "Casa", "address": "via Roma 1, Milano"})
        await until(lambda: len(api.sent) == 5)

    assert said(database, ANNA) == [
        "Il mio numero di telefono è +393331234567",
        "Il numero di telefono è 0515550100",
        "Sono a Bologna: qual è il negozio più vicino?",
        "Sono a Milano (via Roma 1, Milano): qual è il negozio più vicino?",
    ]


async def test_an_edited_message_is_no_new_one(database: Database, clock: FixedClock) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api):
        message = api.say(ANNA, "ordine 104233")["message"]
        await until(lambda: len(api.sent) == 2)
        api.edit(ANNA, message["message_id"], text="ordine 104234")
        api.edit(ANNA, message["message_id"], location={"latitude": 1.0, "longitude": 1.0})  # followed: nothing
        await until(lambda: len(api.sent) == 3 and not api.pending)

    assert api.texts(ANNA)[2] == TEXTS.say("utter_telegram_edited")
    with database.reading() as session:
        assert session.query(Turn).count() == 1


async def test_a_text_that_is_too_long_is_not_cut_in_silence(database: Database, clock: FixedClock) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api):
        api.say(ANNA, "a" * 2_001)
        await until(lambda: len(api.sent) == 2)

    assert api.texts(ANNA)[1] == TEXTS.say("utter_error_too_long")


async def test_groups_and_channels_are_left_and_nothing_of_them_is_kept(database: Database, clock: FixedClock) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api):
        api.member(-5, "member", "supergroup")
        api.say(-6, "ciao", kind="group", user=ANNA)
        api.member(-7, "administrator", "channel")
        api.update(channel_post={"message_id": 1, "date": 1, "chat": {"id": -7, "type": "channel"}, "text": "post"})
        await until(lambda: sorted(api.left) == [-7, -6, -5] and not api.pending)

    assert {sent.chat for sent in api.sent} == {-5, -6}
    assert log_of(database, ANNA) == []


async def test_an_update_nobody_can_read_stops_nothing(database: Database, clock: FixedClock) -> None:
    async with BotApi().serving() as api, telegram(database, clock, api):
        api.update(message={"text": "senza capo né coda"})
        api.update(message=7)
        api.update(something_of_tomorrow={"a": 1})
        api.say(ANNA, "ciao")
        await until(lambda: "eco: ciao" in api.texts(ANNA) and not api.pending)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # the pace makes it take its time
@pytest.mark.parametrize("count", [30, pytest.param(200, marks=pytest.mark.deep)])
async def test_many_chats_at_once_are_all_answered_at_telegrams_pace(
    database: Database, clock: FixedClock, count: int
) -> None:
    chats = range(1_000, 1_000 + count)

    async with BotApi().serving() as api, telegram(database, clock, api):
        for chat in chats:
            api.say(chat, "uno")
        for chat in chats[:10]:
            api.say(chat, "due")
        await until(lambda: len(api.sent) == 2 * count + 10, seconds=60)

    assert all(api.texts(chat) == [WELCOME, "eco: uno"] for chat in chats[10:])
    assert all(api.texts(chat) == [WELCOME, "eco: uno", "eco: due"] for chat in chats[:10])
    assert len(api.sent) / (api.sent[-1].at - api.sent[0].at) <= 30
