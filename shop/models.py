"""The shop's tables, for SQLite and PostgreSQL alike.

Keys are the numbers and addresses that people use. Parts of a record (lines, parcels, events) have a position in it.
Relationships never load by themselves (`lazy="raise"`): every query says what it needs.
"""

from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import relationship

from base.database import Base, Euro, UtcDateTime
from shop.records import Courier, OrderState, ParcelState, PaymentMethod, QuoteState, RefundState, ReturnState, ToldBy

NUMBER = sa.String(32)
EMAIL = sa.String(254)
SKU = sa.String(40)
SHORT = sa.String(80)
LONG = sa.String(500)


def _one_of(kind: type[Enum]) -> sa.Enum:
    """A column that holds an enum's values as text, so that a new value needs no migration."""
    values = lambda members: [member.value for member in members]  # noqa: E731
    return sa.Enum(kind, native_enum=False, create_constraint=False, values_callable=values, length=32)


def _key(column: str, **options: Any) -> sa.ForeignKey:
    return sa.ForeignKey(column, onupdate="CASCADE", **options)


def _parts(target: str, order_by: str) -> Any:
    """The parts of a record, in order; they live and die with it."""
    return relationship(target, order_by=order_by, cascade="all, delete-orphan", lazy="raise")


class CustomerRow(Base):
    __tablename__ = "shop_customers"

    email = sa.Column(EMAIL, primary_key=True)
    first_name = sa.Column(SHORT, nullable=False)
    last_name = sa.Column(SHORT, nullable=False)
    phone = sa.Column(sa.String(32))
    address = sa.Column(sa.String(200))
    postal_code = sa.Column(sa.String(5))
    city = sa.Column(SHORT)
    province = sa.Column(sa.String(2))


class SellerRow(Base):
    __tablename__ = "shop_sellers"

    email = sa.Column(EMAIL, primary_key=True)
    name = sa.Column(SHORT, nullable=False)
    phone = sa.Column(sa.String(32))


class StoreRow(Base):
    __tablename__ = "shop_stores"

    code = sa.Column(SKU, primary_key=True)
    name = sa.Column(SHORT, nullable=False)
    address = sa.Column(sa.String(200), nullable=False)
    postal_code = sa.Column(sa.String(5), nullable=False)
    city = sa.Column(SHORT, nullable=False, index=True)
    province = sa.Column(sa.String(2), nullable=False)
    phone = sa.Column(sa.String(32))
    hours = sa.Column(sa.JSON, nullable=False)  # {"mon": ["09:30-13:00", "15:30-19:30"], …}; a day left out is closed
    pickup = sa.Column(sa.Boolean, nullable=False)  # orders can be collected here


class ProductRow(Base):
    __tablename__ = "shop_products"

    sku = sa.Column(SKU, primary_key=True)
    name = sa.Column(sa.String(120), nullable=False, index=True)
    category = sa.Column(SHORT, nullable=False, index=True)
    description = sa.Column(LONG)
    price = sa.Column(Euro)  # null: only with a quote
    stock = sa.Column(sa.Integer)  # null: the shop does not say
    variants = sa.Column(sa.JSON, nullable=False)  # [{"color": …, "size": …, "stock": …}, …]


class OrderRow(Base):
    __tablename__ = "shop_orders"

    number = sa.Column(NUMBER, primary_key=True)
    email = sa.Column(EMAIL, _key("shop_customers.email"), nullable=False, index=True)
    state = sa.Column(_one_of(OrderState), nullable=False)
    placed_at = sa.Column(UtcDateTime, nullable=False)
    paid_at = sa.Column(UtcDateTime)
    prepared_at = sa.Column(UtcDateTime)
    cancelled_at = sa.Column(UtcDateTime)
    promised_on = sa.Column(sa.Date)
    payment_method = sa.Column(_one_of(PaymentMethod), nullable=False)
    total = sa.Column(Euro, nullable=False)
    delay_reason = sa.Column(LONG)  # null: nobody reported a delay
    delay_told_by = sa.Column(_one_of(ToldBy))
    delay_new_date = sa.Column(sa.Date)
    delay_update_by = sa.Column(UtcDateTime)

    customer = relationship(CustomerRow, lazy="raise", viewonly=True)
    lines = _parts("OrderLineRow", "OrderLineRow.position")
    parcels = _parts("ParcelRow", "ParcelRow.position")


class OrderLineRow(Base):
    __tablename__ = "shop_order_lines"

    order_number = sa.Column(NUMBER, _key("shop_orders.number", ondelete="CASCADE"), primary_key=True)
    position = sa.Column(sa.Integer, primary_key=True, autoincrement=False)
    sku = sa.Column(SKU, _key("shop_products.sku"), nullable=False)
    description = sa.Column(sa.String(200), nullable=False)
    quantity = sa.Column(sa.Integer, nullable=False)
    unit_price = sa.Column(Euro, nullable=False)


