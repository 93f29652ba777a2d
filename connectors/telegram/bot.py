"""The bot: python-telegram-bot's client as this channel uses it, without its token in any log."""

import copy
import json
import logging
import os
from datetime import timedelta
from typing import Any, Mapping, Optional

from telegram import Bot, Update
from telegram.error import InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from base.logs import hide

log = logging.getLogger(__name__)

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
SEND_S, CONNECT_S, POOL_S = 20.0, 5.0, 10.0
GET_UPDATES_S = 5.0  # beside the time for which Telegram holds a question
CONNECTIONS = 32
SLACK_S = 0.5
OK = 200


class TokenRefused(TelegramError):
    """Telegram does not know the token (any more)."""


class TelegramBot(Bot):
    """A `Bot` whose `get_updates` says with an error of its own that the token is refused.

    At python-telegram-bot's own error its `Updater` would stop asking for good.
    """

    async def get_updates(self, *args: Any, **options: Any) -> tuple[Update, ...]:
        try:
            return await super().get_updates(*args, **options)
        except InvalidToken as error:
            raise TokenRefused("the token is refused") from error


class ReadableUpdates(HTTPXRequest):
    """Gets updates. One that cannot be read is handed on as its number only.

    python-telegram-bot would drop all that came with it, and ask for the same ones again at once, for ever.
    """

    async def do_request(self, *args: Any, **options: Any) -> tuple[int, bytes]:
        status, payload = await super().do_request(*args, **options)
        return status, _readable(payload) if status == OK else payload


def make_bot(token: str, api_url: str, event_hooks: Optional[Mapping[str, Any]] = None) -> TelegramBot:
    """A bot that has not spoken yet. From now on no log of this process shows its token."""
    keep_quiet(token)
    os.environ.setdefault("PTB_TIMEDELTA", "true")  # times as python-telegram-bot will give them from version 23 on
    options = {"event_hooks": event_hooks} if event_hooks else None
    return TelegramBot(
        token,
        base_url=f"{api_url}/bot",
        base_file_url=f"{api_url}/file/bot",
        request=HTTPXRequest(CONNECTIONS, SEND_S, SEND_S, CONNECT_S, POOL_S, httpx_kwargs=options),
        get_updates_request=ReadableUpdates(2, GET_UPDATES_S, GET_UPDATES_S, CONNECT_S, POOL_S),
    )


def retry_after(error: RetryAfter) -> float:
    """How many seconds Telegram wants us to wait, and a little more."""
    waits = error.retry_after
    return (waits.total_seconds() if isinstance(waits, timedelta) else float(waits)) + SLACK_S


def keep_quiet(token: str) -> None:
    """httpx logs addresses, and a bot's token is part of them; python-telegram-bot logs what it could not read."""
    hide(token)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("telegram").setLevel(logging.CRITICAL)  # this channel says itself what goes wrong


def read_update(data: Any, bot: Optional[Bot]) -> Update:
    """One update. One that cannot be read is only its number, so that it is confirmed and those behind it come.

    Raises:
        ValueError: it has not even a number.
    """
    number = data.get("update_id") if isinstance(data, dict) else None
    if not isinstance(number, int) or isinstance(number, bool):
        raise ValueError("an update without a number")
    try:
        return Update.de_json(data, bot)
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        log.error("update %d cannot be read and is left out (%s)", number, type(error).__name__)
        return Update(number)


def _readable(payload: bytes) -> bytes:
    """`payload` with every update that cannot be read cut down to its number."""
    try:
        answer = json.loads(payload)
        found = answer["result"]
    except (ValueError, KeyError, TypeError):
        return payload  # no answer of Telegram's: python-telegram-bot says so
    if not isinstance(found, list):
        return payload
    answer["result"] = [_cut_down(data) for data in found]
    return json.dumps(answer).encode()


def _cut_down(data: Any) -> Any:
    read = read_update(copy.deepcopy(data), None)
    return data if any(getattr(read, kind) for kind in Update.ALL_TYPES) else {"update_id": read.update_id}
