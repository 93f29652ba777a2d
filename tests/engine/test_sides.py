"""What the assistant keeps in mind when its customer goes on elsewhere, and what it forgets."""

from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from engine.sides import change_side

SLOTS = ("side", "email", "order_number", "case", "proof_step", "choice", "waiting")
DOMAIN = Domain.from_dict({"slots": {name: {"type": "any", "mappings": [{"type": "custom"}]} for name in SLOTS}})


@pytest.fixture
def tracker() -> DialogueStateTracker:
    return DialogueStateTracker("cv_1", DOMAIN.slots)


def fill(tracker: DialogueStateTracker, **values: Any) -> None:
    for name, value in values.items():
        tracker.slots[name].value = value


def test_what_it_is_about_goes_along_and_how_to_reach_somebody_does_not(tracker: DialogueStateTracker) -> None:
    case = {"intent": "report_item_problem", "known": {"order_number": "104206", "contact": "a@b.it", "phone": "06"}}
    fill(tracker, email="anna@example.it", order_number="104206", case=case)

    change_side(tracker, "id_phone")

    assert tracker.slots["email"].value is None and tracker.slots["order_number"].value == "104206"
    assert tracker.slots["case"].value["known"] == {"order_number": "104206"}


def test_a_description_is_kept_for_the_shop_and_marked_as_told_elsewhere(tracker: DialogueStateTracker) -> None:
    fill(tracker, case={"known": {"description": "il vaso è rotto"}})

    change_side(tracker, "id_phone")

    kept = tracker.slots["case"].value
    assert kept == {"known": {"description": "il vaso è rotto"}, "told_elsewhere": ["description"]}


def test_a_code_that_was_asked_for_there_is_asked_for_anew_here(tracker: DialogueStateTracker) -> None:
    fill(tracker, proof_step={"asked": "code", "email": "anna@example.it", "known": True, "missed": 1})

    change_side(tracker, "id_phone")

    assert tracker.slots["proof_step"].value == {"asked": "email", "email": None, "known": False, "missed": 0}


def test_on_the_same_side_nothing_is_forgotten(tracker: DialogueStateTracker) -> None:
    change_side(tracker, "id_phone")
    fill(tracker, email="anna@example.it", choice={"words": "x"})
    events = len(tracker.events)

    change_side(tracker, "id_phone")

    assert tracker.slots["email"].value == "anna@example.it" and len(tracker.events) == events


def test_coming_back_to_the_side_that_opened_it_forgets_again(tracker: DialogueStateTracker) -> None:
    change_side(tracker, "id_phone")
    fill(tracker, email="anna@example.it")

    change_side(tracker, None)

    assert tracker.slots["email"].value is None and tracker.slots["side"].value == ""


def test_an_assistant_without_the_slot_is_left_alone() -> None:
    plain = DialogueStateTracker("cv_1", Domain.from_dict({"slots": {}}).slots)

    change_side(plain, "id_phone")

    assert not plain.events
