"""Where an order is: one state for the whole of it, whether it is late, and the steps of its way.

Nothing here invents a date: a promise is `promised_on`, a new one is whatever `Delay.new_date` says.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Optional

from shop.records import Order, OrderState, Parcel, ParcelState, PaymentMethod
from shop.steps import Step, StepState


class OrderProgressState(str, Enum):
    """Where the whole order is. With several parcels: the one that most needs the customer's attention decides."""

    PLACED = "placed"  # waiting for the payment
    PAID = "paid"
    PREPARING = "preparing"
    HANDED_OVER = "handed_over"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERY_ATTEMPTED = "delivery_attempted"
    AT_PICKUP_POINT = "at_pickup_point"
    IN_STORAGE = "in_storage"
    DELIVERED = "delivered"
    PARTLY_DELIVERED = "partly_delivered"  # `parcel` is then the one still missing
    RETURNING = "returning"
    RETURNED = "returned"
    LOST = "lost"
    DAMAGED = "damaged"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class OrderProgress:
    """What there is to say about an order."""

    state: OrderProgressState
    late: bool
    parcel: Optional[Parcel]  # the one to talk about; None before anything was sent
    delivered_at: Optional[datetime]  # when the last parcel arrived; None while anything is missing
    steps: tuple[Step, ...]  # paid, prepared, handed_over, in_transit, out_for_delivery, delivered
    parcels_delivered: int
    parcels_sent: int


# Which parcel to talk about first, when there are several.
_URGENCY = (
    ParcelState.LOST,
    ParcelState.DAMAGED,
    ParcelState.IN_STORAGE,
    ParcelState.RETURNED,
    ParcelState.RETURNING,
    ParcelState.DELIVERY_ATTEMPTED,
    ParcelState.AT_PICKUP_POINT,
    ParcelState.OUT_FOR_DELIVERY,
    ParcelState.IN_TRANSIT,
    ParcelState.HANDED_OVER,
    ParcelState.DELIVERED,
)
_ROAD = ("handed_over", "in_transit", "out_for_delivery", "delivered")
_STOPPED = {
    ParcelState.DELIVERY_ATTEMPTED,
    ParcelState.IN_STORAGE,
    ParcelState.RETURNING,
    ParcelState.RETURNED,
    ParcelState.LOST,
    ParcelState.DAMAGED,
}
_NEVER_LATE = {OrderProgressState.DELIVERED, OrderProgressState.CANCELLED}
# The courier was there, or the parcel is on its way back: a promise that has passed is no longer the point.
_PROMISE_IS_OVER = {
    OrderProgressState.DELIVERY_ATTEMPTED,
    OrderProgressState.AT_PICKUP_POINT,
    OrderProgressState.IN_STORAGE,
    OrderProgressState.RETURNING,
    OrderProgressState.RETURNED,
}


def order_progress(order: Order, today: date) -> OrderProgress:
    """Where the order is.

    Args:
        order: the record, as the shop gave it.
        today: the Italian local date.

    Returns:
        The progress. It is late when a delay was reported, or when the promised day has passed without the courier
        having come; never once it is delivered or cancelled. A step before the current one whose moment nobody noted
        is done without a moment. With cash on delivery the payment is the last step.
    """
    parcel = min(order.parcels, key=lambda parcel: _URGENCY.index(parcel.state), default=None)
    state = _state(order, parcel)
    return OrderProgress(
        state=state,
        late=_is_late(order, state, today),
        parcel=parcel,
        delivered_at=_delivered_at(order) if state is OrderProgressState.DELIVERED else None,
        steps=_steps(order, parcel, state),
        parcels_delivered=sum(parcel.state is ParcelState.DELIVERED for parcel in order.parcels),
        parcels_sent=len(order.parcels),
    )


