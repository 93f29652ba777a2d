"""Every conversation in the YAML files beside this one, held with the whole assistant (rehearsal/written.py).

Each is held in a web chat; on PostgreSQL too, or in a Telegram chat, where words are read as Telegram shows them and
cards are lines of text, some of them each time and all in `make test-deep`. One in `CONNECTED_EVERY` goes through the
whole Telegram channel, by HTTP.
"""

from pathlib import Path
from typing import Any

import pytest

from check.conversations import TURN_KEYS
from rehearsal.holding import hold
from rehearsal.written import Written, read_folder
from tests.deep import more, some

CONNECTED_EVERY = 6
ON_TELEGRAM_EVERY = 3


def _conversations() -> list[Any]:
    return [
        pytest.param(
            one,
            id=one.name,
            marks=[pytest.mark.xfail(strict=True, reason=one.known_failure)] if one.known_failure else [],
        )
        for one in read_folder(Path(__file__).parent)
    ]


CONVERSATIONS = _conversations()
RENDERED = [*CONVERSATIONS[1:], CONVERSATIONS[0]]  # those that the channel does not bring come first


@pytest.mark.model
@pytest.mark.parametrize("written", CONVERSATIONS)
async def test_the_conversation_goes_as_written(written: Written, talk: Any) -> None:
    await _goes_as_written(talk, written)


@more
@pytest.mark.model
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("written", some(RENDERED, ON_TELEGRAM_EVERY))
async def test_the_conversation_goes_the_same_way_on_telegram(written: Written, telegram_talk: Any) -> None:
    await _goes_as_written(telegram_talk, written)


@pytest.mark.model
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("written", CONVERSATIONS[::CONNECTED_EVERY])
async def test_the_conversation_goes_the_same_way_through_the_telegram_channel(written: Written, connect: Any) -> None:
    async with connect(written.register) as talk:
        await _goes_as_written(talk, written)


async def _goes_as_written(talk: Any, written: Written) -> None:
    assert all(set(turn) <= TURN_KEYS for turn in written.turns)

    held = await hold(talk, written.name, written.turns, written.register)

    assert held.as_written, held.turns[-1]
