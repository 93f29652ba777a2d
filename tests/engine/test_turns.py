import asyncio
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rasa.utils.endpoints import EndpointConfig

from engine import tracker_store as store_module
from engine import turns as turns_module
from engine.action_endpoint import TurnBroken
from engine.tracker_store import SnapshotTrackerStore
from engine.turn_request import Button, TurnRequest
from engine.turns import MOST_INTENTS, Turns
from tests.engine.conversations import CONVERSATION, Gate, agent_with, pressing, texts_of, writing

pytestmark = pytest.mark.model


@pytest.fixture
def turns(store: SnapshotTrackerStore, bot_model: Path) -> Turns:
    return Turns(agent_with(store, bot_model))


async def test_a_repeated_turn_gets_the_same_answer_and_runs_once(store: SnapshotTrackerStore, bot_model: Path) -> None:
    texts = Gate()
    texts.open.set()
    turns = Turns(agent_with(store, bot_model, texts=texts))

    answers = [await turns.run(pressing("greet", "ms_a")) for _ in range(3)]

    assert answers[0] == answers[1] == answers[2]
    assert texts.said == ["utter_welcome"]


async def test_a_turn_in_progress_is_awaited_and_not_run_again(store: SnapshotTrackerStore, bot_model: Path) -> None:
    texts = Gate()
    turns = Turns(agent_with(store, bot_model, texts=texts))
    first = asyncio.create_task(turns.run(pressing("greet", "ms_a")))
    await texts.reached.wait()

    second = asyncio.create_task(turns.run(pressing("greet", "ms_a")))
    texts.open.set()

    assert await first == await second
    assert texts.said == ["utter_welcome"]


async def test_a_turn_goes_on_when_its_caller_has_gone(store: SnapshotTrackerStore, bot_model: Path) -> None:
    texts = Gate()
    turns = Turns(agent_with(store, bot_model, texts=texts))
    caller = asyncio.create_task(turns.run(pressing("greet", "ms_a")))
    await texts.reached.wait()

    caller.cancel()
    texts.open.set()
    await turns.drain()

    assert texts_of(await store.answer_to(CONVERSATION, "ms_a")) == ["Benvenuto!"]


async def test_turns_of_one_conversation_run_in_the_order_they_came(
    store: SnapshotTrackerStore, bot_model: Path
) -> None:
    texts = Gate()
    turns = Turns(agent_with(store, bot_model, texts=texts))
    first = asyncio.create_task(turns.run(pressing("greet")))
    await texts.reached.wait()

    others = [asyncio.create_task(turns.run(pressing(intent))) for intent in ("greet", "thank", "ask_hours")]
    elsewhere = asyncio.create_task(turns.run(pressing("greet", conversation_id="cv_2")))
    while len(texts.said) < 2:
        await asyncio.sleep(0)
    said_while_the_first_waits = list(texts.said)
    texts.open.set()
    await asyncio.gather(first, elsewhere, *others)

    assert said_while_the_first_waits == ["utter_welcome", "utter_welcome"]
    assert texts.said[2:] == ["utter_greet", "utter_thanks", "utter_hours"]


async def test_a_conversation_at_rest_leaves_nothing_behind(turns: Turns) -> None:
    await asyncio.gather(*(turns.run(pressing("thank", conversation_id=f"cv_{number}")) for number in range(5)))

    assert not turns._locks and not turns._users and not turns._running


