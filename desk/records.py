"""How the orders, returns and quotes of a conversation stand now, a line each, from the shop itself."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Mapping, Optional, Sequence

from desk.words import Words
from shop.acting import acts_for
from shop.couriers import courier_name
from shop.errors import ShopUnavailable
from shop.gateway import ShopGateway
from shop.orders import order_progress
from shop.quotes import quote_progress
from shop.records import Order, Quote, Return
from shop.returns import return_progress
from switchboard.wording import Wording, italian_day

MOST = 5
SHOP_S = 3.0  # an agent waits for the page; what the shop does not say by then is shown as unknown
ORDER, RETURN, QUOTE = "order", "return", "quote"

Ref = tuple[str, str]  # kind and number


@dataclass(frozen=True)
class RecordLine:
    """A record as the card shows it. `first_name` is the customer's; `status` is ready to read."""

    kind: str
    number: str
    title: str
    status: str
    details: tuple[str, ...] = ()
    first_name: Optional[str] = None
    email: Optional[str] = None
    values: Mapping[str, str] = field(default_factory=dict)  # by the names that data/replies.yml uses
    acts: tuple[str, ...] = ()  # what people of the shop may do with it now, where the shop offers it


async def lines_of(
    shop: ShopGateway, refs: Sequence[Ref], words: Words, wording: Wording, now: datetime
) -> list[RecordLine]:
    """A line for each of the first `MOST` records; those the shop does not know or cannot tell now, too."""
    return list(await asyncio.gather(*(_line(shop, ref, words, wording, now) for ref in refs[:MOST])))


async def _line(shop: ShopGateway, ref: Ref, words: Words, wording: Wording, now: datetime) -> RecordLine:
    kind, number = ref
    title = words.say(f"record_{kind}", number=number)
    try:
        found = await asyncio.wait_for(_find(shop, kind, number), SHOP_S)
    except (ShopUnavailable, asyncio.TimeoutError):
        return RecordLine(kind, number, title, words.say("record_away"))
    if found is None:
        return RecordLine(kind, number, title, words.say("record_unknown"))
    if isinstance(found, Order):
        status, details = _order(found, words, wording, now)
    elif isinstance(found, Return):
        status, details = _return(found, words, wording)
    else:
        status, details = _quote(found, words, wording, now)
    acts = tuple(act.value for act in acts_for(found, italian_day(now)))
    values = {f"{kind}_number": number, f"{kind}_status": status, **_values(found, wording)}
    return RecordLine(kind, number, title, status, tuple(details), found.first_name, found.email, values, acts)


async def _find(shop: ShopGateway, kind: str, number: str) -> "Optional[Order | Return | Quote]":
    if kind == ORDER:
        return await shop.order(number)
    return await (shop.return_case(number) if kind == RETURN else shop.quote(number))


def _values(found: "Order | Return | Quote", wording: Wording) -> dict[str, str]:
    if isinstance(found, Order):
        promised = wording.day(found.promised_on) if found.promised_on else ""
        return {"order_total": wording.money(found.total), "order_promised": promised}
    if isinstance(found, Quote):
        amount = wording.money(found.amount) if found.amount is not None else ""
        valid = wording.day(found.valid_until) if found.valid_until else ""
        return {"quote_amount": amount, "quote_valid": valid}
    return {}


def _order(order: Order, words: Words, wording: Wording, now: datetime) -> tuple[str, list[str]]:
    progress = order_progress(order, italian_day(now))
    status = [words.say(f"order_{progress.state.value}"), *([words.say("order_late")] if progress.late else [])]
    details = [", ".join(_pieces(line.quantity, line.description) for line in order.lines)]
    details.append(wording.money(order.total))
    if progress.delivered_at is None and order.promised_on:
        details.append(words.say("order_promised", day=wording.day(order.promised_on)))
    if progress.parcel:
        courier = courier_name(progress.parcel.courier)
        details.append(words.say("order_courier", courier=courier, code=progress.parcel.tracking_code))
    if order.delay:
        details.append(words.say("order_delay", reason=order.delay.reason))
    return ", ".join(status), details


def _return(ret: Return, words: Words, wording: Wording) -> tuple[str, list[str]]:
    progress = return_progress(ret)
    details = [words.say("return_of_order", number=ret.order_number)]
    details.append(", ".join(_pieces(line.quantity, line.description) for line in ret.lines))
    if progress.refund:
        state = words.say(f"refund_{progress.refund.state.value}")
        details.append(words.say("return_refund", amount=wording.money(progress.refund.amount), state=state))
    return words.say(f"return_{progress.state.value}"), details


def _quote(quote: Quote, words: Words, wording: Wording, now: datetime) -> tuple[str, list[str]]:
    progress = quote_progress(quote, italian_day(now))
    details = [", ".join(_pieces(line.quantity, line.description) for line in quote.lines)]
    if quote.amount is not None:
        details.append(wording.money(quote.amount))
    if quote.valid_until:
        details.append(words.say("quote_valid", day=wording.day(quote.valid_until)))
    if quote.seller:
        details.append(words.say("quote_seller", name=quote.seller.name))
    return words.say(f"quote_{progress.state.value}"), details


def _pieces(quantity: int, description: str) -> str:
    return f"{quantity} × {description}" if quantity > 1 else description
