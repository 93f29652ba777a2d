"""Records that tests of the shop start from, and a small shop file to break in many ways."""

from copy import deepcopy
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

from shop.records import (
    Courier,
    Line,
    Order,
    OrderState,
    Parcel,
    ParcelEvent,
    ParcelState,
    PaymentMethod,
    Quote,
    QuoteState,
    Refund,
    RefundState,
    Return,
    ReturnLine,
    ReturnState,
)

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)
CHAIRS = Line("SED-ALBA", "sedia Alba", 2, Decimal("79.00"))


def at(day: int, hour: int = 10) -> datetime:
    """A moment in November 2026."""
    return datetime(2026, 11, day, hour, tzinfo=timezone.utc)


def parcel(state: ParcelState, *events: tuple[ParcelState, datetime], **more: Any) -> Parcel:
    reported = tuple(ParcelEvent(moment, reached) for reached, moment in events)
    return Parcel(**{"courier": Courier.BRT, "tracking_code": "084000001", "state": state, "events": reported, **more})


def order(state: OrderState = OrderState.SHIPPED, *parcels: Parcel, **more: Any) -> Order:
    values = {
        "number": "104233",
        "email": "anna.rossi@example.it",
        "first_name": "Anna",
        "state": state,
        "placed_at": at(16),
        "total": Decimal("158.00"),
        "payment_method": PaymentMethod.CARD,
        "lines": (CHAIRS,),
        "parcels": parcels,
        "paid_at": at(16),
        "prepared_at": at(18),
        "promised_on": date(2026, 11, 25),
    }
    return Order(**{**values, **more})


def return_case(state: ReturnState, **more: Any) -> Return:
    values = {
        "number": "R-20871",
        "order_number": "104233",
        "email": "anna.rossi@example.it",
        "first_name": "Anna",
        "state": state,
        "requested_at": at(17),
        "lines": (ReturnLine("SED-ALBA", "sedia Alba", 2),),
    }
    return Return(**{**values, **more})


def refund(state: RefundState, **more: Any) -> Refund:
    values = {"order_number": "104233", "amount": Decimal("59.90"), "method": PaymentMethod.CARD, "state": state}
    return Refund(**{**values, **more})


def quote(state: QuoteState, **more: Any) -> Quote:
    values = {
        "number": "P-3021",
        "email": "studio.ferri@example.it",
        "first_name": "Sara",
        "state": state,
        "requested_at": at(16),
        "lines": (CHAIRS,),
    }
    return Quote(**{**values, **more})


_SHOP_FILE = {
    "version": 1,
    "customers": [{"email": "anna.rossi@example.it", "first_name": "Anna", "last_name": "Rossi", "city": "Bologna"}],
    "sellers": [{"email": "elena.conti@example.com", "name": "Elena Conti"}],
    "stores": [
        {
            "code": "BO-01",
            "name": "Casa Lume Bologna",
            "address": "via Roma 1",
            "postal_code": "40121",
            "city": "Bologna",
            "province": "BO",
            "hours": {"mon": ["09:30-13:00", "15:30-19:30"]},
        }
    ],
    "products": [
        {
            "sku": "SED-ALBA",
            "name": "sedia Alba",
            "category": "sedie",
            "price": "79.00",
            "stock": 5,
            "variants": [{"color": "nero", "stock": 5}],
        }
    ],
    "orders": [
        {
            "number": "104233",
            "email": "anna.rossi@example.it",
            "state": "shipped",
            "placed_at": "-5d 09:00",
            "paid_at": "-5d 09:01",
            "payment_method": "card",
            "total": "158.00",
            "promised_on": "+2d",
            "delay": {"reason": "maltempo", "told_by": "courier", "new_date": "+4d"},
            "lines": [{"sku": "SED-ALBA", "description": "sedia Alba", "quantity": 2, "unit_price": "79.00"}],
            "parcels": [
                {
                    "courier": "brt",
                    "tracking_code": "084000001",
                    "state": "in_transit",
                    "events": [
                        {"at": "-3d 17:00", "state": "handed_over", "place": "Bologna"},
                        {"at": "-2d 03:00", "state": "in_transit"},
                    ],
                }
            ],
        }
    ],
    "returns": [
        {
            "number": "R-20871",
            "order_number": "104233",
            "state": "received",
            "requested_at": "-4d",
            "received_at": "-1d",
            "lines": [{"sku": "SED-ALBA", "description": "sedia Alba", "quantity": 1, "received": 1}],
        }
    ],
    "refunds": [
        {
            "number": "RF-50001",
            "order_number": "104233",
            "return_number": "R-20871",
            "opened_on": "-1d",
            "amount": "79.00",
            "method": "card",
            "state": "approved",
        }
    ],
    "quotes": [
        {
            "number": "P-3021",
            "email": "anna.rossi@example.it",
            "seller_email": "elena.conti@example.com",
            "state": "sent",
            "requested_at": "-7d",
            "sent_at": "-3d",
            "amount": "720.00",
            "valid_until": "+10d",
            "lines": [{"sku": "SED-ALBA", "description": "sedia Alba", "quantity": 10, "unit_price": "72.00"}],
        }
    ],
}


def shop_file() -> dict[str, Any]:
    """A valid shop file with one record of each kind; the caller's to change."""
    return deepcopy(_SHOP_FILE)
