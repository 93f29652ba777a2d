"""Conversations that go on elsewhere (`elsewhere/*.yml`, written like the others beside this file)."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from actions import context
from base.clock import FixedClock
from base.database import Database
from base.settings import Register
from rehearsal.holding import mismatches
from switchboard import bots
from switchboard.elsewhere import Elsewhere
from tests.conversations.joining import MovingTalk
from tests.conversations.test_proof import _filled, _sent
from tests.switchboard.test_codes import CODES

FOLDER = Path(__file__).with_name("elsewhere")
KEYS = {"customer", "button", "moves", "on", "browser", "wait", "bot", "says", "never", "card", "effects"}
CHAT_URL = "https://shop.example.it/aiuto"


def _conversations() -> list[Any]:
    found = [(file.stem, item) for file in sorted(FOLDER.glob("*.yml")) for item in YAML(typ="safe").load(file)]
    return [pytest.param(item, id=f"{topic}: {item['conversation']}") for topic, item in found]


@pytest.fixture
def moving(agent: Any, shop: Database, clock: FixedClock) -> MovingTalk:
    return MovingTalk(agent, shop, clock)


@pytest.mark.model
@pytest.mark.parametrize("conversation", _conversations())
async def test_the_conversation_goes_on_as_written(conversation: dict[str, Any], moving: MovingTalk) -> None:
    moving.addressed_as(Register(conversation.get("register", "tu")))
    moving.channel = conversation.get("on", "web")
    moving.codes = CODES
    bot, page = conversation.get("telegram", True), CHAT_URL if conversation.get("site", True) else ""
    chosen = replace(context.context(), codes=True, elsewhere=Elsewhere(bool(bot), page))
    context.use(chosen)
    if bot:
        with chosen.database.writing() as session:
            bots.tell(session, "telegram", "negozio_bot", chosen.clock.now())
    for place, turn in enumerate(conversation["turns"], start=1):
        assert set(turn) <= KEYS, f"turn {place}: unknown {set(turn) - KEYS}"
        if "wait" in turn:
            moving.wait(turn["wait"])
        elif "on" in turn:
            moving.channel = turn["on"]
        elif "browser" in turn:
            moving.somebody_else(turn["browser"])
        else:
            await _take(moving, turn, chosen.database)
            what = turn.get("customer") or turn.get("button") or turn.get("moves")
            assert mismatches(turn, moving) == [], f"turn {place}, {what!r}: {moving.shown.words}"


async def _take(moving: MovingTalk, turn: dict[str, Any], database: Database) -> None:
    if "moves" in turn:
        await moving.move(turn["moves"])
    elif "button" in turn:
        await moving.press(turn["button"])
    else:
        await moving.say(_filled(turn["customer"], _sent(database)))
