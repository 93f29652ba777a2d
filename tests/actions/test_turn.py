from typing import Optional

import pytest

from actions.context import Context
from tests.actions.helpers import NO, YES, bot, tracker, turn_of, user

PRICE = {"title": "Quanto costa?", "payload": "/ask_price"}


@pytest.mark.parametrize(
    ("said", "offer"),
    [
        ([bot("utter_complain", YES, NO)], "ask_human"),
        ([bot("utter_order_lost", YES, NO), bot("utter_if_another_order")], "ask_human"),
        ([bot("utter_choices", PRICE, YES)], None),
        ([bot("utter_greet")], None),
        ([], None),
    ],
)
def test_an_offer_is_a_button_beside_no_in_the_turn_before(said: list, offer: str, bare_context: Context) -> None:
    turn, _ = turn_of(tracker(user(), *said, user("sì", "affirm")), bare_context)

    assert turn.last_offer() == offer


def test_an_offer_is_gone_after_another_message(bare_context: Context) -> None:
    events = [user(), bot("utter_complain", YES, NO), user("grazie", "thank", "ms_2"), bot("utter_greet")]
    events.append(user("sì", "affirm", "ms_3"))

    turn, _ = turn_of(tracker(*events), bare_context)

    assert turn.last_offer() is None


@pytest.mark.parametrize(
    ("told", "offer"),
    [
        ({"previous_turn_id": "ms_2"}, "ask_human"),
        ({"previous_turn_id": "ms_1"}, None),
        ({"previous_turn_id": None}, None),
        ({}, "ask_human"),
    ],
)
def test_an_offer_the_customer_was_never_shown_is_none(told: dict, offer: Optional[str], bare_context: Context) -> None:
    yes = user("sì", "affirm", "ms_3")
    yes["metadata"].update(told)

    turn, _ = turn_of(tracker(user(turn_id="ms_2"), bot("utter_complain", YES, NO), yes), bare_context)

    assert turn.last_offer() == offer
    assert turn.last_responses() == (["utter_complain"] if offer else [])


def test_the_message_before_keeps_its_intent_numbers_and_id(bare_context: Context) -> None:
    before = [user("…", "cancel_order", "ms_1", order_number="104206"), bot("utter_greet")]

    turn, _ = turn_of(tracker(*before, user("sì", "affirm", "ms_2")), bare_context)

    assert (turn.id, turn.previous_turn_id(), turn.previous_intent()) == ("ms_2", "ms_1", "cancel_order")
    assert turn.previous_entities() == {"order_number": "104206"}


def test_the_first_message_has_none_before_it(bare_context: Context) -> None:
    turn, _ = turn_of(tracker(user()), bare_context)

    assert (turn.previous_turn_id(), turn.previous_intent(), turn.previous_entities()) == (None, None, {})


def test_a_form_opened_by_an_earlier_message_has_not_just_opened(bare_context: Context) -> None:
    opened = {"event": "active_loop", "name": "order_status_form"}

    now, _ = turn_of(tracker(user(), opened), bare_context)
    before, _ = turn_of(tracker(user(), opened, user()), bare_context)

    assert now.has_just_opened("order_status_form")
    assert not before.has_just_opened("order_status_form")


def test_what_was_said_can_be_taken_back(bare_context: Context) -> None:
    turn, said = turn_of(tracker(user()), bare_context)
    turn.say("utter_greet")
    turn.effect("staff_request", reason="asked")

    turn.unsay()

    assert said.responses == [] and said.effects == []
