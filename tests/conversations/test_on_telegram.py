"""The same conversations held on Telegram: the real channel, with a Bot API server between it and the customer."""

from typing import Any

import pytest

from base.settings import Register
from tests.conversations.stories import conversations, hold


@pytest.mark.model
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # what differs between databases is tested on the web
@pytest.mark.parametrize(("turns", "register"), conversations())
async def test_the_conversation_goes_as_written_on_telegram(
    turns: list[dict[str, Any]], register: Register, telegram_talk: Any
) -> None:
    await hold(turns, register, telegram_talk)
