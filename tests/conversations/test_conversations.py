"""Every conversation held on the web, with the whole assistant inside the test's process."""

from typing import Any

import pytest

from base.settings import Register
from tests.conversations.stories import conversations, hold


@pytest.mark.model
@pytest.mark.parametrize(("turns", "register"), conversations())
async def test_the_conversation_goes_as_written(turns: list[dict[str, Any]], register: Register, talk: Any) -> None:
    await hold(turns, register, talk)
