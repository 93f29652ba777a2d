import pytest

from actions.context import Context
from actions.orders import ValidateOrderStatusForm
from actions.proof import RecordRef
from shop.orders import OrderProgressState
from shop.records import ParcelState, PaymentMethod
from tests.actions.helpers import TEXTS, Said, tracker, turn_of, user


async def tell(number: str, chosen: Context) -> Said:
    turn, said = turn_of(tracker(user()), chosen)
    await ValidateOrderStatusForm().tell(turn, RecordRef("order", number))
    return said


ORDERS = [f"1042{place:02d}" for place in (*range(1, 19), *range(20, 26), 33)]


@pytest.mark.parametrize("number", ORDERS)
async def test_every_order_can_be_told_with_its_card(number: str, reading_context: Context) -> None:
    said = await tell(number, reading_context)

    assert number in said.words and "  " not in said.words
    assert [card["title"] for card in said.cards] == [f"Ordine {number}"]


@pytest.mark.parametrize("number", ["104220", "104221", "104222", "104223", "104224", "104225"])
async def test_the_first_thing_said_of_a_late_order_is_that_it_is_late(number: str, reading_context: Context) -> None:
    said = await tell(number, reading_context)

    assert said.words.startswith(f"L'ordine {number} è in ritardo")


@pytest.mark.parametrize(
    ("number", "promised"),
    [("104220", False), ("104221", False), ("104222", False), ("104223", True), ("104224", True), ("104225", True)],
)
async def test_news_is_promised_only_when_nobody_gave_a_date(
    number: str, promised: bool, reading_context: Context
) -> None:
    said = await tell(number, reading_context)

    assert [effect["key"] for effect in said.effects] == ([f"order:{number}"] if promised else [])


async def test_a_promise_falls_due_at_the_end_of_the_next_working_day(reading_context: Context) -> None:
    said = await tell("104223", reading_context)

    assert said.effects[0]["due"] == "2026-11-24T17:00:00+00:00"
    assert "domani alle 18:00" in said.words


async def test_a_late_order_without_a_date_has_no_expected_delivery_on_its_card(reading_context: Context) -> None:
    said = await tell("104224", reading_context)

    assert "Consegna prevista" not in [fact["label"] for fact in said.cards[0]["facts"]]


async def test_the_card_links_to_the_courier(reading_context: Context) -> None:
    said = await tell("104206", reading_context)

    link = said.cards[0]["links"][0]
    assert link["title"] == "Segui la spedizione" and link["url"].startswith("https://") and "TRK" in link["url"]


def test_every_state_has_its_words() -> None:
    responses = {f"utter_order_{state.value}" for state in OrderProgressState}
    rests = {f"utter_label_order_rest_{state.value}" for state in ParcelState if state is not ParcelState.DELIVERED}
    payments = {f"utter_label_payment_{method.value}" for method in PaymentMethod}

    assert responses | rests | payments <= set(TEXTS.responses)
