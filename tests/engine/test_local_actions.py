"""Actions that run in the engine's own process answer as over HTTP."""

import asyncio
from typing import Any

import pytest
from rasa.utils.endpoints import ClientResponseError
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection

from base.apology import APOLOGY, FAILED_TURN
from engine import action_endpoint as module
from engine.action_endpoint import TurnBroken
from engine.local_actions import LocalActions

APOLOGISED = {"events": [], "responses": [{"response": APOLOGY}, {"custom": {"effect": FAILED_TURN}}]}
SECRET = "sonoannarossi"


class Doing(Action):
    """Does what its test says."""

    act: Any = None

    def name(self) -> str:
        return "action_do"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict) -> list[dict[str, Any]]:
        return await type(self).act(dispatcher, tracker)


@pytest.fixture
def actions() -> LocalActions:
    local = LocalActions("tests.engine.bot_actions")
    local._executor.register_function("action_do", Doing().run)
    local._executor.register_function("validate_do", Doing().run)
    return local


async def _call(actions: LocalActions, action: str = "action_do", **slots: Any) -> Any:
    tracker = {"sender_id": "cv_1", "slots": slots, "events": [], "latest_message": {"text": SECRET}}
    call = {"next_action": action, "sender_id": "cv_1", "tracker": tracker}
    return await actions.request(json=call, method="post", timeout=300)


async def test_an_answer_is_passed_on(actions: LocalActions, monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(dispatcher: CollectingDispatcher, _tracker: Tracker) -> list[dict[str, Any]]:
        dispatcher.utter_message(response="utter_answer")
        return [{"event": "pause"}]

    monkeypatch.setattr(Doing, "act", act)

    answer = await _call(actions)

    assert answer["events"] == [{"event": "pause"}]
    assert answer["responses"][0]["response"] == "utter_answer"


async def test_what_an_action_does_to_a_slot_stays_with_it(
    actions: LocalActions, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(_dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        tracker.slots["kept"].append("2")
        return []

    monkeypatch.setattr(Doing, "act", act)
    kept = ["1"]

    await _call(actions, kept=kept)

    assert kept == ["1"]


async def test_a_failed_action_becomes_an_apology_and_its_words_stay_out_of_the_log(
    actions: LocalActions, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def act(_dispatcher: CollectingDispatcher, _tracker: Tracker) -> list[dict[str, Any]]:
        raise RuntimeError("broken")

    monkeypatch.setattr(Doing, "act", act)

    assert await _call(actions) == APOLOGISED
    assert await _call(actions, "action_nobody_wrote") == APOLOGISED
    with pytest.raises(TurnBroken):
        await _call(actions, "validate_do")
    assert "RuntimeError" in caplog.text and SECRET not in caplog.text


async def test_an_action_that_hangs_becomes_an_apology(actions: LocalActions, monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(_dispatcher: CollectingDispatcher, _tracker: Tracker) -> list[dict[str, Any]]:
        await asyncio.Event().wait()

    monkeypatch.setattr(Doing, "act", act)
    monkeypatch.setattr(module, "ACTION_S", 0.05)

    assert await _call(actions) == APOLOGISED


async def test_an_action_that_stands_aside_is_left_to_rasa(
    actions: LocalActions, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(_dispatcher: CollectingDispatcher, _tracker: Tracker) -> list[dict[str, Any]]:
        raise ActionExecutionRejection("validate_do", "not me")

    monkeypatch.setattr(Doing, "act", act)

    with pytest.raises(ClientResponseError) as aside:
        await _call(actions, "validate_do")
    assert aside.value.status == 400 and '"action_name": "validate_do"' in aside.value.text
