from dataclasses import replace
from datetime import date, timedelta
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.orders import OrderProgress, OrderProgressState, order_progress
from shop.records import Delay, OrderState, ParcelState, PaymentMethod, ToldBy
from shop.steps import StepState
from tests.shop.samples import TODAY, at, order, parcel

HANDED_OVER = (ParcelState.HANDED_OVER, at(19))
IN_TRANSIT = (ParcelState.IN_TRANSIT, at(20))
OUT = (ParcelState.OUT_FOR_DELIVERY, at(21, 8))
DELIVERED = (ParcelState.DELIVERED, at(21, 11))
DELAY = Delay("maltempo sulla tratta", ToldBy.COURIER, new_date=date(2026, 11, 26))


def marks(progress: OrderProgress) -> str:
    """The steps' states in short, in order: d done, c current, t todo, p problem."""
    return "".join(step.state.value[0] for step in progress.steps)


@pytest.mark.parametrize(
    ("state", "progress", "steps"),
    [
        (OrderState.PLACED, OrderProgressState.PLACED, "cttttt"),
        (OrderState.PAID, OrderProgressState.PAID, "dctttt"),
        (OrderState.PREPARING, OrderProgressState.PREPARING, "dctttt"),
        (OrderState.SHIPPED, OrderProgressState.HANDED_OVER, "ddcttt"),
        (OrderState.CANCELLED, OrderProgressState.CANCELLED, "dptttt"),
    ],
)
def test_without_parcels_the_shops_own_state_counts(
    state: OrderState, progress: OrderProgressState, steps: str
) -> None:
    record = order(state, prepared_at=None, paid_at=None if state is OrderState.PLACED else at(16), cancelled_at=at(19))

    found = order_progress(record, TODAY)

    assert found.state is progress
    assert marks(found) == steps
    assert found.parcel is None


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        (ParcelState.HANDED_OVER, "ddcttt"),
        (ParcelState.IN_TRANSIT, "dddctt"),
        (ParcelState.OUT_FOR_DELIVERY, "ddddct"),
        (ParcelState.DELIVERY_ATTEMPTED, "ddddpt"),
        (ParcelState.AT_PICKUP_POINT, "dddddc"),
        (ParcelState.IN_STORAGE, "ddddpt"),
        (ParcelState.DELIVERED, "dddddd"),
        (ParcelState.RETURNING, "ddddpt"),
        (ParcelState.RETURNED, "ddddpt"),
        (ParcelState.LOST, "ddddpt"),
        (ParcelState.DAMAGED, "ddddpt"),
    ],
)
def test_one_parcel_decides_for_the_order(state: ParcelState, steps: str) -> None:
    found = order_progress(order(OrderState.SHIPPED, parcel(state, HANDED_OVER, IN_TRANSIT, OUT)), TODAY)

    assert found.state.value == state.value
    assert marks(found) == steps


def test_a_problem_is_shown_at_the_last_step_that_was_reached() -> None:
    found = order_progress(order(OrderState.SHIPPED, parcel(ParcelState.LOST, HANDED_OVER)), TODAY)

    assert [step.key for step in found.steps if step.state is StepState.PROBLEM] == ["handed_over"]


def test_steps_carry_the_moments_that_were_reported() -> None:
    found = order_progress(order(OrderState.SHIPPED, parcel(ParcelState.IN_TRANSIT, HANDED_OVER, IN_TRANSIT)), TODAY)

    assert [(step.key, step.at) for step in found.steps] == [
        ("paid", at(16)),
        ("prepared", at(18)),
        ("handed_over", at(19)),
        ("in_transit", at(20)),
        ("out_for_delivery", None),
        ("delivered", None),
    ]


def test_delivery_is_when_the_last_parcel_arrived() -> None:
    first = parcel(ParcelState.DELIVERED, (ParcelState.DELIVERED, at(20)))
    second = parcel(ParcelState.DELIVERED, (ParcelState.DELIVERED, at(22)))

    found = order_progress(order(OrderState.SHIPPED, second, first), TODAY)

    assert found.state is OrderProgressState.DELIVERED
    assert found.delivered_at == at(22)


@pytest.mark.parametrize("missing", [state for state in ParcelState if state is not ParcelState.DELIVERED])
def test_an_order_of_which_a_parcel_is_missing_is_partly_delivered_and_speaks_of_that_parcel(
    missing: ParcelState,
) -> None:
    arrived, other = parcel(ParcelState.DELIVERED, DELIVERED), parcel(missing)

    found = order_progress(order(OrderState.SHIPPED, arrived, other), TODAY)

    assert found.state is OrderProgressState.PARTLY_DELIVERED
    assert found.parcel is other
    assert (found.parcels_delivered, found.parcels_sent, found.delivered_at) == (1, 2, None)


