"""The orders of the demo shop: those that texts name, many delivered ones, and every other case at least once."""

from itertools import count
from typing import Any, Iterator, Optional

from demo.draft import WORDS, Draft, Record, day, moment, offset_of, total
from demo.make_parcels import COURIERS, make_parcel

FIRST_NUMBER = 104101
PAYMENTS = ("card", "card", "paypal", "bank_transfer", "cash_on_delivery", "gift_card")
PAID_STATES = ("paid", "preparing", "shipped")
ANNA, MARCO, LUCIA = "anna.rossi@example.it", "marco.bianchi@example.it", "lucia.verdi@example.it"
PAOLO, GIULIA = "paolo.neri@example.it", "giulia.gallo@example.it"


def make_orders(draft: Draft) -> None:
    """Add every order, and the refunds of cancelled ones."""
    _fixed_orders(draft)
    numbers = _free_numbers(draft)
    _plain_deliveries(draft, numbers)
    _in_the_shop(draft, numbers)
    _in_several_parcels(draft, numbers)
    _late(draft, numbers)
    _cancelled(draft, numbers)


def _order(
    draft: Draft,
    number: int,
    state: str,
    email: Optional[str] = None,
    parcels: tuple[Record, ...] = (),
    placed: int = -1,
    payment: str = "card",
    lines: Optional[list[Record]] = None,
    **more: Any,
) -> Record:
    """Add an order. With parcels it was placed a day or two before the first one left, whatever `placed` says."""
    left = min((offset_of(parcel["events"][0]["at"]) for parcel in parcels), default=None)
    if left is not None:
        placed = left - draft.random.randint(1, 2)
        more = {"prepared_at": moment(left, "15:20"), **more}
    lines = lines or draft.lines()
    order = {
        "number": str(number),
        "email": email or draft.anybody(),
        "state": state,
        "placed_at": moment(placed, f"{draft.random.randrange(8, 22):02}:{draft.random.randrange(60):02}"),
        **_payment(payment, state, placed, parcels),
        **more,
        "total": total(lines),
        "lines": lines,
    }
    if parcels:
        order["parcels"] = list(parcels)
    draft.orders.append(order)
    return order


def _payment(method: str, state: str, placed: int, parcels: tuple[Record, ...]) -> Record:
    """How and when an order was paid: a bank transfer arrives a day later, the courier is paid at the door."""
    paid: Record = {"payment_method": method}
    if method == "cash_on_delivery":
        if parcels and all(parcel["state"] == "delivered" for parcel in parcels):
            paid["paid_at"] = parcels[-1]["events"][-1]["at"]
    elif state in PAID_STATES:
        paid["paid_at"] = moment(placed + 1, "07:05") if method == "bank_transfer" else moment(placed, "23:30")
    return paid


def _free_numbers(draft: Draft) -> Iterator[int]:
    taken = {order["number"] for order in draft.orders}
    return (number for number in count(FIRST_NUMBER) if str(number) not in taken)


def _fixed_orders(draft: Draft) -> None:
    """What texts and tests name."""
    coming = make_parcel(draft, "brt", "in_transit", -1, ANNA)
    lines = [draft.line("SED-ALBA", 2), draft.line("CUS-PRATO", 2)]
    _order(draft, 104233, "shipped", ANNA, (coming,), lines=lines, promised_on=day(2))

    arrived = make_parcel(draft, "gls", "delivered", -6, ANNA)
    lines = [draft.line("LAM-NINA"), draft.line("PLA-LANA")]
    _order(draft, 104234, "shipped", ANNA, (arrived,), lines=lines, promised_on=day(-5))

    arrived = make_parcel(draft, "dhl", "delivered", -9, MARCO)
    lines = [draft.line("SCA-PASSO"), draft.line("MAG-CALMA")]
    _order(draft, 104236, "shipped", MARCO, (arrived,), lines=lines, promised_on=day(-8))

    delayed = make_parcel(draft, "brt", "in_transit", -3, MARCO)
    told = {"reason": WORDS["delay_reasons"]["courier"][0], "told_by": "courier", "new_date": day(2)}
    lines = [draft.line("TAV-DUNA")]
    _order(draft, 104240, "shipped", MARCO, (delayed,), lines=lines, promised_on=day(-1), delay=told)

    silent = make_parcel(draft, "sda", "in_transit", -4, LUCIA)
    _order(draft, 104241, "shipped", LUCIA, (silent,), lines=[draft.line("LEN-PERLA", 2)], promised_on=day(-2))

    stored = make_parcel(draft, "gls", "in_storage", -2, PAOLO, hold_until=day(5))
    _order(draft, 104242, "shipped", PAOLO, (stored,), lines=[draft.line("SPE-ONDA")], promised_on=day(-3))

    moments = {"paid_at": moment(-6, "23:30"), "cancelled_at": moment(-4, "10:15")}
    lines = [draft.line("POL-NIDO")]
    cancelled = _order(draft, 104250, "cancelled", GIULIA, placed=-6, payment="paypal", lines=lines, **moments)
    draft.refund(cancelled, "issued", -4, "299.00", "paypal", issued_on=day(-3), expected_by=day(3))