async def test_a_turn_that_does_not_end_is_given_up_and_may_be_repeated(
    store: SnapshotTrackerStore, bot_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = Gate()
    turns = Turns(agent_with(store, bot_model, texts=texts))
    monkeypatch.setattr(turns_module, "TURN_S", 0.05)
    with pytest.raises(asyncio.TimeoutError):
        await turns.run(pressing("greet", "ms_a"))

    monkeypatch.undo()
    texts.open.set()

    assert texts_of(await turns.run(pressing("greet", "ms_a"))) == ["Benvenuto!"]


async def test_a_turn_whose_time_is_over_while_it_is_saved_is_answered(
    turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, turn_s = store_module._write, 1.0

    def write_slowly(*row: Any) -> None:
        threading.Event().wait(turn_s)  # a database that was busy for as long as the whole turn may take
        write(*row)

    monkeypatch.setattr(store_module, "_write", write_slowly)
    monkeypatch.setattr(turns_module, "TURN_S", turn_s)

    assert texts_of(await turns.run(pressing("greet", "ms_a"))) == ["Benvenuto!"]


async def test_a_turn_that_another_process_saved_meanwhile_gets_its_answer(
    store: SnapshotTrackerStore, bot_model: Path
) -> None:
    texts = Gate()
    slow = asyncio.create_task(Turns(agent_with(store, bot_model, texts=texts)).run(pressing("greet", "ms_a")))
    await texts.reached.wait()

    quick = await Turns(agent_with(store, bot_model)).run(pressing("greet", "ms_a"))
    texts.open.set()

    assert await slow == quick


async def test_rules_that_go_round_in_circles_break_the_turn_and_not_the_conversation(turns: Turns) -> None:
    with pytest.raises(TurnBroken):
        await turns.run(pressing("ask_loop"))

    assert texts_of(await turns.run(pressing("thank"))) == ["Prego!"]


async def test_what_a_text_may_mean_is_told_the_likeliest_first_and_nothing_is_kept(turns: Turns) -> None:
    told = (await turns.understood("dov'è il mio ordine?"))["intents"]

    assert 0 < len(told) <= MOST_INTENTS
    assert told == sorted(told, key=lambda one: -one["confidence"]) and told[0]["intent"] == "track_order"
    assert (await turns.understood("/track_order{"))["intents"] != []


async def test_a_text_is_understood(turns: Turns) -> None:
    result = await turns.run(writing("stato ordine 104233"))

    assert result["understood"]["intent"] == "track_order"
    assert texts_of(result) == ["Qual è l'e-mail?"]


async def test_a_button_needs_no_understanding(turns: Turns) -> None:
    result = await turns.run(pressing("track_order", order_number="104233"))

    assert result["understood"] == {
        "intent": "track_order",
        "confidence": 1.0,
        "entities": {"order_number": "104233"},
        "ranking": [["track_order", 1.0]],
    }
    assert texts_of(result) == ["Qual è l'e-mail?"]


async def test_a_button_of_an_earlier_model_is_read_as_what_is_written_on_it(turns: Turns) -> None:
    turn = TurnRequest("ms_a", CONVERSATION, "grazie", Button("forgotten_intent", {}), "web", "2026-11-23T09:15:02Z")

    result = await turns.run(turn)

    assert result["understood"]["intent"] == "thank"


async def test_a_variant_for_the_channel_is_said_there(turns: Turns) -> None:
    telegram = TurnRequest("ms_a", CONVERSATION, "x", Button("ask_hours", {}), "telegram", "2026-11-23T09:15:02Z")

    assert texts_of(await turns.run(telegram)) == ["Apriamo alle 9."]


async def test_a_response_with_a_gap_becomes_an_apology_and_word_to_the_staff(turns: Turns) -> None:
    result = await turns.run(pressing("ask_gap"))

    assert texts_of(result) == ["Qualcosa è andato storto."]
    assert result["effects"] == [{"kind": "staff_request", "reason": "failed_turn"}]


async def test_an_effect_without_words_is_silence_too(store: SnapshotTrackerStore, bot_model: Path) -> None:
    turns = Turns(agent_with(store, bot_model, ActionsThat({"custom": {"effect": {"kind": "promise"}}})))

    result = await turns.run(pressing("ask_action"))

    assert texts_of(result) == ["Qualcosa è andato storto."]
    assert result["effects"] == [{"kind": "promise"}, {"kind": "staff_request", "reason": "failed_turn"}]


@pytest.mark.parametrize(("told", "passed_on"), [({}, {}), ({"previous_turn_id": None}, {"previous_turn_id": None})])
async def test_actions_are_told_which_turn_the_customer_saw_last(
    store: SnapshotTrackerStore, bot_model: Path, told: dict, passed_on: dict
) -> None:
    actions = ActionsThat({"text": "x"})
    turns = Turns(agent_with(store, bot_model, actions))

    await turns.run(replace(pressing("ask_action", "ms_b"), **told))

    metadata = actions.calls[0]["tracker"]["latest_message"]["metadata"]
    assert {name: value for name, value in metadata.items() if name == "previous_turn_id"} == passed_on


class ActionsThat(EndpointConfig):
    """An actions process that always says the same."""

    def __init__(self, response: dict[str, Any]) -> None:
        super().__init__("http://127.0.0.1:1/webhook")
        self._response, self.calls = response, []

    async def request(self, method: str = "post", **kwargs: Any) -> dict[str, Any]:
        self.calls.append(kwargs["json"])
        return {"events": [], "responses": [self._response]}
