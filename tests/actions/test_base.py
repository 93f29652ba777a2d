import asyncio
import logging
from typing import Optional

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions import base
from actions.base import SportelloAction
from actions.turn import Events, Turn
from base.logs import SafeFormatter
from shop.errors import RecordNotFound, ShopError, ShopUnavailable, TooManyAttempts
from tests.actions.helpers import TEXTS, Said, tracker, user

WORDS = "il mio segreto"

pytestmark = pytest.mark.usefixtures("bare_context")


class Raising(SportelloAction):
    """Says something, then goes wrong."""

    def __init__(self, error: Optional[Exception] = None) -> None:  # the executor makes one of every action it sees
        self._error = error or RuntimeError()

    def name(self) -> str:
        return "action_raising"

    async def act(self, turn: Turn) -> Events:
        turn.say("utter_greet")
        raise self._error


class Hanging(SportelloAction):
    def name(self) -> str:
        return "action_hanging"

    async def act(self, turn: Turn) -> Events:
        await asyncio.Event().wait()
        return []


async def run(action: SportelloAction) -> Said:
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, tracker(user(WORDS)), {})
    assert events == []
    return Said(dispatcher)


@pytest.mark.parametrize("error", [RecordNotFound(), ShopUnavailable(), TooManyAttempts()])
async def test_an_error_of_the_shop_is_said_with_its_own_response_and_nothing_else(error: ShopError) -> None:
    said = await run(Raising(error))

    assert said.responses == [error.response]
    assert said.effects == []


async def test_anything_unexpected_is_an_apology_and_word_to_the_staff() -> None:
    said = await run(Raising(KeyError(WORDS)))

    assert said.responses == ["utter_error_generic"]
    assert [(effect["kind"], effect["reason"]) for effect in said.effects] == [("staff_request", "failed_turn")]


async def test_an_action_that_hangs_answers_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "ACTION_S", 0.01)

    said = await run(Hanging())

    assert said.responses == ["utter_error_generic"]


async def test_the_log_of_a_failure_holds_ids_and_stack_but_nothing_that_was_written(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.handler.setFormatter(SafeFormatter("%(message)s"))
    with caplog.at_level(logging.DEBUG, "actions"):
        await run(Raising(ValueError(f"cannot read {WORDS}")))

    assert "cv_1" in caplog.text and "ms_1" in caplog.text
    assert "ValueError" in caplog.text and "in act" in caplog.text
    assert WORDS not in caplog.text


def test_every_error_of_the_shop_has_its_text() -> None:
    errors = [ShopError, *ShopError.__subclasses__()]

    assert {error.response for error in errors} <= set(TEXTS.responses)
