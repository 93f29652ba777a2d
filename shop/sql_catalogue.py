"""Products and stores read from Sportello's own tables, for `shop.sql_shop`."""

from datetime import time
from typing import Optional

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue import likeness
from shop.gateway import MOST_FOUND
from shop.models import ProductRow, StoreRow
from shop.records import Opening, Product, Store, Variant

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = "24:00"


def has_products(session: Session) -> bool:
    """Whether a shop has been loaded."""
    return session.scalar(select(ProductRow.sku).limit(1)) is not None


def find_product(session: Session, sku: str) -> Optional[Product]:
    """The product with this code."""
    row = session.get(ProductRow, sku)
    return row and _product(row)


def search_products(session: Session, words: tuple[str, ...]) -> tuple[Product, ...]:
    """The products most like these words.

    Reads every name, for no database compares words as customers write them; then only the rows that are like them.
    """
    names = session.execute(select(ProductRow.sku, ProductRow.name, ProductRow.category).order_by(ProductRow.name))
    alike = {sku: likeness(words, name, category) for sku, name, category in names}
    best = sorted((sku for sku in alike if alike[sku]), key=lambda sku: -alike[sku])[:MOST_FOUND]
    rows = session.scalars(select(ProductRow).where(ProductRow.sku.in_(best)))
    return tuple(sorted(map(_product, rows), key=lambda product: best.index(product.sku)))


def find_stores(session: Session) -> tuple[Store, ...]:
    """All stores, by town."""
    return tuple(_store(row) for row in session.scalars(select(StoreRow).order_by(StoreRow.city, StoreRow.code)))


def _product(row: ProductRow) -> Product:
    return Product(
        sku=row.sku,
        name=row.name,
        category=row.category,
        description=row.description,
        price=row.price,
        stock=row.stock,
        variants=tuple(Variant(v.get("color"), v.get("size"), v.get("stock")) for v in row.variants),
    )


def _store(row: StoreRow) -> Store:
    return Store(
        code=row.code,
        name=row.name,
        address=row.address,
        postal_code=row.postal_code,
        city=row.city,
        province=row.province,
        week=tuple(tuple(_opening(text) for text in row.hours.get(day) or ()) for day in WEEK),
        phone=row.phone,
        pickup=row.pickup,
    )


def _opening(text: str) -> Opening:
    opens, closes = text.split("-")
    return Opening(time.fromisoformat(opens), time.max if closes == MIDNIGHT else time.fromisoformat(closes))