def _plain_deliveries(draft: Draft, numbers: Iterator[int]) -> None:
    """One parcel each, every courier in every state."""
    for last in range(-125, -5):
        _shipped(draft, next(numbers), "delivered", last // 2, last // 2 + draft.random.randint(0, 2))
    for _ in COURIERS:
        _shipped(draft, next(numbers), "handed_over", -1, 3)
        _shipped(draft, next(numbers), "in_transit", -1, draft.random.randint(1, 2))
        _shipped(draft, next(numbers), "out_for_delivery", 0, 0)
        _shipped(draft, next(numbers), "delivery_attempted", -1, draft.random.randint(-1, 0))
        _shipped(draft, next(numbers), "in_storage", -2, -3, hold_until=day(draft.random.randint(2, 8)))
    for earlier in (0, 2):
        _shipped(draft, next(numbers), "returning", -2 - earlier, -9 - earlier)
        _shipped(draft, next(numbers), "returned", -3 - earlier, -11 - earlier)
        _shipped(draft, next(numbers), "lost", -4 - earlier, -4 - earlier)
        _shipped(draft, next(numbers), "damaged", -2 - earlier, 1)
    for index, courier in enumerate(("inpost", "poste", "ups")):
        place = {"pickup_point": WORDS["pickup_points"][index], "hold_until": day(5 - index)}
        _shipped(draft, next(numbers), "at_pickup_point", -1 - index, -1, courier, **place)


def _shipped(
    draft: Draft, number: int, state: str, last: int, promised: int, courier: Optional[str] = None, **parcel: Any
) -> None:
    email = draft.anybody()
    chosen = courier or COURIERS[number % len(COURIERS)]
    parcels = (make_parcel(draft, chosen, state, last, email, **parcel),)
    payment = draft.random.choice(PAYMENTS)
    more: Record = {"promised_on": day(promised)}
    if state == "lost":
        more["delay"] = {"reason": WORDS["delay_reasons"]["courier"][2], "told_by": "courier"}
    _order(draft, number, "shipped", email, parcels, payment=payment, **more)


def _in_the_shop(draft: Draft, numbers: Iterator[int]) -> None:
    """Nothing has left yet."""
    for index in range(6):
        method = ("card", "paypal", "gift_card")[index % 3]
        _order(draft, next(numbers), "placed", placed=-1 - index, payment="bank_transfer")
        _order(draft, next(numbers), "paid", placed=-1, payment=method, promised_on=day(3 + index % 3))
        _order(draft, next(numbers), "preparing", placed=-2, promised_on=day(2 + index % 3))
    for index in range(3):
        on_delivery = {"payment": "cash_on_delivery", "promised_on": day(4 + index)}
        _order(draft, next(numbers), "placed", placed=-1, **on_delivery)
        _order(draft, next(numbers), "preparing", placed=-2, **on_delivery)


def _in_several_parcels(draft: Draft, numbers: Iterator[int]) -> None:
    """A part has arrived, or a part has left."""
    for index, missing in enumerate(("in_transit", "in_storage", "lost")):
        email = draft.anybody()
        hold = {"hold_until": day(6)} if missing == "in_storage" else {}
        arrived = make_parcel(draft, "brt", "delivered", -2, email)
        other = make_parcel(draft, "dhl", missing, -1, email, **hold)
        lines = [draft.line("TAV-ORSO"), draft.line("SED-ALBA", 6)]
        _order(draft, next(numbers), "shipped", email, (arrived, other), lines=lines, promised_on=day(1))

        first = make_parcel(draft, COURIERS[index], ("in_transit", "delivered", "in_transit")[index], -1, email)
        lines = [draft.line("LET-LUNA"), draft.line("COM-BRERA", 2)]
        _order(draft, next(numbers), "preparing", email, (first,), lines=lines, promised_on=day(3))


def _late(draft: Draft, numbers: Iterator[int]) -> None:
    """Late, with all that may be known about it, or nothing."""
    for index in range(3):
        from_courier = {"reason": WORDS["delay_reasons"]["courier"][index + 1], "told_by": "courier"}
        from_staff = {"reason": WORDS["delay_reasons"]["staff"][index], "told_by": "staff"}
        on_the_road: tuple[Record, ...] = ({"delay": {**from_courier, "new_date": day(1 + index)}}, {})
        for more in on_the_road:
            email = draft.anybody()
            parcel = make_parcel(draft, COURIERS[index + 3], "in_transit", -3, email)
            _order(draft, next(numbers), "shipped", email, (parcel,), promised_on=day(-1), **more)
        known = ({"new_date": day(3 + index)}, {"update_by": moment(1 + index, "18:00")}, {})
        for told in known:
            delay = {**from_staff, **told}
            _order(draft, next(numbers), "preparing", placed=-8, promised_on=day(-1), delay=delay)


def _cancelled(draft: Draft, numbers: Iterator[int]) -> None:
    """Before the payment, or after it with a refund in each of its states."""
    for _ in range(3):
        moments = {"placed": -9, "cancelled_at": moment(-5, "09:00")}
        _order(draft, next(numbers), "cancelled", payment="bank_transfer", **moments)
    refunds = {
        "due": "card",
        "approved": "paypal",
        "issued": "gift_card",
        "credited": "bank_transfer",
        "failed": "card",
    }
    for state, method in refunds.items():
        moments = {"placed": -16, "paid_at": moment(-15, "08:00"), "cancelled_at": moment(-12, "16:40")}
        order = _order(draft, next(numbers), "cancelled", payment=method, **moments)
        draft.refund(order, state, -12, order["total"], method)