class ParcelRow(Base):
    __tablename__ = "shop_parcels"

    order_number = sa.Column(NUMBER, _key("shop_orders.number", ondelete="CASCADE"), primary_key=True)
    position = sa.Column(sa.Integer, primary_key=True, autoincrement=False)
    courier = sa.Column(_one_of(Courier), nullable=False)
    tracking_code = sa.Column(sa.String(40), nullable=False)
    state = sa.Column(_one_of(ParcelState), nullable=False)
    pickup_point = sa.Column(sa.String(200))
    hold_until = sa.Column(sa.Date)

    events = _parts("ParcelEventRow", "ParcelEventRow.position")


class ParcelEventRow(Base):
    __tablename__ = "shop_parcel_events"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["order_number", "parcel_position"],
            ["shop_parcels.order_number", "shop_parcels.position"],
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
    )

    order_number = sa.Column(NUMBER, primary_key=True)
    parcel_position = sa.Column(sa.Integer, primary_key=True, autoincrement=False)
    position = sa.Column(sa.Integer, primary_key=True, autoincrement=False)
    at = sa.Column(UtcDateTime, nullable=False)
    state = sa.Column(_one_of(ParcelState), nullable=False)
    place = sa.Column(SHORT)


class ReturnRow(Base):
    __tablename__ = "shop_returns"

    number = sa.Column(NUMBER, primary_key=True)
    order_number = sa.Column(NUMBER, _key("shop_orders.number"), nullable=False, index=True)
    state = sa.Column(_one_of(ReturnState), nullable=False)
    requested_at = sa.Column(UtcDateTime, nullable=False)
    approved_at = sa.Column(UtcDateTime)
    sent_at = sa.Column(UtcDateTime)
    received_at = sa.Column(UtcDateTime)
    decided_at = sa.Column(UtcDateTime)
    refusal_reason = sa.Column(LONG)
    send_by = sa.Column(sa.Date)

    order = relationship(OrderRow, lazy="raise", viewonly=True)
    lines = _parts("ReturnLineRow", "ReturnLineRow.position")
    refund = relationship("RefundRow", uselist=False, lazy="raise", viewonly=True)


class ReturnLineRow(Base):
    __tablename__ = "shop_return_lines"

    return_number = sa.Column(NUMBER, _key("shop_returns.number", ondelete="CASCADE"), primary_key=True)
    position = sa.Column(sa.Integer, primary_key=True, autoincrement=False)
    sku = sa.Column(SKU, _key("shop_products.sku"), nullable=False)
    description = sa.Column(sa.String(200), nullable=False)
    quantity = sa.Column(sa.Integer, nullable=False)
    received = sa.Column(sa.Integer)


class RefundRow(Base):
    __tablename__ = "shop_refunds"

    number = sa.Column(NUMBER, primary_key=True)
    order_number = sa.Column(NUMBER, _key("shop_orders.number"), nullable=False, index=True)
    return_number = sa.Column(NUMBER, _key("shop_returns.number"), index=True)  # a return has one refund
    opened_on = sa.Column(sa.Date, nullable=False)
    amount = sa.Column(Euro, nullable=False)
    method = sa.Column(_one_of(PaymentMethod), nullable=False)
    state = sa.Column(_one_of(RefundState), nullable=False)
    deduction = sa.Column(Euro)
    deduction_reason = sa.Column(LONG)
    issued_on = sa.Column(sa.Date)
    credited_on = sa.Column(sa.Date)
    expected_by = sa.Column(sa.Date)


class QuoteRow(Base):
    __tablename__ = "shop_quotes"

    number = sa.Column(NUMBER, primary_key=True)
    email = sa.Column(EMAIL, _key("shop_customers.email"), nullable=False, index=True)
    seller_email = sa.Column(EMAIL, _key("shop_sellers.email"), index=True)
    state = sa.Column(_one_of(QuoteState), nullable=False)
    requested_at = sa.Column(UtcDateTime, nullable=False)
    due_on = sa.Column(sa.Date)
    sent_at = sa.Column(UtcDateTime)
    amount = sa.Column(Euro)
    valid_until = sa.Column(sa.Date)
    answered_at = sa.Column(UtcDateTime)

    customer = relationship(CustomerRow, lazy="raise", viewonly=True)
    seller = relationship(SellerRow, lazy="raise", viewonly=True)
    lines = _parts("QuoteLineRow", "QuoteLineRow.position")


class QuoteLineRow(Base):
    __tablename__ = "shop_quote_lines"

    quote_number = sa.Column(NUMBER, _key("shop_quotes.number", ondelete="CASCADE"), primary_key=True)
    position = sa.Column(sa.Integer, primary_key=True, autoincrement=False)
    sku = sa.Column(SKU, _key("shop_products.sku"), nullable=False)
    description = sa.Column(sa.String(200), nullable=False)
    quantity = sa.Column(sa.Integer, nullable=False)
    unit_price = sa.Column(Euro, nullable=False)
