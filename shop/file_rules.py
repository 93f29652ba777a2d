"""What must be true between the fields and records of a shop file, beyond what its schema can say.

Works on typed records in which unreadable values are `None`: a rule is silent about what it cannot see, so that one
mistake is reported once.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Collection, Mapping, Optional

from shop.file_errors import Fault, Path
from shop.file_kinds import KINDS, Kind, Record, Records
from shop.file_known import Known, with_file
from shop.records import OrderState, ParcelState, PaymentMethod, QuoteState, RefundState, ReturnState

_HELD = (ParcelState.IN_STORAGE, ParcelState.AT_PICKUP_POINT)
_AFTER_PAYMENT = (OrderState.PAID, OrderState.PREPARING, OrderState.SHIPPED)
_BEFORE_PARCELS = (OrderState.PLACED, OrderState.PAID)

# The fault of a reference to nothing, by the kind it refers to.
_UNKNOWN = {
    "customers": "unknown_customer",
    "sellers": "unknown_seller",
    "products": "unknown_product",
    "orders": "unknown_order",
    "returns": "unknown_return",
}
# Fields that a state cannot do without.
_NEEDED: Mapping[str, Mapping[Any, tuple[str, ...]]] = {
    "orders": {OrderState.CANCELLED: ("cancelled_at",)},
    "returns": {
        ReturnState.APPROVED: ("approved_at",),
        ReturnState.IN_TRANSIT: ("sent_at",),
        ReturnState.RECEIVED: ("received_at",),
        ReturnState.ACCEPTED: ("received_at", "decided_at"),
        ReturnState.REFUSED: ("decided_at", "refusal_reason"),
    },
    "refunds": {RefundState.ISSUED: ("issued_on",), RefundState.CREDITED: ("credited_on",)},
    "quotes": {
        QuoteState.SENT: ("sent_at", "amount", "valid_until"),
        QuoteState.ACCEPTED: ("sent_at", "amount", "answered_at"),
        QuoteState.DECLINED: ("sent_at", "amount", "answered_at"),
        QuoteState.EXPIRED: ("sent_at", "amount", "valid_until"),
    },
}
# Fields that only these states may have.
_RESERVED: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "orders": {"cancelled_at": (OrderState.CANCELLED,)},
    "returns": {
        "refusal_reason": (ReturnState.REFUSED,),
        "decided_at": (ReturnState.ACCEPTED, ReturnState.REFUSED),
    },
    "refunds": {"credited_on": (RefundState.CREDITED,)},
    "quotes": {"answered_at": (QuoteState.ACCEPTED, QuoteState.DECLINED)},
}
# Times that come one after the other; any of them may be missing.
_SEQUENCES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "orders": (("placed_at", "paid_at"), ("placed_at", "prepared_at"), ("placed_at", "cancelled_at")),
    "returns": (("requested_at", "approved_at", "sent_at", "received_at", "decided_at"),),
    "refunds": (("opened_on", "issued_on", "credited_on"), ("opened_on", "expected_by")),
    "quotes": (("requested_at", "sent_at", "answered_at"), ("sent_at", "valid_until")),
}


def broken_rules(records: Records, known: Known, unreadable: Collection[str] = ()) -> Iterator[Fault]:
    """Every broken rule.

    Args:
        records: typed records by kind.
        known: what the database has.
        unreadable: kinds whose list could not be read at all; whether they hold what others refer to is unknown.
    """
    everything = with_file(records, known)
    silent = {_UNKNOWN[kind] for kind in unreadable if kind in _UNKNOWN}
    for kind in KINDS:
        yield from _repeated_keys(kind, records[kind.name])
        for index, record in enumerate(records[kind.name]):
            at: Path = (kind.name, index)
            yield from _state_faults(kind.name, at, record)
            yield from _sequence_faults(kind.name, at, record)
            rule = _RULES.get(kind.name)
            faults = rule(at, record, everything) if rule else ()
            yield from (fault for fault in faults if fault.code not in silent)
    yield from _repeated_parcels(records["orders"])
    yield from _refunded_twice(records["refunds"], everything)
    yield from _refunded_over_total(records["refunds"], everything)


def _repeated_keys(kind: Kind, records: list[Record]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for index, record in enumerate(records):
        key = record[kind.key]
        if key is not None and key in first:
            values = {"found": key, "first": f"{kind.name}[{first[key]}]"}
            yield Fault((kind.name, index, kind.key), "repeated", values)
        first.setdefault(key, index)


def _repeated_parcels(orders: list[Record]) -> Iterator[Fault]:
    first: dict[tuple, str] = {}
    for index, order in enumerate(orders):
        for position, parcel in enumerate(order["parcels"]):
            key = (parcel["courier"], parcel["tracking_code"])
            place = f"orders[{index}].parcels[{position}]"
            if None not in key and key in first:
                at = ("orders", index, "parcels", position, "tracking_code")
                yield Fault(at, "repeated", {"found": parcel["tracking_code"], "first": first[key]})
            first.setdefault(key, place)


def _state_faults(kind: str, at: Path, record: Record) -> Iterator[Fault]:
    state = record.get("state")
    if state is None:
        return
    for name in _NEEDED.get(kind, {}).get(state, ()):
        if record[name] is None:
            yield Fault((*at, name), "needed_by_state", {"state": state.value})
    for name, states in _RESERVED.get(kind, {}).items():
        if record[name] is not None and state not in states:
            yield Fault((*at, name), "against_state", {"state": state.value})


def _sequence_faults(kind: str, at: Path, record: Record) -> Iterator[Fault]:
    for names in _SEQUENCES.get(kind, ()):
        given = [name for name in names if record[name] is not None]
        for earlier, later in zip(given, given[1:], strict=False):
            if _before(record[later], record[earlier]):
                yield Fault((*at, later), "too_early", {"earlier": earlier})


def _before(one: date, other: date) -> bool:
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one < other
    return _as_day(one) < _as_day(other)


def _as_day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _unknown(at: Path, key: Optional[str], known: Collection[str], code: str) -> Iterator[Fault]:
    if key is not None and key not in known:
        yield Fault(at, code, {"found": key})


def _unknown_products(at: Path, record: Record, known: Known) -> Iterator[Fault]:
    for index, line in enumerate(record["lines"]):
        yield from _unknown((*at, "lines", index, "sku"), line["sku"], known.products, "unknown_product")


def _order_faults(at: Path, order: Record, known: Known) -> Iterator[Fault]:
    yield from _unknown((*at, "email"), order["email"], known.customers, "unknown_customer")
    yield from _unknown_products(at, order, known)
    state = order["state"]
    on_delivery = order["payment_method"] in (PaymentMethod.CASH_ON_DELIVERY, None)
    if state in _AFTER_PAYMENT and not on_delivery and order["paid_at"] is None:
        yield Fault((*at, "paid_at"), "needed_by_state", {"state": state.value})
    if state is OrderState.SHIPPED and not order["parcels"]:
        yield Fault((*at, "parcels"), "needed_by_state", {"state": state.value})
    if state in _BEFORE_PARCELS and order["parcels"]:
        yield Fault((*at, "parcels"), "against_state", {"state": state.value})
    for index, parcel in enumerate(order["parcels"]):
        yield from _parcel_faults((*at, "parcels", index), parcel, order["placed_at"])


def _parcel_faults(at: Path, parcel: Record, placed_at: Optional[datetime]) -> Iterator[Fault]:
    state = parcel["state"]
    if state is not None and parcel["hold_until"] is not None and state not in _HELD:
        yield Fault((*at, "hold_until"), "against_state", {"state": state.value})
    if state is ParcelState.AT_PICKUP_POINT and parcel["pickup_point"] is None:
        yield Fault((*at, "pickup_point"), "needed_by_state", {"state": state.value})
    earlier, name = placed_at, "placed_at"
    for index, event in enumerate(parcel["events"]):
        if event["at"] is None:
            continue
        if earlier is not None and event["at"] < earlier:
            yield Fault((*at, "events", index, "at"), "too_early", {"earlier": name})
        earlier, name = event["at"], f"events[{index}]"


def _return_faults(at: Path, ret: Record, known: Known) -> Iterator[Fault]:
    yield from _unknown((*at, "order_number"), ret["order_number"], known.orders, "unknown_order")
    order = known.orders.get(ret["order_number"])
    pieces = order.pieces if order else {}
    for index, line in enumerate(ret["lines"]):
        inside = (*at, "lines", index)
        if _more(line["received"], line["quantity"]):
            yield Fault((*inside, "received"), "over_quantity", {"quantity": line["quantity"]})
        if _more(line["quantity"], pieces.get(line["sku"])):
            yield Fault((*inside, "quantity"), "over_ordered", {"ordered": pieces[line["sku"]]})
        if pieces and None not in (line["sku"], *pieces) and line["sku"] not in pieces:
            yield Fault((*inside, "sku"), "not_in_order", {"found": line["sku"], "order": ret["order_number"]})


def _more(pieces: Optional[int], limit: Optional[int]) -> bool:
    return pieces is not None and limit is not None and pieces > limit


def _refund_faults(at: Path, refund: Record, known: Known) -> Iterator[Fault]:
    yield from _unknown((*at, "order_number"), refund["order_number"], known.orders, "unknown_order")
    yield from _unknown((*at, "return_number"), refund["return_number"], known.returns, "unknown_return")
    for one, other in (("deduction", "deduction_reason"), ("deduction_reason", "deduction")):
        if refund[one] is not None and refund[other] is None:
            yield Fault((*at, other), "needed_by_field", {"field": one})
    order = known.returns.get(refund["return_number"])
    if None not in (order, refund["order_number"]) and order != refund["order_number"]:
        yield Fault((*at, "return_number"), "other_order", {"order": order})


def _refunded_twice(refunds: list[Record], known: Known) -> Iterator[Fault]:
    """A return has one refund; a failed one is repeated by changing its state."""
    numbers: dict[str, list[str]] = {}
    for number, known_refund in known.refunds.items():
        if known_refund.return_number is not None:
            numbers.setdefault(known_refund.return_number, []).append(number)
    for index, refund in enumerate(refunds):
        others = [number for number in numbers.get(refund["return_number"], ()) if number != refund["number"]]
        if others:
            yield Fault(("refunds", index, "return_number"), "refunded_twice", {"other": ", ".join(others)})


def _refunded_over_total(refunds: list[Record], known: Known) -> Iterator[Fault]:
    """All refunds of an order together, but for the failed ones, give back no more than was paid."""
    sums: dict[Optional[str], Decimal] = {}
    for other in known.refunds.values():
        if other.amount is not None and not other.failed:
            sums[other.order_number] = sums.get(other.order_number, Decimal(0)) + other.amount
    for index, refund in enumerate(refunds):
        order = known.orders.get(refund["order_number"])
        if order is None or order.total is None or refund["amount"] is None:
            continue
        refunded = max(sums.get(refund["order_number"], Decimal(0)), refund["amount"])
        if refunded > order.total:
            yield Fault(("refunds", index, "amount"), "over_total", {"total": order.total, "refunded": refunded})


def _quote_faults(at: Path, quote: Record, known: Known) -> Iterator[Fault]:
    yield from _unknown((*at, "email"), quote["email"], known.customers, "unknown_customer")
    yield from _unknown((*at, "seller_email"), quote["seller_email"], known.sellers, "unknown_seller")
    yield from _unknown_products(at, quote, known)


_RULES = {"orders": _order_faults, "returns": _return_faults, "refunds": _refund_faults, "quotes": _quote_faults}
