"""The kinds of record in a shop file, tied to their tables, and the way from JSON values to typed ones.

A typed record is a dict of column values plus, for each kind of part, a list of typed parts. It always is the whole
record: what the file leaves out has its default, mostly `None`.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Mapping

import sqlalchemy as sa

from base.database import Euro, UtcDateTime
from shop import models
from shop.file_dates import read_day, read_moment

Record = dict[str, Any]  # a typed record
Records = dict[str, list[Record]]  # by the name of their kind


@dataclass(frozen=True)
class Part:
    """Rows that belong to another row, such as an order's lines; their keys come from it and from their position."""

    model: Any  # one of shop.models
    parts: Mapping[str, "Part"] = field(default_factory=dict)

    @property
    def columns(self) -> dict[str, sa.Column]:
        """The columns that the file fills."""
        return {column.key: column for column in self.model.__table__.columns if not column.primary_key}


@dataclass(frozen=True)
class Kind(Part):
    """One of the lists at the top of a shop file."""

    name: str = ""
    key: str = ""  # the field that names a record
    defaults: Mapping[str, Any] = field(default_factory=dict)
    nested: tuple[str, ...] = ()  # objects in the file whose fields are columns named `<object>_<field>`

    @property
    def columns(self) -> dict[str, sa.Column]:
        return {column.key: column for column in self.model.__table__.columns}

    def field_of(self, column: str) -> str:
        """The file's field that fills this column."""
        return next((name for name in self.nested if column.startswith(f"{name}_")), column)


_PARCEL = Part(models.ParcelRow, {"events": Part(models.ParcelEventRow)})

# In the order in which they can be written: nothing refers to a later kind.
KINDS = (
    Kind(models.CustomerRow, name="customers", key="email"),
    Kind(models.SellerRow, name="sellers", key="email"),
    Kind(models.StoreRow, name="stores", key="code", defaults={"pickup": False}),
    Kind(models.ProductRow, name="products", key="sku", defaults={"variants": []}),
    Kind(
        models.OrderRow,
        {"lines": Part(models.OrderLineRow), "parcels": _PARCEL},
        name="orders",
        key="number",
        nested=("delay",),
    ),
    Kind(models.ReturnRow, {"lines": Part(models.ReturnLineRow)}, name="returns", key="number"),
    Kind(models.RefundRow, name="refunds", key="number"),
    Kind(models.QuoteRow, {"lines": Part(models.QuoteLineRow)}, name="quotes", key="number"),
)


def typed(record: Mapping[str, Any], part: Part, today: date) -> Record:
    """The typed record; dates are counted from `today`. Values that are missing or `None` take the default."""
    flat = dict(record)
    defaults: Mapping[str, Any] = {}
    if isinstance(part, Kind):
        defaults = part.defaults
        for name in part.nested:
            flat.update({f"{name}_{key}": value for key, value in (record.get(name) or {}).items()})
    values = {
        name: defaults.get(name) if flat.get(name) is None else _value(column.type, flat[name], today)
        for name, column in part.columns.items()
    }
    for name, inner in part.parts.items():
        values[name] = [typed(item or {}, inner, today) for item in record.get(name) or []]
    return values


def _value(column_type: Any, value: Any, today: date) -> Any:
    if isinstance(column_type, UtcDateTime):
        return read_moment(value, today)
    if isinstance(column_type, sa.Date):
        return read_day(value, today)
    if isinstance(column_type, Euro):
        return Decimal(value)
    if isinstance(column_type, sa.Enum):
        return column_type.enum_class(value)
    return value
