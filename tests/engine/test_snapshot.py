import asyncio
import dataclasses
from pathlib import Path
from typing import Any, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from base.clock import SystemClock
from base.database import Database
from engine.snapshot import event_classes, restore
from engine.tracker_store import SnapshotTrackerStore
from engine.turns import Turns
from tests.engine.conftest import make_table
from tests.engine.conversations import BOT, CONVERSATION, FullHistoryStore, agent_with, pressing, texts_of

pytestmark = pytest.mark.model

MOVES = [
    ("greet", {}),
    ("thank", {}),
    ("ask_hours", {}),
    ("track_order", {}),
    ("track_order", {"order_number": "104233"}),
    ("track_refund", {}),
    ("give_details", {}),
    ("give_details", {"order_number": "104877"}),
    ("give_details", {"email": "anna@example.it"}),
    ("tell_mood", {"mood": "buono"}),
    ("tell_mood", {"mood": "cattivo"}),
    ("deny", {}),
    ("go_on", {}),
    ("ask_nothing", {}),
]


class Pair:
    """The same bot twice: with the whole history, and with ours."""

    def __init__(self, model: Path, database: Database) -> None:
        self.full, self.short = FullHistoryStore(), SnapshotTrackerStore(database=database, clock=SystemClock())
        self.domain = Domain.load(BOT / "domain.yml")
        self._full, self._short = Turns(agent_with(self.full, model)), Turns(agent_with(self.short, model))
        self._conversations = 0

    async def run(self, moves: list[tuple[str, dict]]) -> None:
        """Both say the same, turn by turn, and stand at the same point afterwards."""
        self._conversations += 1
        conversation_id = f"cv_{self._conversations}"
        for number, (intent, entities) in enumerate(moves):
            turn = pressing(intent, f"{conversation_id}_{number}", conversation_id, **entities)
            assert await self._short.run(turn) == await self._full.run(turn)
            short, full = await self.short.retrieve(conversation_id), await self.full.retrieve(conversation_id)
            assert _standing(short) == _standing(full)
            assert self._seen_by_policies(short) == self._seen_by_policies(full)

    def _seen_by_policies(self, tracker: DialogueStateTracker) -> list[Any]:
        return self.domain.states_for_tracker_history(tracker)[-4:]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, bot_model: Path) -> Iterator[Pair]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('pair') / 'trackers.db'}")
    make_table(database)
    yield Pair(bot_model, database)
    database.close()


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(moves=st.lists(st.sampled_from(MOVES), min_size=5, max_size=25))
def test_a_conversation_goes_the_same_way_without_its_past(pair: Pair, moves: list) -> None:
    asyncio.run(pair.run(moves))


@pytest.mark.deep
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(moves=st.lists(st.sampled_from(MOVES), min_size=10, max_size=60))
def test_many_long_conversations_go_the_same_way_without_their_past(pair: Pair, moves: list) -> None:
    asyncio.run(pair.run(moves))


@pytest.mark.parametrize(
    "moves",
    [
        [MOVES[0]],
        [MOVES[3], MOVES[6]],  # a form that never gets its answer
        [MOVES[3], MOVES[2]],  # a form left for a question, again and again
        [MOVES[13]],
    ],
)
async def test_two_hundred_turns_take_no_more_room_than_ten(
    store: SnapshotTrackerStore, bot_model: Path, moves: list
) -> None:
    turns = Turns(agent_with(store, bot_model))
    sizes = []

    for number in range(200):
        intent, entities = moves[min(number, len(moves) - 1)]
        await turns.run(pressing(intent, **entities))
        sizes.append(len((await store.retrieve(CONVERSATION)).events))

    assert max(sizes) == max(sizes[:10])


def test_slots_and_a_form_that_the_domain_no_longer_has_are_left_out() -> None:
    stored = [
        ActionExecuted("action_listen"),
        UserUttered("vecchio", {"name": "greet"}),
        ActionExecuted("old_form"),
        ActiveLoop("old_form"),
        SlotSet("old_slot", "x"),
        SlotSet("note", "y"),
    ]

    tracker = restore(CONVERSATION, [event.as_dict() for event in stored], Domain.load(BOT / "domain.yml"))

    assert tracker.active_loop_name is None
    assert tracker.get_slot("note") == "y"
    assert "old_slot" not in tracker.slots


def test_every_kind_of_event_is_read_as_rasa_reads_it() -> None:
    class LookAlike(UserUttered):
        """Rasa's own tests of stories define one with the same name."""

    kinds = event_classes()

    assert (kinds["user"], kinds["slot"], kinds["active_loop"]) == (UserUttered, SlotSet, ActiveLoop)
    assert all(Event.resolve_by_type(name) is kind for name, kind in kinds.items())


async def test_a_form_goes_on_after_its_beginning_was_forgotten(store: SnapshotTrackerStore, bot_model: Path) -> None:
    turns = Turns(agent_with(store, bot_model))
    for intent in ("greet", "track_order", "ask_hours", "ask_hours", "ask_hours", "ask_hours", "ask_hours"):
        await turns.run(pressing(intent))

    await turns.run(pressing("give_details", order_number="104233"))
    result = await turns.run(pressing("give_details", email="anna@example.it"))

    assert texts_of(result) == ["Ordine 104233, anna@example.it."]


def _standing(tracker: DialogueStateTracker) -> dict[str, Any]:
    return {
        "slots": tracker.current_slot_values(),
        "loop": dataclasses.asdict(tracker.active_loop) if tracker.active_loop else None,
        "latest_action": tracker.latest_action,
        "followup_action": tracker.followup_action,
        "paused": tracker.is_paused(),
    }
