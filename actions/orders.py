"""Telling where an order is."""

from datetime import date, datetime
from typing import Optional

from actions.cards import timeline
from actions.proof import RecordRef
from actions.status_forms import StatusForm
from actions.turn import Card, Turn
from shop.calendar import end_of_next_working_day
from shop.couriers import courier_name, tracking_url
from shop.errors import RecordNotFound
from shop.orders import OrderProgress, OrderProgressState, order_progress
from shop.records import Delay, Order, Parcel, ParcelState, PaymentMethod
from switchboard import promises

# States in which the courier has still to be paid.
CASH_STILL_DUE = {
    OrderProgressState.PLACED,
    OrderProgressState.PREPARING,
    OrderProgressState.HANDED_OVER,
    OrderProgressState.IN_TRANSIT,
    OrderProgressState.OUT_FOR_DELIVERY,
    OrderProgressState.DELIVERY_ATTEMPTED,
    OrderProgressState.AT_PICKUP_POINT,
    OrderProgressState.IN_STORAGE,
}
# States in which the order stands still for a reason; the card names it, and an expected delivery would mislead.
STANDING_STILL = {
    OrderProgressState.DELIVERY_ATTEMPTED,
    OrderProgressState.AT_PICKUP_POINT,
    OrderProgressState.IN_STORAGE,
    OrderProgressState.RETURNING,
    OrderProgressState.RETURNED,
    OrderProgressState.LOST,
    OrderProgressState.DAMAGED,
    OrderProgressState.CANCELLED,
}
# States that make a delay old news: what is said of it is only what somebody promised since.
NO_LONGER_ON_ITS_WAY = {
    OrderProgressState.RETURNING,
    OrderProgressState.RETURNED,
    OrderProgressState.LOST,
    OrderProgressState.DAMAGED,
}


class ValidateOrderStatusForm(StatusForm):
    """Asks for an order's number and tells where the order is."""

    form = "order_status_form"
    intent = "track_order"
    kinds = ("order",)

    async def tell(self, turn: Turn, ref: RecordRef) -> None:
        order = await turn.context.shop.order(ref.number)
        if order is None:
            raise RecordNotFound()
        progress = order_progress(order, turn.wording.today)
        gone = _standing(progress) in NO_LONGER_ON_ITS_WAY
        if progress.late and (not gone or _has_word_given(turn, order)):
            await _say_late(turn, order)
        _say_state(turn, order, progress)
        if gone and progress.state is OrderProgressState.PARTLY_DELIVERED:
            turn.say("utter_order_rest_needs_a_person")
        if order.payment_method is PaymentMethod.CASH_ON_DELIVERY and progress.state in CASH_STILL_DUE:
            turn.say("utter_order_cash_to_prepare", amount=turn.wording.money(order.total))


async def _say_late(turn: Turn, order: Order) -> None:
    """The delay in the words somebody gave; a date only if somebody gave one, otherwise by when there will be news."""
    wording, delay = turn.wording, order.delay
    new_date = _new_date(turn, order)
    if delay and new_date:
        response = f"utter_order_late_new_date_by_{delay.told_by.value}"
        turn.say(response, order_number=order.number, reason=wording.sentence(delay.reason), day=wording.day(new_date))
        return
    if delay and _update_promised(turn, delay):
        moment = wording.moment(delay.update_by)
        turn.say(
            "utter_order_late_update_promised",
            order_number=order.number,
            reason=wording.sentence(delay.reason),
            moment=moment,
        )
        return
    moment = wording.moment(await _promise_update(turn, order))
    if delay:
        turn.say(
            "utter_order_late_without_date",
            order_number=order.number,
            reason=wording.sentence(delay.reason),
            moment=moment,
        )
    else:
        promised = wording.day(order.promised_on)
        turn.say("utter_order_late_without_reason", order_number=order.number, promised=promised, moment=moment)


def _has_word_given(turn: Turn, order: Order) -> bool:
    """Whether somebody gave a new date, or said by when there will be one."""
    return order.delay is not None and (_new_date(turn, order) is not None or _update_promised(turn, order.delay))


