"""What doctor finds about Telegram: token, mode, webhook, clock, who waits."""

import asyncio
from typing import Any

from base.settings import load_settings
from cli.doctor_telegram import examine_telegram
from tests.connectors.telegram.bot_api import DATE, TOKEN, BotApi

SECRETS = {"SPORTELLO_SECRET": "s" * 32, "SPORTELLO_ENGINE_SECRET": "e" * 32}
URL = "https://negozio.example.it/telegram"


async def _lines(api: BotApi, **env: str) -> dict[str, bool]:
    asked = {**SECRETS, "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url, **env}
    findings: Any = await asyncio.to_thread(lambda: list(examine_telegram(load_settings(asked))))
    return {finding.line: finding.good for finding in findings}


async def test_a_bot_that_works_is_named_and_nothing_is_changed() -> None:
    async with BotApi().serving() as api:
        lines = await _lines(api)

    assert all(lines.values()) and any("@negozio_bot" in line for line in lines)
    assert any("orologio" in line for line in lines)
    assert {method for method, _ in api.calls} == {"getMe", "getWebhookInfo"}


async def test_without_a_token_the_way_to_get_one_is_told() -> None:
    async with BotApi().serving() as api:
        ((line, good),) = (await _lines(api, TELEGRAM_TOKEN="")).items()

    assert "@BotFather" in line and not good


async def test_a_token_that_is_refused_and_telegram_away_are_told_apart_without_the_token() -> None:
    async with BotApi().serving() as api:
        api.token_valid = False
        refused = [line for line, good in (await _lines(api)).items() if not good]
        api.down = True
        away = [line for line, good in (await _lines(api)).items() if not good]

    assert "rifiuta il token" in refused[0] and "non risponde" in away[0]
    assert not [line for line in (*refused, *away) if TOKEN in line]


async def test_a_webhook_where_there_should_be_none_or_another_one_is_found() -> None:
    async with BotApi().serving() as api:
        api.webhook = {"url": "https://altrove.example.it/x"}
        polling, other = await _lines(api), await _lines(api, TELEGRAM_WEBHOOK_URL=URL)
        api.webhook = {"url": URL, "last_error_date": DATE, "last_error_message": "Connection refused"}
        right = await _lines(api, TELEGRAM_WEBHOOK_URL=URL)

    assert [good for line, good in polling.items() if "altrove" in line] == [False]
    assert [good for line, good in other.items() if "altrove" in line] == [False]
    assert [good for line, good in right.items() if URL in line] == [True]


async def test_the_group_of_the_staff_is_looked_for_where_there_is_one() -> None:
    async with BotApi().serving() as api:
        there = await _lines(api, SPORTELLO_DESK_TELEGRAM="-100500")
        api.left.append(-100500)
        away = await _lines(api, SPORTELLO_DESK_TELEGRAM="-100500")
        api.upgraded[-100500] = -100777
        moved = await _lines(api, SPORTELLO_DESK_TELEGRAM="-100500")

    assert [good for line, good in there.items() if "-100500" in line] == [True]
    assert [good for line, good in away.items() if "-100500" in line] == [False]
    assert [good for line, good in moved.items() if "-100777" in line] == [False]
