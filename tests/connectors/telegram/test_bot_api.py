"""The Bot API server of the tests speaks as Telegram does: python-telegram-bot knows every field of it."""

from typing import Any, Awaitable, Callable, Iterator

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, TelegramObject, Update
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from connectors.telegram.bot import make_bot
from tests.connectors.telegram.bot_api import TOKEN, BotApi, Refused, Sent

ANNA, GROUP, CHANNEL = 11, -5, -7
FILE = {"file_id": "f", "file_unique_id": "u"}
PLACE = {"latitude": 44.5, "longitude": 11.3}
KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("Sì", callback_data="bt_1")]])

Use = Callable[[BotApi], dict[str, Any]]
Call = Callable[[Bot], Awaitable[Any]]

UPDATES: dict[str, Use] = {
    "text": lambda api: api.say(ANNA, "ciao"),
    "edited": lambda api: api.edit(ANNA, 7, text="ciao!"),
    "button": lambda api: api.press(Sent(ANNA, 8, "Vuoi?", [("Sì", "bt_1")]), "Sì"),
    "contact": lambda api: api.send(ANNA, contact={"phone_number": "39333", "first_name": "Anna"}),
    "location": lambda api: api.send(ANNA, location=PLACE),
    "venue": lambda api: api.send(
        ANNA, location=PLACE, venue={"location": PLACE, "title": "Casa", "address": "via Roma"}
    ),
    "photo": lambda api: api.send(ANNA, photo=[{**FILE, "width": 1, "height": 1}], caption="rotto"),
    "voice": lambda api: api.send(ANNA, voice={**FILE, "duration": 1}),
    "video note": lambda api: api.send(ANNA, video_note={**FILE, "duration": 1, "length": 1}),
    "document": lambda api: api.send(ANNA, document=FILE),
    "dice": lambda api: api.send(ANNA, dice={"emoji": "🎲", "value": 3}),
    "blocked": lambda api: api.member(ANNA, "kicked"),
    "back": lambda api: api.member(ANNA, "member"),
    "group": lambda api: api.member(GROUP, "member", "supergroup"),
    "channel": lambda api: api.member(CHANNEL, "administrator", "channel"),
    "said in a group": lambda api: api.say(GROUP, "ciao", kind="group", user=ANNA),
}
CALLS: dict[str, Call] = {
    "getMe": lambda bot: bot.get_me(),
    "getWebhookInfo": lambda bot: bot.get_webhook_info(),
    "sendMessage": lambda bot: bot.send_message(ANNA, "<b>Vuoi?</b>", parse_mode="HTML", reply_markup=KEYBOARD),
    "setMyCommands": lambda bot: bot.set_my_commands([("ordine", "Dov'è un ordine")]),
    "sendChatAction": lambda bot: bot.send_chat_action(ANNA, "typing"),
    "setWebhook": lambda bot: bot.set_webhook("https://negozio.example.it/x", secret_token="segreto"),
    "deleteWebhook": lambda bot: bot.delete_webhook(),
    "answerCallbackQuery": lambda bot: bot.answer_callback_query("7", text="Sì"),
    "leaveChat": lambda bot: bot.leave_chat(GROUP),
}
ERRORS: list[tuple[Refused, type[TelegramError]]] = [
    (Refused(400, "Bad Request: message text is empty"), BadRequest),
    (Refused(401, "Unauthorized"), InvalidToken),
    (Refused(403, "Forbidden: bot was blocked by the user"), Forbidden),
    (Refused(409, "Conflict: terminated by other getUpdates request"), Conflict),
    (Refused(429, "Too Many Requests: retry after 3", retry_after=3), RetryAfter),
    (Refused(502, "Bad Gateway"), NetworkError),
]


def unknown_fields(found: Any) -> Iterator[str]:
    """Fields that python-telegram-bot has no name for, at any depth."""
    if isinstance(found, TelegramObject):
        yield from (f"{type(found).__name__}.{name}" for name in found.api_kwargs)
        names = {name for kind in type(found).__mro__ for name in getattr(kind, "__slots__", ())}
        for name in sorted(names - {"api_kwargs"}):
            if not name.startswith("_"):
                yield from unknown_fields(getattr(found, name))
    elif isinstance(found, (list, tuple)):
        for item in found:
            yield from unknown_fields(item)


@pytest.mark.parametrize("kind", UPDATES)
def test_an_update_is_one_of_telegrams(kind: str) -> None:
    update = UPDATES[kind](BotApi())

    read = Update.de_json(update, None)

    assert [name for name in Update.ALL_TYPES if getattr(read, name)] == [
        name for name in update if name != "update_id"
    ]
    assert list(unknown_fields(read)) == []
    assert _missing(update, read.to_dict()) == []


def test_a_field_telegram_does_not_have_is_seen() -> None:
    update = BotApi().say(ANNA, "ciao", odd=1)
    update["message"]["from"]["odder"] = 2

    assert list(unknown_fields(Update.de_json(update, None))) == ["Message.odd", "User.odder"]


@pytest.mark.parametrize("method", CALLS)
async def test_an_answer_is_one_of_telegrams(method: str) -> None:
    async with BotApi().serving() as api, make_bot(TOKEN, api.url) as bot:
        answered = await CALLS[method](bot)

    assert api.calls[-1][0] == method
    assert answered is True or isinstance(answered, TelegramObject)
    assert list(unknown_fields(answered)) == []


async def test_a_message_is_answered_with_itself() -> None:
    async with BotApi().serving() as api, make_bot(TOKEN, api.url) as bot:
        message = await bot.send_message(ANNA, "<b>1 &lt; 2</b>", parse_mode="HTML", reply_markup=KEYBOARD)
        edited = await bot.edit_message_reply_markup(ANNA, message.message_id, reply_markup=None)

    assert (message.text, message.chat.id, message.message_id) == ("1 < 2", ANNA, api.sent[0].message_id)
    assert message.from_user and message.from_user.is_bot and edited.message_id == message.message_id


@pytest.mark.parametrize(("refused", "error"), ERRORS, ids=lambda value: getattr(value, "code", None))
async def test_a_refusal_is_the_error_it_is_at_telegram(refused: Refused, error: type[TelegramError]) -> None:
    async with BotApi().serving() as api, make_bot(TOKEN, api.url) as bot:
        api.refuse["sendMessage"] = [refused]
        with pytest.raises(error) as raised:
            await bot.send_message(ANNA, "ciao")

    assert type(raised.value) is error


def _missing(given: Any, read: Any, place: str = "") -> list[str]:
    """Places in what was given that python-telegram-bot did not keep as they were."""
    if isinstance(given, dict) and isinstance(read, dict):
        return [lost for name, value in given.items() for lost in _missing(value, read.get(name), f"{place}.{name}")]
    if isinstance(given, list) and isinstance(read, (list, tuple)) and len(given) == len(read):
        return [lost for at, value in enumerate(given) for lost in _missing(value, read[at], f"{place}[{at}]")]
    return [] if given == read or (not given and read is None) else [place]
