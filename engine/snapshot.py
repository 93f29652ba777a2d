"""A conversation's history made short: a few events for the state the past led to, then the last turns as they were.

Rasa rebuilds a conversation by replaying all its events, so each turn costs a little more than the one before.
RulePolicy and forms look at the state and at one customer's message back at most; `shorten` keeps that. Made-up events
are marked, and stand in the order that Rasa's bookkeeping expects (`DialogueStateTracker.applied_events`).

docs/decisions/0001-snapshot-tracker.md tells why, and what is given up.
"""

from copy import copy
from dataclasses import dataclass
from functools import cache
from itertools import chain, groupby
from typing import Any, Iterable, Mapping, Optional

from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    DefinePrevUserUtteredFeaturization,
    Event,
    FollowupAction,
    LoopInterrupted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

from engine.parts import is_first

KEPT_TURNS = 3
MARK = {"snapshot": True}


def shorten(tracker: DialogueStateTracker, kept_turns: int = KEPT_TURNS) -> list[Event]:
    """Events that lead to the same state as the tracker's own, those of the last `kept_turns` turns untouched."""
    events = list(tracker.events)
    starts = [place for place, event in enumerate(events) if is_message(event) and is_first(event)]
    if len(starts) <= kept_turns:
        return events
    cut = starts[-kept_turns]
    return _past(tracker, events[:cut]) + events[cut:]


def restore(conversation_id: str, stored: Iterable[Mapping[str, Any]], domain: Domain) -> DialogueStateTracker:
    """The tracker whose shortened events, as dictionaries, are `stored`.

    What the present domain no longer knows is left out: slots, and a form that was running.
    """
    tracker = DialogueStateTracker(conversation_id, domain.slots)
    for event in map(_event_of, stored):
        if not isinstance(event, SlotSet) or event.key in tracker.slots:
            tracker.update(event)
    if tracker.active_loop_name and tracker.active_loop_name not in domain.action_names_or_texts:
        tracker.update(ActiveLoop(None, metadata=MARK))
        tracker.update(SlotSet(REQUESTED_SLOT, None, metadata=MARK))
    return tracker


def is_message(event: Event) -> bool:
    """Whether `event` is something the customer said, not a made-up reminder of it."""
    return isinstance(event, UserUttered) and not event.metadata.get("snapshot")


def _event_of(stored: Mapping[str, Any]) -> Event:
    # Rasa's own way looks through all classes for each event, which takes half of the time of a restoration.
    return event_classes()[stored["event"]]._from_parameters(dict(stored))


@cache
def event_classes() -> dict[str, type[Event]]:
    """Rasa's kinds of events by the names they are stored under."""
    return {kind.type_name: Event.resolve_by_type(kind.type_name) for kind in all_subclasses(Event)}


def _past(tracker: DialogueStateTracker, events: list[Event]) -> list[Event]:
    """Made-up events for all of the past but the last message that still counts, then what that message led to.

    Rasa takes messages back: those that a form has dealt with, and those after which it said that it had not
    understood. So "the last message that counts" may be older than the last one.
    """
    counting = _replayed(tracker, events).applied_events()
    start = next((place for place in reversed(range(len(counting))) if isinstance(counting[place], UserUttered)), 0)
    acting = [event for event in counting[start:] if not isinstance(event, BotUttered)]
    past = _state_events(tracker, counting[:start]) + _last_of_each_slot(acting)
    return [_made_up(event, events[-1].timestamp) for event in past]


def _state_events(tracker: DialogueStateTracker, events: list[Event]) -> list[Event]:
    """Few events with the effect of `events`.

    The order matters: Rasa pairs a form's runs with the messages between them, going backwards from the latest.
    """
    past, opening = _replayed(tracker, events), _opening(tracker, events)
    slots = tracker.init_copy().current_slot_values()
    made_up: list[Event] = [ActionExecuted(ACTION_LISTEN_NAME)]  # never looks like a conversation's start
    loop = past.active_loop
    if loop is not None and past.active_loop_name:
        made_up += [*_slot_changes(slots, opening.slots), *opening.message, ActionExecuted(loop.name)]
        made_up += [ActionExecutionRejected(loop.name)] if _stands_aside(past) else []
        made_up += [ActiveLoop(loop.name)]
        slots = opening.slots
    made_up += _slot_changes(slots, past.current_slot_values())
    made_up += [ActionExecutionRejected(loop.name)] if loop is not None and loop.rejected else []
    made_up += [ConversationPaused()] if past.is_paused() else []
    if past.latest_action:
        name, text = past.latest_action.get("action_name"), past.latest_action.get("action_text")
        made_up += [ActionExecuted(name, action_text=text)]
    made_up += [LoopInterrupted(True)] if past.is_active_loop_interrupted else []
    made_up += [FollowupAction(past.followup_action)] if past.followup_action else []
    return made_up


@dataclass(frozen=True)
class _Opening:
    """How the running form was opened: by which message, and what the slots were then."""

    message: tuple[Event, ...]
    slots: Mapping[str, Any]


def _opening(tracker: DialogueStateTracker, events: list[Event]) -> _Opening:
    past = tracker.init_copy()
    slots = before_action = past.current_slot_values()
    message: tuple[Event, ...] = ()
    for event in events:
        if isinstance(event, ActionExecuted):
            before_action = past.current_slot_values()
        past.update(event)
        if isinstance(event, ActiveLoop) and event.name:
            slots, message = before_action, _with_featurization(past.latest_message)
    return _Opening(message, slots)


def _with_featurization(message: Optional[UserUttered]) -> tuple[Event, ...]:
    if message is None or message.is_empty():
        return ()
    by_text = message.use_text_for_featurization
    return (message,) if by_text is None else (message, DefinePrevUserUtteredFeaturization(by_text))


def _stands_aside(past: DialogueStateTracker) -> bool:
    """Whether the running form was left alone since it last ran, so that its next run is a return to it."""
    return past._first_loop_execution_or_unhappy_path(past.active_loop_name, past.applied_events())


def _replayed(tracker: DialogueStateTracker, events: list[Event]) -> DialogueStateTracker:
    past = tracker.init_copy()
    for event in events:
        past.update(event)
    return past


def _slot_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Event]:
    return [SlotSet(name, value) for name, value in after.items() if value != before.get(name)]


def _last_of_each_slot(events: list[Event]) -> list[Event]:
    """`events` without those settings of a slot that the next one overrides at once."""
    groups = groupby(events, lambda event: isinstance(event, SlotSet))
    kept = ({event.key: event for event in group}.values() if are_slots else list(group) for are_slots, group in groups)
    return list(chain.from_iterable(kept))


def _made_up(event: Event, timestamp: float) -> Event:
    copied = copy(event)
    copied.metadata, copied.timestamp = {**event.metadata, **MARK}, timestamp
    return copied
