"""The returns of the demo shop, in every state, with their refunds."""

from decimal import Decimal
from typing import Any, Iterator

from demo.draft import WORDS, Draft, Record, day, moment, offset_of, total

FIRST_NUMBER = 20841
FIXED_NUMBERS = (20871, 20880)
CENT = Decimal("0.01")
# When each step is reached, in days after the request, and in which states it has been reached.
STEPS = (
    ("approved_at", 0, "17:10", ("approved", "in_transit", "received", "accepted", "refused", "cancelled")),
    ("sent_at", 1, "11:30", ("in_transit", "received", "accepted", "refused")),
    ("received_at", 4, "11:30", ("received", "accepted", "refused")),
    ("decided_at", 5, "11:30", ("accepted", "refused")),
)
COUNTED = ("received", "accepted", "refused")


def make_returns(draft: Draft) -> None:
    """Add every return and its refund; they are of orders that were delivered."""
    by_number = {order["number"]: order for order in draft.orders}
    lamp, shoes = by_number["104234"], by_number["104236"]
    received = _return(draft, FIXED_NUMBERS[0], lamp, "received", -5)
    draft.refund(lamp, "approved", -1, "59.90", "card", return_number=received["number"], expected_by=day(5))
    _return(draft, FIXED_NUMBERS[1], shoes, "in_transit", -4)

    numbers = (number for number in range(FIRST_NUMBER, FIRST_NUMBER + 1_000) if number not in FIXED_NUMBERS)
    delivered = _delivered_orders(draft, but=(lamp, shoes))
    _under_way(draft, numbers, delivered[:20])
    _arrived(draft, numbers, iter(delivered[20:]))


def _delivered_orders(draft: Draft, but: tuple[Record, ...]) -> list[Record]:
    """Orders whose one parcel was delivered, the latest first."""
    delivered = [order for order in draft.orders if order not in but and _is_delivered(order)]
    return sorted(delivered, key=lambda order: offset_of(order["parcels"][0]["events"][-1]["at"]), reverse=True)


def _is_delivered(order: Record) -> bool:
    states = [parcel["state"] for parcel in order.get("parcels", ())]
    return order["state"] == "shipped" and states == ["delivered"]


def _return(
    draft: Draft, number: int, order: Record, state: str, requested: int, missing: int = 0, **more: Any
) -> Record:
    """Add a return of the order's first line, asked for on day `requested`; `missing` pieces did not arrive."""
    line = order["lines"][0]
    back = {key: line[key] for key in ("sku", "description", "quantity")}
    if state in COUNTED:
        back["received"] = line["quantity"] - missing
    steps = {name: moment(requested + after, clock) for name, after, clock, reached in STEPS if state in reached}
    if state == "approved":
        steps["send_by"] = day(requested + 14)
    ret = {"number": f"R-{number}", "order_number": order["number"], "state": state}
    draft.returns.append({**ret, "requested_at": moment(requested, "09:40"), **steps, **more, "lines": [back]})
    return draft.returns[-1]


def _under_way(draft: Draft, numbers: Iterator[int], orders: list[Record]) -> None:
    for index, order in enumerate(orders):
        state, requested = (("requested", -1), ("approved", -1), ("in_transit", -2), ("cancelled", -2))[index % 4]
        _return(draft, next(numbers), order, state, requested)


def _arrived(draft: Draft, numbers: Iterator[int], orders: Iterator[Record]) -> None:
    for index in range(8):
        _refunded(draft, next(numbers), next(orders), "received", "due", missing=index % 4 // 3)
    for state in ("approved", "issued", "credited", "credited", "failed"):
        for _ in range(3):
            _refunded(draft, next(numbers), next(orders), "accepted", state)
    for index, state in enumerate(("approved", "issued", "credited")):
        reason = WORDS["deduction_reasons"][index % 2]
        _refunded(draft, next(numbers), next(orders), "accepted", state, deduction_reason=reason)
    for index in range(6):
        reason = WORDS["refusal_reasons"][index % 3]
        _return(draft, next(numbers), next(orders), "refused", -10, refusal_reason=reason)
    _return(draft, next(numbers), next(orders), "accepted", -7)  # nobody has opened its refund yet


def _refunded(
    draft: Draft, number: int, order: Record, state: str, refund: str, missing: int = 0, deduction_reason: str = ""
) -> None:
    """Add a return and its refund, for the pieces that arrived, less a fifth if there is a reason for it."""
    line = order["lines"][0]
    if missing:  # announced more pieces than were sent
        line["quantity"] = max(line["quantity"], 2)
        order["total"] = total(order["lines"])
    requested, opened = (-6, -2) if state == "received" else (-12, -7)
    ret = _return(draft, number, order, state, requested, missing)
    amount = Decimal(line["unit_price"]) * ret["lines"][0]["received"]
    more = {"return_number": ret["number"]}
    if deduction_reason:
        kept = (amount / 5).quantize(CENT)
        amount -= kept
        more.update(deduction=str(kept), deduction_reason=deduction_reason)
    method = "bank_transfer" if order["payment_method"] == "cash_on_delivery" else order["payment_method"]
    draft.refund(order, refund, opened, str(amount), method, **more)
