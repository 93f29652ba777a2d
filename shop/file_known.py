"""The records that a shop file may refer to: its own, and those that the database has already."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Collection, Mapping, Optional

from shop.file_kinds import Record, Records
from shop.records import RefundState

Pieces = Mapping[str, Optional[int]]  # by product; None: the quantity cannot be read


@dataclass(frozen=True)
class KnownOrder:
    """What rules need of an order: its total and the pieces of each product."""

    total: Optional[Decimal]
    pieces: Pieces


@dataclass(frozen=True)
class KnownRefund:
    order_number: Optional[str]
    return_number: Optional[str]
    amount: Optional[Decimal]
    failed: bool


@dataclass(frozen=True)
class Known:
    """Records that a file may refer to, each by its key."""

    customers: Collection[str] = frozenset()
    sellers: Collection[str] = frozenset()
    products: Collection[str] = frozenset()
    orders: Mapping[str, KnownOrder] = field(default_factory=dict)
    returns: Mapping[str, Optional[str]] = field(default_factory=dict)  # the order each belongs to
    refunds: Mapping[str, KnownRefund] = field(default_factory=dict)


def pieces_of(lines: Iterable[tuple[str, Optional[int]]]) -> Pieces:
    """The pieces of each product that the lines of an order add up to, from their products and quantities."""
    pieces: dict[str, Optional[int]] = {}
    for sku, quantity in lines:
        before = pieces.get(sku, 0)
        pieces[sku] = None if before is None or quantity is None else before + quantity
    return pieces


def with_file(records: Records, known: Known) -> Known:
    """What is known once the file is loaded: the file's word counts over the database's."""

    def keys(kind: str, key: str) -> set[str]:
        return {record[key] for record in records[kind] if record[key] is not None}

    def readable(kind: str) -> list[Record]:
        return [record for record in records[kind] if record["number"] is not None]

    orders = {order["number"]: KnownOrder(order["total"], _pieces(order)) for order in readable("orders")}
    refunds = {
        refund["number"]: KnownRefund(
            refund["order_number"], refund["return_number"], refund["amount"], refund["state"] is RefundState.FAILED
        )
        for refund in readable("refunds")
    }
    return Known(
        customers={*known.customers, *keys("customers", "email")},
        sellers={*known.sellers, *keys("sellers", "email")},
        products={*known.products, *keys("products", "sku")},
        orders={**known.orders, **orders},
        returns={**known.returns, **{ret["number"]: ret["order_number"] for ret in readable("returns")}},
        refunds={**known.refunds, **refunds},
    )


def _pieces(order: Record) -> Pieces:
    return pieces_of((line["sku"], line["quantity"]) for line in order["lines"])
