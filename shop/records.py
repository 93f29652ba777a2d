"""What a shop knows, as plain frozen records: the words that the gateway, the rules and the actions share.

Times are timezone-aware UTC, days are Italian local dates, money is `Decimal` euro. `None` means "the shop does not
say".
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Optional


class Courier(str, Enum):
    BRT = "brt"
    GLS = "gls"
    SDA = "sda"
    POSTE = "poste"
    INPOST = "inpost"
    UPS = "ups"
    DHL = "dhl"


class OrderState(str, Enum):
    """How far the shop itself is with an order; what happens on the road is in its parcels."""

    PLACED = "placed"  # waiting for the payment
    PAID = "paid"
    PREPARING = "preparing"
    SHIPPED = "shipped"  # everything handed to couriers
    CANCELLED = "cancelled"


class ParcelState(str, Enum):
    HANDED_OVER = "handed_over"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERY_ATTEMPTED = "delivery_attempted"
    AT_PICKUP_POINT = "at_pickup_point"
    IN_STORAGE = "in_storage"  # giacenza: the courier keeps it until `hold_until`, then sends it back
    DELIVERED = "delivered"
    RETURNING = "returning"
    RETURNED = "returned"
    LOST = "lost"
    DAMAGED = "damaged"


class PaymentMethod(str, Enum):
    CARD = "card"
    PAYPAL = "paypal"
    BANK_TRANSFER = "bank_transfer"
    CASH_ON_DELIVERY = "cash_on_delivery"
    GIFT_CARD = "gift_card"


class ReturnState(str, Enum):
    REQUESTED = "requested"
    APPROVED = "approved"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class RefundState(str, Enum):
    DUE = "due"  # owed, nobody has approved it yet
    APPROVED = "approved"
    ISSUED = "issued"  # sent to the bank or the card
    CREDITED = "credited"
    FAILED = "failed"


class QuoteState(str, Enum):
    RECEIVED = "received"
    PREPARING = "preparing"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"


class ToldBy(str, Enum):
    """Who gave a new delivery date or a reason for a delay. Sportello never computes one."""

    COURIER = "courier"
    STAFF = "staff"


@dataclass(frozen=True)
class Line:
    """Some pieces of one product."""

    sku: str
    description: str
    quantity: int
    unit_price: Decimal


@dataclass(frozen=True)
class ParcelEvent:
    """What the courier reported."""

    at: datetime
    state: ParcelState
    place: Optional[str] = None


@dataclass(frozen=True)
class Parcel:
    """One box on its way."""

    courier: Courier
    tracking_code: str
    state: ParcelState
    events: tuple[ParcelEvent, ...] = ()  # oldest first
    pickup_point: Optional[str] = None
    hold_until: Optional[date] = None


@dataclass(frozen=True)
class Delay:
    """Why an order is late, in the words somebody wrote, and what that person or courier promised instead."""

    reason: str
    told_by: ToldBy
    new_date: Optional[date] = None
    update_by: Optional[datetime] = None  # by when the customer will be told more


@dataclass(frozen=True)
class Order:
    number: str
    email: str
    first_name: str
    state: OrderState
    placed_at: datetime
    total: Decimal
    payment_method: PaymentMethod
    lines: tuple[Line, ...]
    parcels: tuple[Parcel, ...] = ()
    paid_at: Optional[datetime] = None
    prepared_at: Optional[datetime] = None
    cancelled_at: Optional[datetime] = None
    promised_on: Optional[date] = None
    delay: Optional[Delay] = None


@dataclass(frozen=True)
class RecordHead:
    """Which record it is and when it began: enough to choose one from a list. `kind` is order, return or quote."""

    kind: str
    number: str
    began_at: datetime


@dataclass(frozen=True)
class Refund:
    """Money going back to a customer, for a return or for a cancelled order."""

    order_number: str
    amount: Decimal
    method: PaymentMethod
    state: RefundState
    return_number: Optional[str] = None
    deduction: Optional[Decimal] = None  # kept back, already taken off `amount`
    deduction_reason: Optional[str] = None
    issued_on: Optional[date] = None
    credited_on: Optional[date] = None
    expected_by: Optional[date] = None  # the day the shop or the bank gave


@dataclass(frozen=True)
class ReturnLine:
    """What the customer sends back and how many pieces have arrived."""

    sku: str
    description: str
    quantity: int
    received: Optional[int] = None  # None: not counted yet


@dataclass(frozen=True)
class Return:
    number: str
    order_number: str
    email: str
    first_name: str
    state: ReturnState
    requested_at: datetime
    lines: tuple[ReturnLine, ...]
    approved_at: Optional[datetime] = None
    sent_at: Optional[datetime] = None
    received_at: Optional[datetime] = None
    decided_at: Optional[datetime] = None
    refusal_reason: Optional[str] = None
    send_by: Optional[date] = None  # last day to hand the parcel over
    refund: Optional[Refund] = None


@dataclass(frozen=True)
class Seller:
    """The person of the shop who follows a quote."""

    name: str
    email: str
    phone: Optional[str] = None


@dataclass(frozen=True)
class Quote:
    number: str
    email: str
    first_name: str
    state: QuoteState
    requested_at: datetime
    lines: tuple[Line, ...]  # unit_price 0 until the quote is sent
    seller: Optional[Seller] = None
    due_on: Optional[date] = None  # by when the seller promised it
    sent_at: Optional[datetime] = None
    amount: Optional[Decimal] = None
    valid_until: Optional[date] = None
    answered_at: Optional[datetime] = None  # accepted or declined


@dataclass(frozen=True)
class Variant:
    """One colour and size of a product."""

    color: Optional[str] = None
    size: Optional[str] = None
    stock: Optional[int] = None


@dataclass(frozen=True)
class Product:
    sku: str
    name: str
    category: str
    description: Optional[str] = None
    price: Optional[Decimal] = None  # VAT included; None: only with a quote
    stock: Optional[int] = None  # of the whole product; with variants theirs count
    variants: tuple[Variant, ...] = ()


@dataclass(frozen=True)
class Opening:
    """A stretch of a day in which a store is open, Italian time."""

    opens: time
    closes: time  # midnight at the end of the day is `time.max`


@dataclass(frozen=True)
class Store:
    code: str
    name: str
    address: str
    postal_code: str
    city: str
    province: str  # two letters
    week: tuple[tuple[Opening, ...], ...]  # seven days, Monday first; an empty one is closed
    phone: Optional[str] = None
    pickup: bool = False  # orders can be collected here
