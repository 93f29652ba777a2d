"""`sportello doctor telegram`: whether the bot can be reached and who gets its updates, with what to do where not."""

import asyncio
import logging
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any, Iterator, Optional

from base.settings import Settings
from cli.findings import Finding, bad, either, good, shown

CLOCK_TOLERANCE = timedelta(seconds=30)
RECENT = timedelta(hours=1)
MANY_WAITING = 100
ANSWER_S = 10.0
IN_A_GROUP = ("member", "administrator", "creator")


def examine_telegram(settings: Settings) -> Iterator[Finding]:
    """What can be found out without disturbing a front that is running; nothing is changed at Telegram."""
    if not settings.telegram_token:
        yield bad("doctor_telegram_no_token")
        return
    yield good("doctor_telegram_webhook" if settings.telegram_webhook_url else "doctor_telegram_polling")
    yield from asyncio.run(_ask(settings))


async def _ask(settings: Settings) -> list[Finding]:
    from telegram.error import InvalidToken, TelegramError

    from connectors.telegram.bot import make_bot

    logging.getLogger("httpx").setLevel(logging.WARNING)
    dates: list[str] = []

    async def note(response: Any) -> None:
        dates.append(response.headers.get("date", ""))

    bot = make_bot(settings.telegram_token, settings.telegram_api_url, {"response": [note]})
    try:
        async with bot:
            answered_at = datetime.now(timezone.utc)
            found = [good("doctor_telegram_bot", name=bot.username)]
            found.extend(_clock(dates, answered_at))
            info = await bot.get_webhook_info()
            found.extend(_webhook(settings.telegram_webhook_url, info))
            if settings.desk_telegram:
                found.append(await _group(bot, settings.desk_telegram))
            return found
    except InvalidToken:
        return [bad("doctor_telegram_token")]
    except TelegramError as error:
        return [bad("doctor_telegram_away", url=settings.telegram_api_url, error=type(error).__name__)]


async def _group(bot: Any, chat: str) -> Finding:
    """Whether the bot is in the staff's group."""
    from telegram.error import BadRequest, ChatMigrated, Forbidden

    try:
        member = await bot.get_chat_member(int(chat), bot.id)
    except ChatMigrated as error:
        return bad("doctor_telegram_group_moved", chat=chat, new=error.new_chat_id)
    except (BadRequest, Forbidden):
        return bad("doctor_telegram_group_bad", chat=chat)
    return either(member.status in IN_A_GROUP, "doctor_telegram_group", chat=chat)


def _clock(dates: list[str], answered_at: datetime) -> Iterator[Finding]:
    if dates and dates[0]:
        drift = abs(answered_at - parsedate_to_datetime(dates[0]))
        yield either(drift <= CLOCK_TOLERANCE, "doctor_telegram_clock", seconds=int(drift.total_seconds()))


def _webhook(wanted: str, info: Any) -> Iterator[Finding]:
    if info.url and not wanted:
        yield bad("doctor_telegram_webhook_set", url=info.url)
    elif wanted and info.url != wanted:
        yield bad("doctor_telegram_webhook_other", url=info.url or "—")
    elif wanted:
        yield good("doctor_telegram_webhook_right", url=info.url)
    failed_at: Optional[datetime] = info.last_error_date
    if info.url and failed_at and datetime.now(timezone.utc) - failed_at < RECENT:
        yield bad("doctor_telegram_webhook_failed", when=shown(failed_at), error=info.last_error_message)
    waiting = info.pending_update_count
    yield either(waiting <= MANY_WAITING, "doctor_telegram_waiting", count=waiting)
