import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.base import SportelloAction
from actions.context import Context
from actions.general import (
    ActionAnswerNo,
    ActionAnswerYes,
    ActionCancelTask,
    ActionGreet,
    ActionUseDetails,
)
from actions.not_understood import ActionNotUnderstood
from actions.people import PASSED_ON, REASON_OF_RESPONSE, ActionPassToStaff, ActionRequestPerson
from tests.actions.helpers import NO, TEXTS, YES, Said, bot, tracker, user


async def run(action: SportelloAction, *events: dict, slots: dict | None = None, form: str | None = None) -> tuple:
    dispatcher = CollectingDispatcher()
    return Said(dispatcher), await action.run(dispatcher, tracker(*events, slots=slots, form=form), {})


async def test_three_times_in_a_row_not_understood_ends_with_a_person(bare_context: Context) -> None:
    said, slots, events = [], {}, []
    for place in range(1, 5):
        events += [user("…", "nlu_fallback", f"ms_{place}")]
        heard, result = await run(ActionNotUnderstood(), *events, slots=slots)
        said += heard.responses
        slots = {event["name"]: event["value"] for event in result}

    person = "utter_not_understood_offer_person"
    assert said == ["utter_rephrase", "utter_choices", person, person]


async def test_an_understood_message_in_between_begins_the_count_anew(bare_context: Context) -> None:
    slots = {"misunderstood": {"turn_id": "ms_1", "times": 2}}
    events = [user("…", "nlu_fallback", "ms_1"), user("grazie", "thank", "ms_2"), user("…", "nlu_fallback", "ms_3")]

    said, _ = await run(ActionNotUnderstood(), *events, slots=slots)

    assert said.responses == ["utter_rephrase"]


@pytest.mark.parametrize(
    ("entities", "form"),
    [
        ({"order_number": "104206"}, "order_status_form"),
        ({"return_number": "R-20804"}, "return_status_form"),
        ({"quote_number": "P-3003"}, "quote_status_form"),
    ],
)
async def test_a_loose_number_starts_the_task_it_belongs_to(entities: dict, form: str, bare_context: Context) -> None:
    said, events = await run(ActionUseDetails(), user("…", **entities))

    assert [event["name"] for event in events] == [form] and said.responses == []


@pytest.mark.parametrize(
    ("message", "response"),
    [
        (user("333 1234567", phone="3331234567"), "utter_ask_what_the_details_are_for"),
        (user("40121", postal_code="40121"), "utter_ask_what_the_details_are_for"),
    ],
)
async def test_other_loose_details_are_asked_about(message: dict, response: str, bare_context: Context) -> None:
    said, events = await run(ActionUseDetails(), message)

    assert said.responses == [response] and events == []


async def test_a_loose_email_is_kept_for_the_number_that_follows(bare_context: Context) -> None:
    said, events = await run(ActionUseDetails(), user("anna.rossi@example.it", email="anna.rossi@example.it"))

    assert said.responses == ["utter_ask_what_the_email_is_for"]
    assert [(e["name"], e["value"]["email"]) for e in events] == [("kept_details", "anna.rossi@example.it")]


@pytest.mark.parametrize(("before", "response"), [("thank", "utter_goodbye"), ("track_order", "utter_greet")])
async def test_ciao_after_thanks_is_a_goodbye(before: str, response: str, bare_context: Context) -> None:
    said, _ = await run(ActionGreet(), user("…", before), user("ciao", "greet", "ms_2"))

    assert said.responses == [response]


async def test_a_refused_offer_leads_back_to_the_form_that_stood_aside(bare_context: Context) -> None:
    offer = [user("…", "request_invoice"), bot("utter_not_in_chat_request_invoice", YES, NO)]
    kept = {"kept_details": {"form": "order_status_form", "ref": ["order", "104206"], "email": None}}

    said, events = await run(ActionAnswerNo(), *offer, user("no", "deny", "ms_2"), slots=kept)

    assert said.responses == ["utter_back_to_the_question"]
    assert [event["name"] for event in events] == ["order_status_form"]


async def test_details_after_a_withdrawal_belong_to_its_request(bare_context: Context) -> None:
    passed_on = [user("…", "withdraw_from_contract"), bot("utter_withdrawal_passed_on")]

    said, _ = await run(ActionUseDetails(), *passed_on, user("104211", "give_details", "ms_2", order_number="104211"))

    assert said.responses == ["utter_added_to_request"]
    assert said.effects[0]["about"] == {"order_number": "104211"}


async def test_a_typed_yes_is_the_offered_button(bare_context: Context) -> None:
    offer = [user("…", "cancel_order", order_number="104206"), bot("utter_not_in_chat_cancel_order", YES, NO)]

    said, _ = await run(ActionAnswerYes(), *offer, user("sì", "affirm", "ms_2"))

    assert said.responses == ["utter_person_requested"]
    about = {"order_number": "104206"}
    assert said.effects == [{"kind": "staff_request", "reason": "intent:cancel_order", "about": about}]


async def test_a_yes_to_nothing_is_asked_what_it_means(bare_context: Context) -> None:
    said, _ = await run(ActionAnswerYes(), user("sì", "affirm"))

    assert said.responses == ["utter_yes_to_what"]


async def test_cancelling_ends_the_form_and_says_so(bare_context: Context) -> None:
    said, events = await run(ActionCancelTask(), user("basta", "cancel_task"), form="order_status_form")

    assert said.responses == ["utter_task_cancelled"]
    assert {"event": "active_loop", "name": None, "timestamp": None} in events


@pytest.mark.parametrize("response", REASON_OF_RESPONSE)
async def test_an_accepted_offer_keeps_the_reason_it_was_made_for(response: str, bare_context: Context) -> None:
    offer = [user("…", "give_details"), bot(response, YES, NO)]

    said, _ = await run(ActionRequestPerson(), *offer, user("Sì", "ask_human", "ms_2"))

    assert said.effects[0]["reason"] == REASON_OF_RESPONSE[response]


@pytest.mark.parametrize("intent", PASSED_ON)
async def test_what_only_a_person_can_do_is_passed_on_at_once(intent: str, reading_context: Context) -> None:
    said, _ = await run(ActionPassToStaff(), user("…", intent))

    assert said.effects[0]["reason"] == f"intent:{intent}"
    assert "{request_number}" in TEXTS.render(said.responses[0], "").text
