"""Conversations in which one-time codes are sent (`with_codes/*.yml`, written like the others beside this file)."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from sqlalchemy import select

from base.database import Database
from base.settings import Register
from rehearsal.holding import mismatches
from switchboard.models import CodeChallenge, Message
from tests.switchboard.test_codes import CODES, wrong

FOLDER = Path(__file__).with_name("with_codes")


def _conversations() -> list[Any]:
    found = [(file.stem, item) for file in sorted(FOLDER.glob("*.yml")) for item in YAML(typ="safe").load(file)]
    return [pytest.param(item, id=f"{topic}: {item['conversation']}") for topic, item in found]


@pytest.mark.model
@pytest.mark.parametrize("conversation", _conversations())
async def test_the_conversation_goes_as_written(conversation: dict[str, Any], talk: Any) -> None:
    await _hold(talk, conversation)


@pytest.mark.model
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("conversation", _conversations())
async def test_the_conversation_goes_the_same_way_on_telegram(conversation: dict[str, Any], telegram_talk: Any) -> None:
    await _hold(telegram_talk, conversation)


async def _hold(talk: Any, conversation: dict[str, Any]) -> None:
    talk.codes = CODES
    talk.addressed_as(Register(conversation.get("register", "tu")))
    for place, turn in enumerate(conversation["turns"], start=1):
        if "wait" in turn:
            talk.wait(turn["wait"])
        elif "session" in turn:
            talk.somebody_else(turn["session"])
        else:
            written = _filled(turn["customer"], _sent(talk.database)) if "customer" in turn else None
            await (talk.press(turn["button"]) if written is None else talk.say(written))
            assert mismatches(turn, talk) == [], f"turn {place}, {written or turn['button']!r}: {talk.shown.words}"
    if all("session" not in turn for turn in conversation["turns"]):
        _no_code_is_in_the_log(talk.database)


def _sent(database: Database) -> list[str]:
    """The codes that were sent, the latest first."""
    with database.reading() as session:
        ids = session.execute(select(CodeChallenge.id).order_by(CodeChallenge.created_at.desc())).scalars().all()
    return [CODES.code_of(challenge_id) for challenge_id in ids]


def _filled(text: str, sent: list[str]) -> str:
    code, old = (*sent, "", "")[:2]
    return text.format(code=code, old=old, wrong=wrong(code) if code else "")


def _no_code_is_in_the_log(database: Database) -> None:
    with database.reading() as session:
        bodies = [body["text"] for body in session.execute(select(Message.body)).scalars()]
    told = {text for code in _sent(database) for text in (code, wrong(code))}
    assert not [body for body in bodies for text in told if text in body]
