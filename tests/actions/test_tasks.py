"""What was left for another task: parked, at most three deep, offered again once, never revived by an old yes."""

from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.base import SportelloAction
from actions.context import Context
from actions.general import ActionAnswerNo, ActionAnswerYes, ActionResumeTask
from actions.kept import MAX_PARKED
from actions.orders import ValidateOrderStatusForm
from actions.returns import ValidateReturnStatusForm
from tests.actions.helpers import bot, message_in_log, tracker, user
from tests.actions.test_general import run

OFFER = bot(
    "utter_resume_order_status_form", {"title": "Sì", "payload": "/resume_task"}, {"title": "No", "payload": "/deny"}
)
ORDER = {"form": "order_status_form", "ref": ["order", "104206"], "email": None, "case": None}


def stood_aside(form: str) -> dict[str, Any]:
    return {"event": "action_execution_rejected", "name": form}


def opened(form: str) -> dict[str, Any]:
    return {"event": "active_loop", "name": form}


async def opening(chosen: Context, form: SportelloAction, text: str, intent: str, *after: Any, **slots: Any) -> Any:
    """The slots that `form` sets when this message opens it."""
    conversation_id, turn_id = message_in_log(chosen.database, chosen.clock, text)
    events = (user(text, intent, turn_id), *after, opened(form.form))
    tracked = tracker(*events, slots=slots, form=form.form, conversation_id=conversation_id)
    return slots_of(await form.run(CollectingDispatcher(), tracked, {}))


def slots_of(events: list[dict[str, Any]]) -> dict[str, Any]:
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}


async def test_a_form_left_for_another_is_parked_with_what_it_knew(shop_context: Context) -> None:
    left = stood_aside("order_status_form")

    slots = await opening(
        shop_context, ValidateReturnStatusForm(), "il mio reso?", "track_return", left, order_number="104206"
    )

    assert slots["parked"] == [ORDER]


@pytest.mark.parametrize(("text", "intent"), [("R-20803", "give_details"), ("no, il reso", "track_return")])
async def test_an_answer_or_a_correction_parks_nothing(shop_context: Context, text: str, intent: str) -> None:
    left = stood_aside("order_status_form")

    slots = await opening(shop_context, ValidateReturnStatusForm(), text, intent, left, order_number="104206")

    assert "requested_slot" in slots and "parked" not in slots


async def test_of_four_tasks_the_oldest_is_given_up(shop_context: Context) -> None:
    waiting = [{**ORDER, "form": form} for form in ("quote_status_form", "refund_status_form", "case_form")]
    known = {"order_number": "104206", "parked": waiting}
    left = stood_aside("order_status_form")

    slots = await opening(shop_context, ValidateReturnStatusForm(), "il mio reso?", "track_return", left, **known)

    forms = [task["form"] for task in slots["parked"]]
    assert forms == ["refund_status_form", "case_form", "order_status_form"] and len(forms) == MAX_PARKED


async def test_a_task_that_waits_and_is_asked_for_again_waits_no_more(shop_context: Context) -> None:
    slots = await opening(shop_context, ValidateOrderStatusForm(), "dov'è l'ordine?", "track_order", parked=[ORDER])

    assert slots["parked"] is None and slots["order_number"] == "104206" and slots["requested_slot"] == "email"


async def test_yes_to_the_offer_resumes_it(bare_context: Context) -> None:
    events = [user("…", "thank", "ms_1"), OFFER, user("sì", "affirm", "ms_2")]

    _, result = await run(ActionAnswerYes(), *events, slots={"kept_details": ORDER})

    assert {"event": "followup", "name": "order_status_form"}.items() <= result[-1].items()


async def test_no_to_the_offer_forgets_all_that_waits(bare_context: Context) -> None:
    events = [user("…", "thank", "ms_1"), OFFER, user("no", "deny", "ms_2")]

    said, result = await run(ActionAnswerNo(), *events, slots={"kept_details": ORDER, "parked": [ORDER]})

    slots = slots_of(result)
    assert said.responses == ["utter_as_you_wish"] and slots["kept_details"] is None and slots["parked"] is None


async def test_with_nothing_left_there_is_nothing_to_resume(bare_context: Context) -> None:
    said, result = await run(ActionResumeTask(), user("torniamo a prima", "resume_task"))

    assert said.responses == ["utter_nothing_to_resume"] and not result
