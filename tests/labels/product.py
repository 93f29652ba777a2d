"""A product of a few sentences, read in milliseconds; and writing a plan without any record of it."""

from pathlib import Path

from labels.changes import Plan

DOMAIN = """version: "3.1"
intents: [track_order, report_missing_parcel, find_store, greet, tell_solved]
entities: [order_number, place]
"""
ORDERS = """version: "3.1"
# Ordini.
nlu:
- intent: track_order   # dov'è
  examples: |
    - controlla meglio
    - a che punto è il [104233](order_number)

- intent: report_missing_parcel
  examples: |
    - risulta consegnato ma non c'è
"""
SHOPPING = """version: "3.1"
nlu:
- intent: find_store
  examples: |
    - dove siete?
- intent: greet
  examples: |
    - ciao
"""
HELD_OUT = """version: "3.1"
nlu:
- intent: track_order
  examples: |
    - notizie del pacco?
"""
FILES = {
    "domain.yml": DOMAIN,
    "config.yml": "language: it\n",
    "data/nlu/orders.yml": ORDERS,
    "data/nlu/shopping.yml": SHOPPING,
    "tests/nlu/orders.yml": HELD_OUT,
    "desk/it.yml": "a: b\n",
}


def small_product(folder: Path) -> Path:
    """Fill the folder."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def write(planned: Plan) -> None:
    """Write what is planned."""
    for change in planned.changes:
        file = planned.root / change.name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes((change.after or "").encode())
