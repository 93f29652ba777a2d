"""Shortcuts through Rasa give what Rasa's own code gives."""

import ast
import copy
import inspect
import json
from itertools import zip_longest
from pathlib import Path
from types import ModuleType

import pytest
import rasa.core.actions.forms
import rasa.core.processor
from hypothesis import given
from hypothesis import strategies as st
from rasa.core.actions.action import RemoteAction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    Event,
    FollowupAction,
    LoopInterrupted,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.slots import ListSlot, TextSlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from engine import shortcuts
from tests.engine.conversations import agent_with

ACTION = st.sampled_from(["action_listen", "form", "utter_greet", "__should_not_be_set__", ""])
INTENT = st.sampled_from(["greet", "deny", "__should_not_be_set__", ""])
STATES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "prev_action": st.fixed_dictionaries({}, optional={"action_name": ACTION, "action_text": st.just("ciao")}),
            "user": st.fixed_dictionaries({}, optional={"intent": INTENT, "text": st.just("ciao")}),
            "active_loop": st.fixed_dictionaries({"name": st.sampled_from(["form", "__should_not_be_set__"])}),
        },
    ),
    min_size=1,
    max_size=3,
)


@given(st.lists(STATES, max_size=12), STATES)
def test_the_rules_that_are_possible_are_those_rasa_finds(rules: list, states: list) -> None:
    policy = RulePolicy.__new__(RulePolicy)
    lookup = {json.dumps(rule, sort_keys=True): "action" for rule in rules}

    assert shortcuts._possible_rules(policy, lookup, states) == shortcuts._rules_of(policy, lookup, states)


LOOPS = st.sampled_from(["form", "other_form", None])
PAST = st.lists(
    st.one_of(
        st.builds(UserUttered, st.sampled_from(["ciao", "sì"])),
        st.builds(ActionExecuted, st.sampled_from(["action_listen", "form", "action_tell"])),
        st.builds(SlotSet, st.just("number"), st.sampled_from(["1", None])),
        st.builds(ActiveLoop, LOOPS),
        st.builds(LoopInterrupted, st.booleans()),
        st.builds(ActionExecutionRejected, st.just("form")),
        st.builds(FollowupAction, st.just("action_tell")),
        st.builds(BotUttered, st.just("Quale?")),
        st.just(ConversationPaused()),
    ),
    max_size=12,
)


@given(PAST)
def test_a_copied_conversation_is_the_one_that_lived_through_all_events(events: list[Event]) -> None:
    tracker = DialogueStateTracker.from_events("cv_1", events, slots=[TextSlot("number", [{}])])
    tracker.model_id = "m"

    copied, replayed = shortcuts._copy_of_conversation(tracker), tracker.travel_back_in_time(float("inf"))

    assert _everything(copied) == _everything(replayed)
    copied.update(SlotSet("number", "7"))
    copied.update(ActiveLoop("form"))
    copied.update(LoopInterrupted(True))
    assert _everything(tracker) == {**_everything(replayed), "model_id": "m"}


@given(PAST, st.lists(st.sampled_from([ActionReverted(), UserUtteranceReverted(), Restarted(), SessionStarted()])))
def test_the_events_that_count_are_those_that_count_for_rasa(events: list[Event], back: list[Event]) -> None:
    mixed = [event for pair in zip_longest(events, back) for event in pair if event]
    tracker = DialogueStateTracker.from_events("cv_1", mixed, slots=[TextSlot("number", [{}])])

    assert shortcuts._applied_events(tracker) == shortcuts._applied(tracker)


def _everything(tracker: DialogueStateTracker) -> dict:
    slots = {name: (slot.value, slot.has_been_set) for name, slot in tracker.slots.items()}
    return {**vars(tracker), "slots": slots, "events": list(tracker.events)}


def test_an_action_is_told_what_was_said_and_everything_of_this_turn() -> None:
    before = [UserUttered("dov'è?"), ActionExecuted("form"), SlotSet("number", "1"), BotUttered("Quale?")]
    now = [UserUttered("il 2"), ActionExecuted("form"), ActiveLoop("form"), SlotSet("number", "2")]
    tracker = DialogueStateTracker.from_events("cv_1", [*before, *now], slots=[TextSlot("number", [{}])])
    action = RemoteAction("action_tell", EndpointConfig("http://127.0.0.1", enable_selective_domain=True))

    call, whole = (tell(action, tracker, Domain.empty()) for tell in (shortcuts._call_of, shortcuts._whole_call))

    told = call["tracker"].pop("events")
    assert told == [event.as_dict() for event in (before[0], before[3], *now)]
    whole["tracker"].pop("events")
    assert call == whole


@pytest.mark.model
@pytest.mark.parametrize("intent", ["greet", "track_order", "give_details", "thank", None])
@pytest.mark.parametrize("in_form", [False, True])
def test_a_text_finds_no_rule_where_there_are_only_rules_about_intents(
    bot_model: Path, store, intent: str, in_form: bool
) -> None:
    agent = agent_with(store, bot_model)
    nodes = agent.processor.graph_runner._nodes.values()
    policy = next(node._component for node in nodes if isinstance(node._component, RulePolicy))
    form = [ActionExecuted("order_form"), ActiveLoop("order_form"), ActionExecuted("action_listen")] if in_form else []
    said = UserUttered("buongiorno", {"name": intent}, [{"entity": "order_number", "value": "104233"}])
    events = [ActionExecuted("action_listen"), UserUttered("ciao", {"name": "track_order"}), *form, said]
    tracker = DialogueStateTracker.from_events("cv_1", events, slots=agent.domain.slots)

    action, _, returning = shortcuts._find_action(policy, tracker, agent.domain, True)

    assert not shortcuts._some_need_no_intent(policy.lookup)
    assert shortcuts._action_from_rules(policy, tracker, agent.domain, True)[::2] == (action, returning)


@pytest.mark.parametrize("module", [rasa.core.processor, rasa.core.actions.forms])
def test_what_is_not_copied_any_more_was_only_for_the_debug_log(module: ModuleType) -> None:
    tree = ast.parse(inspect.getsource(module))

    assert _uses_of_copy(tree)
    assert _uses_of_copy(tree) == sum(_uses_of_copy(call) for call in ast.walk(tree) if _is_debug(call))


def test_a_copied_slot_is_a_slot_of_its_own() -> None:
    for slot in (TextSlot("a", [{}], initial_value="x"), ListSlot("b", [{}])):
        slot.value = ["y"]
        copied = shortcuts._copy_of_slot(slot)
        assert type(copied) is type(slot) and vars(copied) == vars(slot)
        copied.value = None
        assert slot.value == ["y"] and slot.has_been_set


def test_only_a_domain_without_anything_is_empty() -> None:
    full = Domain.from_dict({"intents": ["greet"]})

    assert [shortcuts._is_empty(domain) for domain in (Domain.empty(), full)] == [True, False]


def test_events_are_found_by_their_names() -> None:
    shortcuts.take_shortcuts()

    assert Event.resolve_by_type("slot") is SlotSet
    assert Event.resolve_by_type("topic") is None
    with pytest.raises(ValueError, match="nonsense"):
        Event.resolve_by_type("nonsense")
    assert copy.copy(TextSlot("a", [])).name == "a"


def _uses_of_copy(tree: ast.AST) -> int:
    return sum(isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "copy" for node in ast.walk(tree))


def _is_debug(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "structlogger.debug"
