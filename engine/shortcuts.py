"""Shortcuts through Rasa: what it works out at every turn although it never changes, or for nobody to read.

Each gives what Rasa's own code gives; tests/engine/test_shortcuts.py holds them against it.
"""

from copy import copy
from functools import cache, lru_cache
from typing import Any, Iterable, Mapping, Optional

import rasa
import rasa.core.actions.forms
import rasa.core.processor
from rasa.core.actions.action import RemoteAction
from rasa.core.policies.policy import Policy
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    BotUttered,
    Event,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

from engine.snapshot import event_classes

SAID = (UserUttered, BotUttered)
Moment = tuple[Optional[str], Optional[str]]  # the latest action and the intent after it; None: any, or none

_applied = DialogueStateTracker.applied_events
_rules_of, _find_event = RulePolicy._get_possible_keys, Event.resolve_by_type
_find_action, _whole_call = RulePolicy._find_action_from_rules, RemoteAction._action_call_format


def take_shortcuts() -> None:
    """Take all of them, in this process, from now on."""
    rasa.core.processor.copy = rasa.core.actions.forms.copy = NoCopies
    Policy.format_tracker_states = staticmethod(_no_words)
    event_classes()  # asks Rasa's own way, once
    Event.resolve_by_type = staticmethod(_event_class)
    Slot.__copy__ = _copy_of_slot
    DialogueStateTracker.copy = _copy_of_conversation
    DialogueStateTracker.applied_events = _applied_events
    Domain.is_empty = _is_empty
    RulePolicy._get_possible_keys = _possible_rules
    RulePolicy._find_action_from_rules = _action_from_rules
    RemoteAction._action_call_format = _call_of


class NoCopies:
    """Stands for the module `copy` where Rasa copies only what it hands to its debug log, whole turns at a time."""

    @staticmethod
    def deepcopy(value: Any) -> Any:
        """The thing itself."""
        return value


def _no_words(_states: list[dict]) -> str:
    """A description of the conversation, for the debug log."""
    return ""


def _event_class(type_name: str, default: Optional[type[Event]] = None) -> Optional[type[Event]]:
    """Rasa looks through all classes for each event."""
    return event_classes().get(type_name) or _find_event(type_name, default)


def _copy_of_slot(slot: Slot) -> Slot:
    """As `copy.copy` does it, without asking how: all slots are copied with every copy of a conversation."""
    copied = slot.__class__.__new__(slot.__class__)
    copied.__dict__.update(slot.__dict__)
    return copied


def _copy_of_conversation(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """Rasa lets a new conversation live through all events again; each action that runs gets such a copy."""
    copied = tracker.__class__.__new__(tracker.__class__)
    copied.__dict__.update(tracker.__dict__)
    copied.slots = copy(tracker.slots)
    copied.slots.update({name: copy(slot) for name, slot in tracker.slots.items()})
    copied.events = tracker._create_events(tracker.events)
    copied.active_loop, copied.latest_action = copy(tracker.active_loop), copy(tracker.latest_action)
    copied.sender_source = copied.model_id = copied.assistant_id = None
    return copied


def _applied_events(tracker: DialogueStateTracker) -> list[Event]:
    """Rasa asks of each event five times what it is; each kind of event answers for all of its own."""
    loops = {event.name for event in tracker.events if _part_of(type(event)) is ActiveLoop and event.name}
    applied: list[Event] = []
    for event in tracker.events:
        part = _part_of(type(event))
        if part is None or part is ActiveLoop:
            applied.append(event)
        elif part is Restarted:
            applied = []
        elif part is ActionReverted:
            tracker._undo_till_previous(ActionExecuted, applied)
        elif part is UserUtteranceReverted:
            tracker._undo_till_previous(UserUttered, applied)
            tracker._undo_till_previous(ActionExecuted, applied)
        elif event.action_name in loops and not tracker._first_loop_execution_or_unhappy_path(
            event.action_name, applied
        ):
            tracker._undo_till_previous_loop_execution(event.action_name, applied)
        else:
            applied.append(event)
    return applied


@cache
def _part_of(kind: type[Event]) -> Optional[type[Event]]:
    """Which of the events that decide what counts an event of this kind is; a session's start is a restart."""
    if issubclass(kind, SessionStarted):
        return Restarted
    deciding = (Restarted, ActionReverted, UserUtteranceReverted, ActionExecuted, ActiveLoop)
    return next((one for one in deciding if issubclass(kind, one)), None)


def _is_empty(domain: Domain) -> bool:
    """Rasa makes an empty domain to compare with for each message."""
    return domain.as_dict() == _nothing()


@cache
def _nothing() -> dict[str, Any]:
    return Domain.empty().as_dict()


def _call_of(action: RemoteAction, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
    """Rasa tells an action all that ever happened; of what was before the latest message only what was said counts."""
    events = list(tracker.events)
    latest = max((place for place, event in enumerate(events) if isinstance(event, UserUttered)), default=0)
    told = (event for place, event in enumerate(events) if place >= latest or isinstance(event, SAID))
    call: dict[str, Any] = {
        "next_action": action.name(),
        "sender_id": tracker.sender_id,
        "tracker": {**tracker.current_state(), "events": [event.as_dict() for event in told]},
        "version": rasa.__version__,
    }
    if not action._is_selective_domain_enabled() or domain.does_custom_action_explicitly_need_domain(action.name()):
        call["domain"] = domain.as_dict()
    return call


def _possible_rules(policy: RulePolicy, lookup: Mapping[str, str], states: list[State]) -> set[str]:
    """Rasa compares every rule with the conversation; here only those whose last step is like the newest one."""
    return _rules_of(policy, dict.fromkeys(_likely(lookup, states[-1])) if states else lookup, states)


def _action_from_rules(policy: RulePolicy, tracker: Any, domain: Any, use_text_for_last_user_input: bool) -> Any:
    """Rasa first looks for rules about a text, then for rules about an intent. Where there are none about texts…"""
    after_message = tracker.latest_action_name == ACTION_LISTEN_NAME
    if use_text_for_last_user_input and after_message and not _some_need_no_intent(policy.lookup):
        return None, None, False
    return _find_action(policy, tracker, domain, use_text_for_last_user_input)


def _some_need_no_intent(lookup: Mapping[str, Any]) -> bool:
    said: State = {PREVIOUS_ACTION: {ACTION_NAME: ACTION_LISTEN_NAME}}
    return any(_likely(lookup[kind], said) for kind in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH))


def _likely(lookup: Mapping[str, str], state: State) -> list[str]:
    """The rules that `state` does not rule out by its action and intent."""
    if not state.get(PREVIOUS_ACTION):
        return list(lookup)
    rules, (action, intent) = _by_last_step(frozenset(lookup)), _moment(state)
    return [rule for a in {action, None} for i in {intent, None} for rule in rules.get((a, i), ())]


@lru_cache(maxsize=16)
def _by_last_step(rules: Iterable[str]) -> dict[Moment, list[str]]:
    sorted_: dict[Moment, list[str]] = {}
    for rule in rules:
        last = RulePolicy._rule_key_to_state(rule)[-1]
        if last.get(PREVIOUS_ACTION):  # else it is about a conversation's very beginning
            sorted_.setdefault(_moment(last), []).append(rule)
    return sorted_


def _moment(state: State) -> Moment:
    return _fixed(state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME)), _fixed(state.get(USER, {}).get(INTENT))


def _fixed(value: Any) -> Optional[str]:
    return value if value and value != SHOULD_NOT_BE_SET and isinstance(value, str) else None
