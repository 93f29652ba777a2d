"""The examples and lists of docs/shop-gateway.md and docs/shop-file.md are true."""

import json
import re
import textwrap
from decimal import Decimal
from typing import Any, Callable

import httpx
import pytest

from base.settings import ROOT
from shop.errors import ShopUnavailable
from shop.file_known import Known
from shop.gateway import ShopGateway
from shop.shop_file import checked_records, parse_json, read_records
from tests.shop.samples import NOW

GATEWAY = (ROOT / "docs" / "shop-gateway.md").read_text(encoding="utf-8")
FILE = (ROOT / "docs" / "shop-file.md").read_text(encoding="utf-8")
SCHEMA = json.loads((ROOT / "shop" / "shop_file.schema.json").read_text(encoding="utf-8"))
FOUND = {
    "number": "104233",
    "email": "anna.rossi@example.it",
    "first_name": "Anna",
    "state": "paid",
    "placed_at": "2026-11-20T10:00:00+00:00",
    "total": "79.00",
    "payment_method": "card",
    "lines": [{"sku": "SED-ALBA", "name": "sedia Alba", "pieces": 1, "price": "79.00"}],
}


def indented(text: str) -> str:
    """The first indented block of a page."""
    block = re.search(r"(?:^(?: {4}.*)?\n)+", text[text.index("\n    ") + 1 :], re.MULTILINE)
    return textwrap.dedent(block[0])


def warehouse(answer: Callable[[httpx.Request], httpx.Response]) -> Any:
    names: dict[str, Any] = {}
    exec(compile(indented(GATEWAY), "docs/shop-gateway.md", "exec"), names)
    client = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://warehouse")
    return names["WarehouseShop"](client)


async def test_the_example_gateway_answers_as_the_page_says() -> None:
    shop = warehouse(
        lambda request: httpx.Response(200, json=FOUND) if request.url.path == "/orders/104233" else httpx.Response(404)
    )

    order = await shop.order("104233")

    assert (order.first_name, order.total, order.lines[0].quantity) == ("Anna", Decimal("79.00"), 1)
    assert await shop.order("999999") is None


@pytest.mark.parametrize("error", [httpx.ConnectError("refused"), httpx.ReadTimeout("slow")])
async def test_the_example_gateway_says_when_it_cannot_know(error: httpx.HTTPError) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(ShopUnavailable):
        await warehouse(fail).order("104233")


def test_the_example_gateway_has_every_method() -> None:
    methods = {name for name in vars(ShopGateway) if not name.startswith("_")}

    assert methods <= set(dir(warehouse(lambda request: httpx.Response(404))))


def test_the_example_file_is_valid() -> None:
    assert checked_records(read_records(parse_json(indented(FILE).encode()), NOW), Known())["orders"]


def test_the_page_names_every_field_and_every_value_of_the_format() -> None:
    mentioned = set(re.findall(r"`\"?([A-Za-z_]+)\"?`", FILE))
    definitions = SCHEMA["definitions"].values()
    fields = {name for part in definitions for name in part.get("properties", {})}
    values = {value for part in definitions for value in part.get("enum", ())}
    values |= {
        v for part in definitions for field in part.get("properties", {}).values() for v in field.get("enum", ())
    }

    assert fields | values | set(SCHEMA["properties"]) <= mentioned


def test_the_page_marks_exactly_the_required_fields() -> None:
    lists = {"customers": "customer", "sellers": "seller", "stores": "store", "products": "product", "orders": "order"}
    lists |= {"returns": "return", "refunds": "refund", "quotes": "quote"}
    for name, part in lists.items():
        row = next(line for line in FILE.splitlines() if line.startswith(f"| `{name}` |"))

        assert set(re.findall(r"`([a-z_]+)`\**\*", row.replace("**`", "`"))) == set(
            SCHEMA["definitions"][part]["required"]
        )