def _update_promised(turn: Turn, delay: Delay) -> bool:
    return delay.update_by is not None and delay.update_by > turn.now


async def _promise_update(turn: Turn, order: Order) -> datetime:
    """By when the customer will be told more: what was promised before stands, otherwise a promise is made now."""
    key = f"order:{order.number}"
    known = await turn.context.database.read(promises.due_time, turn.conversation_id, key)
    if known:
        return known
    due = end_of_next_working_day(turn.now)
    turn.effect("promise", key=key, due=due.isoformat(), about={"order_number": order.number})
    return due


def _say_state(turn: Turn, order: Order, progress: OrderProgress) -> None:
    wording, parcel = turn.wording, progress.parcel
    turn.say(
        _response(order, progress),
        card=_card(turn, order, progress),
        order_number=order.number,
        courier=courier_name(parcel.courier) if parcel else wording.label("the_courier"),
        expected=wording.dated("order_expected", _still_promised(order, progress)),
        delivered=wording.dated("order_delivered_on", progress.delivered_at),
        cancelled=wording.dated("order_cancelled_on", order.cancelled_at),
        pickup_point=(parcel and parcel.pickup_point) or wording.label("pickup_point"),
        hold=wording.dated("order_hold_until", parcel and parcel.hold_until),
        rest=_rest(turn, parcel) if progress.state is OrderProgressState.PARTLY_DELIVERED else "",
    )


def _response(order: Order, progress: OrderProgress) -> str:
    if progress.state is OrderProgressState.PLACED and order.payment_method is PaymentMethod.CASH_ON_DELIVERY:
        return "utter_order_placed_cash_on_delivery"
    return f"utter_order_{progress.state.value}"


def _card(turn: Turn, order: Order, progress: OrderProgress) -> Card:
    wording, parcel, standing = turn.wording, progress.parcel, _standing(progress)
    return timeline(
        wording,
        "order",
        order.number,
        progress.steps,
        facts={
            "courier": courier_name(parcel.courier) if parcel else None,
            "tracking_code": parcel.tracking_code if parcel else None,
            "expected_delivery": _expected(turn, order, progress),
            "total": wording.money(order.total),
            "payment": wording.label(f"payment_{order.payment_method.value}"),
        },
        note=wording.label(f"order_note_{standing.value}") if standing in STANDING_STILL else None,
        links={"tracking": tracking_url(parcel.courier, parcel.tracking_code)} if parcel else {},
    )


def _expected(turn: Turn, order: Order, progress: OrderProgress) -> Optional[str]:
    """The day on which the order can still be expected, in words."""
    if _standing(progress) in STANDING_STILL or progress.state is OrderProgressState.DELIVERED:
        return None
    day = _new_date(turn, order) if progress.late else order.promised_on
    return turn.wording.day(day) if day else None


def _still_promised(order: Order, progress: OrderProgress) -> Optional[date]:
    """The promised day, unless it has passed or the order stands still."""
    return None if progress.late or _standing(progress) in STANDING_STILL else order.promised_on


def _standing(progress: OrderProgress) -> OrderProgressState:
    """How the order stands; of one that has partly arrived, how its missing parcel does."""
    if progress.state is not OrderProgressState.PARTLY_DELIVERED or progress.parcel is None:
        return progress.state
    return OrderProgressState(progress.parcel.state.value)


def _rest(turn: Turn, parcel: Optional[Parcel]) -> str:
    """Where the part is that has not arrived; a delivered parcel means that the rest has not left yet."""
    if parcel is None or parcel.state is ParcelState.DELIVERED:
        return turn.wording.label("order_rest_preparing")
    return turn.wording.label(f"order_rest_{parcel.state.value}", courier=courier_name(parcel.courier))


def _new_date(turn: Turn, order: Order) -> Optional[date]:
    """The new day somebody gave; one that has passed is no news any more."""
    given = order.delay.new_date if order.delay else None
    return given if given and given >= turn.wording.today else None