def test_an_order_still_being_prepared_is_only_partly_delivered_when_its_first_parcel_is_there() -> None:
    found = order_progress(order(OrderState.PREPARING, parcel(ParcelState.DELIVERED, DELIVERED)), TODAY)

    assert found.state is OrderProgressState.PARTLY_DELIVERED
    assert marks(found) == "dctttt"


def test_of_two_parcels_on_the_road_the_one_in_trouble_counts() -> None:
    fine, stored = parcel(ParcelState.OUT_FOR_DELIVERY), parcel(ParcelState.IN_STORAGE)

    found = order_progress(order(OrderState.SHIPPED, fine, stored), TODAY)

    assert found.state is OrderProgressState.IN_STORAGE
    assert found.parcel is stored


@pytest.mark.parametrize(
    ("promised_on", "late"), [(date(2026, 11, 22), True), (TODAY, False), (date(2026, 11, 24), False), (None, False)]
)
def test_an_order_is_late_from_the_day_after_the_promised_one(promised_on: Optional[date], late: bool) -> None:
    record = order(OrderState.SHIPPED, parcel(ParcelState.IN_TRANSIT), promised_on=promised_on)

    assert order_progress(record, TODAY).late is late


def test_an_order_whose_delay_was_reported_is_late_before_the_promised_day() -> None:
    record = order(OrderState.PREPARING, promised_on=date(2026, 11, 30), delay=DELAY)

    assert order_progress(record, TODAY).late


@pytest.mark.parametrize(
    "done", [order(OrderState.SHIPPED, parcel(ParcelState.DELIVERED)), order(OrderState.CANCELLED)]
)
def test_a_finished_order_is_never_late(done) -> None:
    assert not order_progress(replace(done, promised_on=date(2026, 1, 1), delay=DELAY), TODAY).late


@pytest.mark.parametrize(
    "state",
    [
        ParcelState.DELIVERY_ATTEMPTED,
        ParcelState.AT_PICKUP_POINT,
        ParcelState.IN_STORAGE,
        ParcelState.RETURNING,
        ParcelState.RETURNED,
    ],
)
def test_once_the_courier_has_come_a_passed_promise_makes_nothing_late(state: ParcelState) -> None:
    record = order(OrderState.SHIPPED, parcel(state), promised_on=date(2026, 11, 1))

    assert not order_progress(record, TODAY).late


def test_with_cash_on_delivery_the_payment_comes_last() -> None:
    on_the_road = order(
        OrderState.SHIPPED,
        parcel(ParcelState.IN_TRANSIT, HANDED_OVER, IN_TRANSIT),
        payment_method=PaymentMethod.CASH_ON_DELIVERY,
        paid_at=None,
    )
    delivered = replace(on_the_road, parcels=(parcel(ParcelState.DELIVERED, DELIVERED),))

    assert [step.key for step in order_progress(on_the_road, TODAY).steps][-1] == "paid"
    assert marks(order_progress(on_the_road, TODAY)) == "ddcttt"
    assert marks(order_progress(delivered, TODAY)) == "dddddc"
    assert marks(order_progress(replace(delivered, paid_at=at(21, 12)), TODAY)) == "dddddd"


def test_an_order_paid_on_delivery_does_not_wait_for_money() -> None:
    record = order(OrderState.PLACED, payment_method=PaymentMethod.CASH_ON_DELIVERY, paid_at=None, prepared_at=None)

    found = order_progress(record, TODAY)

    assert [step.key for step in found.steps if step.state is StepState.CURRENT] == ["prepared"]


@given(
    state=st.sampled_from(OrderState),
    states=st.lists(st.sampled_from(ParcelState), max_size=4),
    payment=st.sampled_from(PaymentMethod),
    paid=st.booleans(),
    delay=st.sampled_from([None, DELAY]),
    promised=st.none() | st.integers(-9, 9),
)
def test_every_order_has_one_state_and_one_place_on_its_way(state, states, payment, paid, delay, promised) -> None:
    record = order(
        state,
        *(parcel(each) for each in states),
        payment_method=payment,
        paid_at=at(16) if paid else None,
        delay=delay,
        promised_on=None if promised is None else TODAY + timedelta(days=promised),
    )

    found = order_progress(record, TODAY)

    marked = marks(found)
    assert sorted(step.key for step in found.steps) == sorted(
        ["paid", "prepared", "handed_over", "in_transit", "out_for_delivery", "delivered"]
    )
    assert marked.strip("d").strip("t") in ("", "c", "p")
    assert (found.parcel is None) == (not states)
    assert not (found.late and delay is None and promised is None)
