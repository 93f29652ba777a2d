from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from actions.context import Context
from actions.orders import ValidateOrderStatusForm
from actions.turn import TASK_SLOTS
from tests.actions.helpers import NO, YES, Said, bot, message_in_log, tracker, user

FORM = "order_status_form"
OPENED = {"event": "active_loop", "name": FORM}
REJECTED = {"event": "action_execution_rejected", "name": FORM}


async def step(
    chosen: Context, text: str, intent: str, *after: dict, slots: dict[str, Any] | None = None, **entities: str
) -> tuple[dict[str, Any], Said, list[dict]]:
    """Run the form once; the slots it set, what it said, and all its events."""
    conversation_id, turn_id = message_in_log(chosen.database, chosen.clock, text)
    tracked = tracker(
        user(text, intent, turn_id, **entities), *after, slots=slots, form=FORM, conversation_id=conversation_id
    )
    dispatcher = CollectingDispatcher()
    events = await ValidateOrderStatusForm().run(dispatcher, tracked, {})
    set_slots = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
    return set_slots, Said(dispatcher), events


async def test_opening_empties_what_an_earlier_task_left(shop_context: Context) -> None:
    left_over = {"quote_number": "P-3003", "email": "luca@example.it", "missed_answers": 1, "order_number": "104207"}

    slots, said, _ = await step(shop_context, "dov'è il pacco", "track_order", OPENED, slots=left_over)

    assert slots == {**dict.fromkeys(TASK_SLOTS), "requested_slot": "order_number"}
    assert said.responses == []


async def test_a_number_is_kept_while_the_email_is_asked(shop_context: Context) -> None:
    slots, _, _ = await step(shop_context, "104206", "track_order", OPENED, order_number="104206")

    assert (slots["order_number"], slots["requested_slot"]) == ("104206", "email")


async def test_after_the_answer_nothing_is_left(shop_context: Context) -> None:
    held = {"order_number": "104206", "requested_slot": "email"}

    slots, said, _ = await step(
        shop_context, "anna.rossi@example.it", "give_details", slots=held, email="anna.rossi@example.it"
    )

    assert said.responses == ["utter_order_in_transit"]
    assert slots == {**dict.fromkeys((*TASK_SLOTS, "requested_slot")), "talked_about": ["order", "104206"]}


async def test_another_request_makes_the_form_stand_aside_without_a_word(shop_context: Context) -> None:
    held = {"requested_slot": "order_number"}

    slots, said, events = await step(
        shop_context, "e il rimborso dell'ordine 104217?", "track_refund", slots=held, order_number="104217"
    )

    assert [event["event"] for event in events] == ["action_execution_rejected"]
    assert said.responses == [] and slots == {}


async def test_a_greeting_with_a_number_is_an_answer(shop_context: Context) -> None:
    held = {"requested_slot": "order_number"}

    slots, _, _ = await step(shop_context, "ciao, 104206", "greet", slots=held, order_number="104206")

    assert slots["order_number"] == "104206"


async def test_after_a_digression_the_same_question_is_asked(shop_context: Context) -> None:
    held = {"order_number": "104206", "requested_slot": "email"}

    slots, said, _ = await step(shop_context, "grazie", "thank", REJECTED, slots=held)

    assert slots == {"requested_slot": "email", "digressions": 0} and said.responses == []


async def test_the_question_is_explained_once_and_then_a_person_is_offered(shop_context: Context) -> None:
    held = {"requested_slot": "order_number"}

    first, explained, _ = await step(shop_context, "boh", "out_of_scope", slots=held)
    second, offered, _ = await step(shop_context, "non so", "give_details", slots={**held, **first})

    assert explained.responses == ["utter_explain_order_number"] and first["requested_slot"] == "order_number"
    assert offered.responses == ["utter_offer_person_for_missing_details"] and second["requested_slot"] is None


async def test_wrong_data_are_held_so_that_one_of_them_can_be_corrected(shop_context: Context) -> None:
    held = {"order_number": "104206", "requested_slot": "email"}

    slots, said, _ = await step(shop_context, "luca@example.it", "give_details", slots=held, email="luca@example.it")

    assert said.responses == ["utter_error_record_not_found"]
    assert slots == {
        **dict.fromkeys(TASK_SLOTS),
        "order_number": "104206",
        "email": "luca@example.it",
        "requested_slot": "correction",
    }


async def test_only_the_wrong_one_has_to_be_written_again(shop_context: Context) -> None:
    held = {"order_number": "104206", "email": "luca@example.it", "requested_slot": "correction"}

    _, said, _ = await step(
        shop_context, "è anna.rossi@example.it", "give_details", slots=held, email="anna.rossi@example.it"
    )

    assert said.responses == ["utter_order_in_transit"]


async def test_the_form_stands_aside_for_a_question(shop_context: Context) -> None:
    held = {"order_number": "104206", "requested_slot": "email"}
    offer = bot("utter_not_in_chat_request_invoice", YES, NO)

    slots, said, _ = await step(shop_context, "la fattura?", "request_invoice", REJECTED, offer, slots=held)

    assert slots["requested_slot"] is None and slots["order_number"] is None and said.responses == []
    assert slots["kept_details"] == {"form": FORM, "ref": ["order", "104206"], "email": None, "case": None}


async def test_what_was_kept_is_taken_up_again(shop_context: Context) -> None:
    kept = {"kept_details": {"form": FORM, "ref": ["order", "104206"], "email": None, "case": None}}

    _, said, _ = await step(
        shop_context, "anna.rossi@example.it", "give_details", OPENED, slots=kept, email="anna.rossi@example.it"
    )

    assert said.responses == ["utter_order_in_transit"]
