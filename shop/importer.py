"""Puts a shop file into the database: adds and updates, deletes no record, and tells what changed.

A record in the file is the whole record: a field or a line that it leaves out is emptied. A record that the file does
not mention stays as it is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from shop.file_kinds import KINDS, Kind, Part, Record, Records
from shop.file_known import Known, KnownOrder, KnownRefund, pieces_of
from shop.models import CustomerRow, OrderRow, ProductRow, RefundRow, ReturnRow, SellerRow
from shop.records import RefundState
from shop.shop_file import ReadShop, checked_records, read_records

AT_ONCE = 500


@dataclass(frozen=True)
class Updated:
    """A record that was there already and is different now."""

    key: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class KindReport:
    """What happened to the records of one kind."""

    kind: str
    added: tuple[str, ...]
    updated: tuple[Updated, ...]
    unchanged: int


@dataclass(frozen=True)
class ImportReport:
    """What an import did, kind by kind, in the order they were written."""

    kinds: tuple[KindReport, ...]

    @property
    def changed(self) -> bool:
        """Whether the database is different from before."""
        return any(kind.added or kind.updated for kind in self.kinds)


def import_shop(session: Session, data: Any, now: datetime) -> ImportReport:
    """Check `data` and write it, in the caller's transaction.

    Args:
        session: a writing transaction (`Database.writing`); it is the caller's to commit.
        data: the JSON of a shop file (`shop.shop_file.read_shop_file`).
        now: the moment of import, from which relative dates count.

    Raises:
        ShopFileInvalid: the file has faults; nothing was written.
    """
    return import_records(session, read_records(data, now))


def import_records(session: Session, read: ReadShop) -> ImportReport:
    """The second half of `import_shop`: all that needs the database, so that others wait for it as little as can be.

    Raises:
        ShopFileInvalid: the file has faults; nothing was written.
    """
    records = checked_records(read, known_records(session, read.records))
    reports = [_import_kind(session, kind, records[kind.name]) for kind in KINDS]
    return ImportReport(tuple(report for report in reports if report.added or report.updated or report.unchanged))


def known_records(session: Session, records: Records) -> Known:
    """What the database has of everything that `records` refer to."""
    orders = _rows(session, OrderRow, OrderRow.number, _values(records, "order_number"), selectinload(OrderRow.lines))
    refunded_orders = (refund["order_number"] for refund in records["refunds"])
    refunded_returns = (refund["return_number"] for refund in records["refunds"])
    refunds = _rows(session, RefundRow, RefundRow.order_number, refunded_orders)
    refunds += _rows(session, RefundRow, RefundRow.return_number, refunded_returns)
    returns = _rows(session, ReturnRow, ReturnRow.number, _values(records, "return_number"))
    customers = _rows(session, CustomerRow, CustomerRow.email, _values(records, "email"))
    sellers = _rows(session, SellerRow, SellerRow.email, _values(records, "seller_email"))
    products = _rows(session, ProductRow, ProductRow.sku, _skus(records))
    return Known(
        customers={customer.email for customer in customers},
        sellers={seller.email for seller in sellers},
        products={product.sku for product in products},
        orders={
            order.number: KnownOrder(order.total, pieces_of((line.sku, line.quantity) for line in order.lines))
            for order in orders
        },
        returns={ret.number: ret.order_number for ret in returns},
        refunds={
            refund.number: KnownRefund(
                refund.order_number, refund.return_number, refund.amount, refund.state is RefundState.FAILED
            )
            for refund in refunds
        },
    )


def _values(records: Records, name: str) -> Iterator[Any]:
    return (record.get(name) for kind in records.values() for record in kind)


def _skus(records: Records) -> Iterator[Any]:
    return (line["sku"] for kind in records.values() for record in kind for line in record.get("lines", ()))


def _rows(session: Session, model: type, column: Any, values: Iterable[Any], *options: Any) -> list[Any]:
    """The rows in which `column` has one of `values`, a few hundred at a time."""
    wanted = sorted({value for value in values if value is not None})
    rows: list[Any] = []
    for start in range(0, len(wanted), AT_ONCE):
        query = select(model).where(column.in_(wanted[start : start + AT_ONCE])).options(*options)
        rows += session.scalars(query)
    return rows


def _import_kind(session: Session, kind: Kind, records: list[Record]) -> KindReport:
    key = getattr(kind.model, kind.key)
    there = {
        getattr(row, kind.key): row
        for row in _rows(session, kind.model, key, (record[kind.key] for record in records), *_with_parts(kind))
    }
    added, updated = [], []
    for record in records:
        name = record[kind.key]
        row = there.get(name)
        if row is None:
            session.add(_fill(kind.model(**{part: [] for part in kind.parts}), record, kind))
            added.append(name)
        elif changed := _changed_fields(row, record, kind):
            _fill(row, record, kind)
            updated.append(Updated(name, changed))
    session.flush()
    return KindReport(kind.name, tuple(added), tuple(updated), len(records) - len(added) - len(updated))


def _with_parts(part: Part) -> list[Any]:
    return [selectinload(getattr(part.model, name)).options(*_with_parts(inner)) for name, inner in part.parts.items()]


def _changed_fields(row: Any, record: Record, kind: Kind) -> tuple[str, ...]:
    there = _record(row, kind)
    changed = [kind.field_of(name) for name, value in record.items() if there[name] != value]
    return tuple(dict.fromkeys(changed))


def _record(row: Any, part: Part) -> Record:
    """The typed record that a row holds, the same form as one from a file."""
    values = {name: getattr(row, name) for name in part.columns}
    for name, inner in part.parts.items():
        values[name] = [_record(item, inner) for item in getattr(row, name)]
    return values


def _fill(row: Any, record: Record, part: Part) -> Any:
    """Give the row the record's values; its parts keep their places, so that a changed one is changed where it is."""
    for name in part.columns:
        setattr(row, name, record[name])
    for name, inner in part.parts.items():
        rows, items = getattr(row, name), record[name]
        del rows[len(items) :]
        for position, item in enumerate(items):
            if position == len(rows):
                rows.append(inner.model(position=position, **{part: [] for part in inner.parts}))
            _fill(rows[position], item, inner)
    return row