def _state(order: Order, parcel: Optional[Parcel]) -> OrderProgressState:
    if order.state is OrderState.CANCELLED:
        return OrderProgressState.CANCELLED
    if parcel is None:
        shipped = order.state is OrderState.SHIPPED
        return OrderProgressState.HANDED_OVER if shipped else OrderProgressState(order.state.value)
    something_arrived = any(parcel.state is ParcelState.DELIVERED for parcel in order.parcels)
    something_missing = parcel.state is not ParcelState.DELIVERED or order.state is not OrderState.SHIPPED
    if something_arrived and something_missing:
        return OrderProgressState.PARTLY_DELIVERED
    return OrderProgressState(parcel.state.value)


def _is_late(order: Order, state: OrderProgressState, today: date) -> bool:
    if state in _NEVER_LATE:
        return False
    if order.delay is not None:
        return True
    return order.promised_on is not None and order.promised_on < today and state not in _PROMISE_IS_OVER


def _delivered_at(order: Order) -> Optional[datetime]:
    moments = [_moment(parcel, ParcelState.DELIVERED) for parcel in order.parcels]
    return max((moment for moment in moments if moment is not None), default=None)


def _moment(parcel: Optional[Parcel], state: ParcelState) -> Optional[datetime]:
    """The last time the courier reported this state."""
    events = parcel.events if parcel else ()
    return max((event.at for event in events if event.state is state), default=None)


def _steps(order: Order, parcel: Optional[Parcel], state: OrderProgressState) -> tuple[Step, ...]:
    paid_last = order.payment_method is PaymentMethod.CASH_ON_DELIVERY
    keys = ("prepared", *_ROAD, "paid") if paid_last else ("paid", "prepared", *_ROAD)
    moments = {
        "paid": order.paid_at,
        "prepared": order.prepared_at,
        **{key: _moment(parcel, ParcelState(key)) for key in _ROAD},
    }
    if state is OrderProgressState.DELIVERED:
        moments["delivered"] = _delivered_at(order)
        if paid_last and order.paid_at is None:
            return _walk(keys, moments, "paid", StepState.CURRENT)
        return tuple(Step(key, StepState.DONE, moments[key]) for key in keys)
    if state is OrderProgressState.CANCELLED:
        stopped_at = next((key for key in keys if moments[key] is None), keys[-1])
        return _walk(keys, {**moments, stopped_at: order.cancelled_at}, stopped_at, StepState.PROBLEM)
    here = _shop_step(order, paid_last) if parcel is None else _road_step(order, parcel)
    stopped = parcel is not None and parcel.state in _STOPPED
    return _walk(keys, moments, here, StepState.PROBLEM if stopped else StepState.CURRENT)


def _walk(
    keys: tuple[str, ...], moments: dict[str, Optional[datetime]], here: str, state_here: StepState
) -> tuple[Step, ...]:
    place = keys.index(here)
    done = tuple(Step(key, StepState.DONE, moments[key]) for key in keys[:place])
    todo = tuple(Step(key, StepState.TODO) for key in keys[place + 1 :])
    return (*done, Step(here, state_here, moments[here]), *todo)


def _shop_step(order: Order, paid_last: bool) -> str:
    if order.state is OrderState.SHIPPED:
        return "handed_over"
    return "paid" if order.state is OrderState.PLACED and not paid_last else "prepared"


def _road_step(order: Order, parcel: Parcel) -> str:
    """The step of the road that the parcel has reached."""
    if parcel.state is ParcelState.DELIVERED:  # another parcel has not left yet
        return "prepared"
    if parcel.state.value in _ROAD:
        return parcel.state.value
    if parcel.state is ParcelState.AT_PICKUP_POINT:
        return "delivered"  # one step is missing, and it is the customer's
    if parcel.state in (ParcelState.DELIVERY_ATTEMPTED, ParcelState.IN_STORAGE):
        return "out_for_delivery"
    reached = [key for key in _ROAD[:-1] if _moment(parcel, ParcelState(key)) is not None]
    return reached[-1] if reached else "in_transit"
