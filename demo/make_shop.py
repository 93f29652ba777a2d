"""Writes demo/shop.json, the fictional shop "Casa Lume": always the same file, from a seed and demo/shop_words.yml.

Run it with `.venv/bin/python -m demo.make_shop`. Every date is relative to the day of import. Some records are fixed
because texts and tests name them; the others fill every state and case.
"""

import json
import unicodedata
from pathlib import Path
from typing import Optional

from demo.draft import WORDS, Draft, Record
from demo.make_orders import make_orders
from demo.make_quotes import make_quotes
from demo.make_returns import make_returns

FILE = Path(__file__).with_name("shop.json")
CUSTOMERS = 70
FIXED_CUSTOMERS = (
    ("anna.rossi@example.it", "Anna", "Rossi"),
    ("marco.bianchi@example.it", "Marco", "Bianchi"),
    ("lucia.verdi@example.it", "Lucia", "Verdi"),
    ("paolo.neri@example.it", "Paolo", "Neri"),
    ("giulia.gallo@example.it", "Giulia", "Gallo"),
    ("studio.ferri@example.it", "Sara", "Ferri"),
)


def make_shop() -> Record:
    """The whole shop file."""
    draft = Draft()
    draft.products = [_product(draft, *words) for words in WORDS["products"]]
    _make_customers(draft)
    make_orders(draft)
    make_returns(draft)
    make_quotes(draft)
    return {
        "version": 1,
        "customers": draft.customers,
        "sellers": WORDS["sellers"],
        "stores": WORDS["stores"],
        "products": draft.products,
        "orders": _by_number(draft.orders),
        "returns": _by_number(draft.returns),
        "refunds": draft.refunds,
        "quotes": _by_number(draft.quotes),
    }


def as_text(shop: Record) -> str:
    """The file's text: one record a line, so that a change shows as a line."""
    parts = []
    for name, value in shop.items():
        if isinstance(value, list):
            records = ",\n".join("  " + json.dumps(record, ensure_ascii=False) for record in value)
            parts.append(f'"{name}": [\n{records}\n]')
        else:
            parts.append(f'"{name}": {json.dumps(value)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _product(
    draft: Draft, sku: str, name: str, category: str, price: Optional[str], text: str, colors: list, sizes: list
) -> Record:
    product = {"sku": sku, "name": name, "category": category, "description": text}
    if price is None:  # made to order: no price and no stock
        return product
    variants = [
        {**({"color": color} if color else {}), **({"size": size} if size else {}), "stock": _stock(draft)}
        for color in colors or [None]
        for size in sizes or [None]
        if color or size
    ]
    stock = sum(variant["stock"] for variant in variants) if variants else _stock(draft)
    return {**product, "price": price, "stock": stock, **({"variants": variants} if variants else {})}


def _stock(draft: Draft) -> int:
    return draft.random.choice((0, 1, 2, 3, 5, 8, 12, 20, 35))


def _make_customers(draft: Draft) -> None:
    draft.customers += [_customer(draft, *fixed) for fixed in FIXED_CUSTOMERS]
    taken = {customer["email"] for customer in draft.customers}
    while len(draft.customers) < CUSTOMERS:
        first, last = draft.random.choice(WORDS["first_names"]), draft.random.choice(WORDS["last_names"])
        email = f"{_letters(first)}.{_letters(last)}@example.{draft.random.choice(('it', 'it', 'com'))}"
        if email not in taken:
            taken.add(email)
            draft.customers.append(_customer(draft, email, first, last))


def _customer(draft: Draft, email: str, first: str, last: str) -> Record:
    city, province, postal_code = draft.random.choice(WORDS["cities"])
    customer = {"email": email, "first_name": first, "last_name": last}
    if draft.random.random() < 0.7:
        customer["phone"] = f"333 555{draft.random.randrange(10_000):04}"
    street = f"{draft.random.choice(WORDS['streets'])} {draft.random.randrange(1, 120)}"
    return {**customer, "address": street, "postal_code": postal_code, "city": city, "province": province}


def _letters(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower())
    return "".join(letter for letter in plain if letter.isascii() and letter.isalpha())


def _by_number(records: list[Record]) -> list[Record]:
    return sorted(records, key=lambda record: record["number"])


if __name__ == "__main__":
    FILE.write_text(as_text(make_shop()), encoding="utf-8")
