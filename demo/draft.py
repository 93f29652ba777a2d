"""What every maker of the demo shop's records shares: words, chance, lists to fill, dates relative to the import."""

from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Optional

import yaml

SEED = 20261123
WORDS = yaml.safe_load(Path(__file__).with_name("shop_words.yml").read_text(encoding="utf-8"))
MADE_TO_ORDER = "SU-MISURA"
Record = dict[str, Any]


def day(offset: int) -> str:
    """A day in the file, `offset` days from that of import."""
    return f"{offset:+d}d" if offset else "0d"


def moment(offset: int, clock: str) -> str:
    """A moment in the file, at `clock` Italian time."""
    return f"{day(offset)} {clock}"


def offset_of(written: str) -> int:
    """The days between a day or moment in the file and that of import."""
    return int(written.partition("d")[0])


def total(lines: list[Record]) -> str:
    """What the lines cost together."""
    return str(sum((Decimal(line["unit_price"]) * line["quantity"] for line in lines), Decimal(0)))


class Draft:
    """The shop while it is being made."""

    def __init__(self) -> None:
        self.random = Random(SEED)
        self.products: list[Record] = []
        self.customers: list[Record] = []
        self.orders: list[Record] = []
        self.returns: list[Record] = []
        self.refunds: list[Record] = []
        self.quotes: list[Record] = []

    def anybody(self) -> str:
        """The address of some customer, but for the first ones, who have their own stories."""
        return self.random.choice(self.customers[6:])["email"]

    def city_of(self, email: str) -> str:
        """Where a customer lives."""
        return next(customer["city"] for customer in self.customers if customer["email"] == email)

    def line(self, sku: str, quantity: int = 1, price: Optional[str] = None) -> Record:
        """Some pieces of a product, at its own price or at another one."""
        product = next(product for product in self.products if product["sku"] == sku)
        unit_price = price or product.get("price", "0.00")
        return {"sku": sku, "description": product["name"], "quantity": quantity, "unit_price": unit_price}

    def lines(self, most: int = 3) -> list[Record]:
        """A random purchase of one to `most` products."""
        skus = sorted(product["sku"] for product in self.products if product["sku"] != MADE_TO_ORDER)
        chosen = self.random.sample(skus, self.random.randint(1, most))
        return [self.line(sku, self.random.choice((1, 1, 1, 2, 4))) for sku in chosen]

    def refund(self, order: Record, state: str, opened: int, amount: str, method: str, **more: Any) -> None:
        """Add a refund, opened on day `opened`; the dates that its state needs are filled in unless given."""
        dates = {
            "due": {},
            "approved": {"expected_by": day(5)},
            "issued": {"issued_on": day(opened + 2), "expected_by": day(4)},
            "credited": {"issued_on": day(opened + 2), "credited_on": day(opened + 4)},
            "failed": {"issued_on": day(opened + 2)},
        }
        refund = {"number": f"RF-{50_001 + len(self.refunds)}", "order_number": order["number"]}
        refund.update(opened_on=day(opened), amount=amount, method=method, state=state)
        self.refunds.append({**refund, **dates[state], **more})
