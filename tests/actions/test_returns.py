import pytest

from actions.context import Context
from actions.proof import RecordRef
from actions.refunds import ValidateRefundStatusForm
from actions.returns import ValidateReturnStatusForm
from actions.status_forms import StatusForm
from shop.records import PaymentMethod, RefundState, ReturnState
from tests.actions.helpers import TEXTS, Said, tracker, turn_of, user

RETURNS = [f"R-208{place:02d}" for place in range(1, 12)]


async def tell(form: StatusForm, ref: RecordRef, chosen: Context) -> Said:
    turn, said = turn_of(tracker(user()), chosen)
    await form.tell(turn, ref)
    return said


@pytest.mark.parametrize("form", [ValidateReturnStatusForm(), ValidateRefundStatusForm()])
@pytest.mark.parametrize("number", RETURNS)
async def test_every_return_and_its_refund_can_be_told(form: StatusForm, number: str, reading_context: Context) -> None:
    said = await tell(form, RecordRef("return", number), reading_context)

    assert number in said.words and "  " not in said.words


async def test_the_returns_of_an_order_are_told_by_its_number(reading_context: Context) -> None:
    said = await tell(ValidateReturnStatusForm(), RecordRef("order", "104304"), reading_context)

    assert said.responses == ["utter_return_received"]
    assert [card["title"] for card in said.cards] == ["Reso R-20804"]


async def test_a_refund_without_a_given_day_gets_none(reading_context: Context) -> None:
    said = await tell(ValidateRefundStatusForm(), RecordRef("return", "R-20810"), reading_context)

    assert said.responses == ["utter_refund_due"]
    assert "entro" not in said.words


async def test_a_failed_refund_goes_to_a_person_at_once(reading_context: Context) -> None:
    said = await tell(ValidateRefundStatusForm(), RecordRef("return", "R-20809"), reading_context)

    assert said.responses == ["utter_refund_failed"]
    assert [effect["about"] for effect in said.effects] == [{"return_number": "R-20809"}]


def test_every_state_has_its_words() -> None:
    returns = {f"utter_return_{state.value}" for state in ReturnState}
    refunds = {f"utter_refund_{state.value}" for state in RefundState}
    methods = {f"utter_label_refund_method_{method.value}" for method in PaymentMethod}

    assert returns | refunds | methods <= set(TEXTS.responses)
