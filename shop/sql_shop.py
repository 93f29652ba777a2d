"""The shop kept in Sportello's own database: the first implementation of `shop.gateway.ShopGateway`."""

import asyncio
from datetime import datetime
from itertools import groupby
from typing import Any, Awaitable, Callable, Optional, Sequence, TypeVar

from sqlalchemy import bindparam, literal, select, text, union_all
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.orm import Session, joinedload, selectinload

from base.clock import ROME
from base.database import Database
from base.statements import Prepared
from shop.acting import KIND_OF, LEADS_TO, Act, NotPossible, acts_for
from shop.errors import ShopUnavailable
from shop.gateway import MOST_RECORDS, TIMEOUT_S
from shop.models import (
    CustomerRow,
    OrderLineRow,
    OrderRow,
    ParcelEventRow,
    ParcelRow,
    QuoteRow,
    RefundRow,
    ReturnRow,
)
from shop.records import (
    Delay,
    Line,
    Order,
    Parcel,
    ParcelEvent,
    Product,
    Quote,
    RecordHead,
    Refund,
    Return,
    ReturnLine,
    Seller,
    Store,
)
from shop.sql_catalogue import find_product, find_stores, search_products

Answer = TypeVar("Answer")

# Orders are asked for all day long: their statements are made once, and give plain rows.
ORDERS, CUSTOMERS, LINES = OrderRow.__table__, CustomerRow.__table__, OrderLineRow.__table__
PARCELS, EVENTS = ParcelRow.__table__, ParcelEventRow.__table__
_NUMBER = bindparam("number")
_ORDER = Prepared(select(ORDERS, CUSTOMERS.c.first_name).join(CUSTOMERS).where(ORDERS.c.number == _NUMBER))
_LINES = Prepared(select(LINES).where(LINES.c.order_number == _NUMBER).order_by(LINES.c.position))
_PARCELS = Prepared(select(PARCELS).where(PARCELS.c.order_number == _NUMBER).order_by(PARCELS.c.position))
_EVENTS = Prepared(
    select(EVENTS).where(EVENTS.c.order_number == _NUMBER).order_by(EVENTS.c.parcel_position, EVENTS.c.position)
)
_EMAIL_OF_ORDER = Prepared(select(ORDERS.c.email).where(ORDERS.c.number == _NUMBER))


class SqlShop:
    """Reads the shop's records from its tables, and lets its people act on them (`shop.acting.ShopActs`)."""

    def __init__(self, database: Database, timeout_s: float = TIMEOUT_S) -> None:
        self._database = database
        self._timeout_s = timeout_s

    async def email_of(self, kind: str, number: str) -> Optional[str]:
        """The e-mail of one record: one small query, whether there is such a number or not."""
        return await self._ask(EMAIL_OF[kind], number)

    async def has_customer(self, email: str) -> bool:
        """Whether there is a customer with this e-mail; orders and quotes always have one."""
        return await self._ask(_has_customer, email)

    async def records_of(self, email: str) -> tuple[RecordHead, ...]:
        """The records of this e-mail, newest first."""
        return await self._ask(_find_records_of, email)

    async def order(self, number: str) -> Optional[Order]:
        """The order with this number."""
        return await self._ask(_find_order, number)

    async def return_case(self, number: str) -> Optional[Return]:
        """The return with this number, with its refund if there is one."""
        return await self._ask(_find_return, number)

    async def returns_of(self, order_number: str) -> tuple[Return, ...]:
        """All returns of one order, newest first."""
        return await self._ask(_find_returns_of, order_number)

    async def refunds_of(self, order_number: str) -> tuple[Refund, ...]:
        """All refunds of one order, newest first."""
        return await self._ask(_find_refunds_of, order_number)

    async def quote(self, number: str) -> Optional[Quote]:
        """The quote with this number."""
        return await self._ask(_find_quote, number)

    async def product(self, sku: str) -> Optional[Product]:
        """The product with this code."""
        return await self._ask(find_product, sku)

    async def search_products(self, words: tuple[str, ...]) -> tuple[Product, ...]:
        """Products whose name or category has a word like one of these, the most alike first."""
        return await self._answer(self._database.read_aside(search_products, words))

    async def stores(self) -> tuple[Store, ...]:
        """All stores, by town."""
        return await self._ask(find_stores)

    async def act(self, act: Act, number: str, at: datetime) -> bool:
        """See `shop.acting.ShopActs`."""
        return await self._answer(self._database.write(_act, act, number, at))

    async def _ask(self, find: Callable[..., Answer], *question: Any) -> Answer:
        return await self._answer(self._database.read(find, *question))

    async def _answer(self, asked: Awaitable[Answer]) -> Answer:
        try:
            return await asyncio.wait_for(asked, self._timeout_s)
        except asyncio.TimeoutError as error:
            raise ShopUnavailable(f"no answer from the database in {self._timeout_s} s") from error
        except (DBAPIError, NoFreeConnection) as error:
            raise ShopUnavailable(f"the database failed: {type(error).__name__}") from error


def _email_of_order(session: Session, number: str) -> Optional[str]:
    row = _EMAIL_OF_ORDER.first(session, {"number": number})
    return row and row.email


def _email_of_return(session: Session, number: str) -> Optional[str]:
    query = select(OrderRow.email).join(ReturnRow, ReturnRow.order_number == OrderRow.number)
    return session.scalar(query.where(ReturnRow.number == number))


def _email_of_quote(session: Session, number: str) -> Optional[str]:
    return session.scalar(select(QuoteRow.email).where(QuoteRow.number == number))


EMAIL_OF = {"order": _email_of_order, "return": _email_of_return, "quote": _email_of_quote}


def _has_customer(session: Session, email: str) -> bool:
    return session.scalar(select(CustomerRow.email).where(CustomerRow.email == email)) is not None


def _find_records_of(session: Session, email: str) -> tuple[RecordHead, ...]:
    orders = select(literal("order"), OrderRow.number, OrderRow.placed_at.label("began_at")).where(
        OrderRow.email == email
    )
    returns = (
        select(literal("return"), ReturnRow.number, ReturnRow.requested_at)
        .join(OrderRow, ReturnRow.order_number == OrderRow.number)
        .where(OrderRow.email == email)
    )
    quotes = select(literal("quote"), QuoteRow.number, QuoteRow.requested_at).where(QuoteRow.email == email)
    heads = union_all(orders, returns, quotes).order_by(text("began_at DESC"), text("number DESC")).limit(MOST_RECORDS)
    return tuple(RecordHead(*row) for row in session.execute(heads))


def _find_order(session: Session, number: str) -> Optional[Order]:
    wanted = {"number": number}
    row = _ORDER.first(session, wanted)
    if row is None:
        return None
    events = groupby(_EVENTS.all(session, wanted), key=lambda event: event.parcel_position)
    events_of = {position: tuple(some) for position, some in events}
    parcels = [_parcel(parcel, events_of.get(parcel.position, ())) for parcel in _PARCELS.all(session, wanted)]
    return _order(row, [_line(line) for line in _LINES.all(session, wanted)], parcels)


def _find_return(session: Session, number: str) -> Optional[Return]:
    row = session.scalars(_returns().where(ReturnRow.number == number)).one_or_none()
    return row and _return(row)


def _act(session: Session, act: Act, number: str, at: datetime) -> bool:
    """Under the row's lock: whether it may be done is decided by what the record is now."""
    table, find = (ReturnRow, _find_return) if KIND_OF[act] == "return" else (QuoteRow, _find_quote)
    row = session.get(table, number, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotPossible(act.value)
    if row.state is LEADS_TO[act]:
        return False
    record = find(session, number)  # type: ignore[operator]
    if record is None or act not in acts_for(record, at.astimezone(ROME).date()):
        raise NotPossible(act.value)
    row.state = LEADS_TO[act]
    if table is QuoteRow:
        row.answered_at = at
    session.flush()
    return True


def _find_returns_of(session: Session, order_number: str) -> tuple[Return, ...]:
    newest_first = (ReturnRow.requested_at.desc(), ReturnRow.number.desc())
    rows = session.scalars(_returns().where(ReturnRow.order_number == order_number).order_by(*newest_first))
    return tuple(_return(row) for row in rows)


def _returns() -> Any:
    return select(ReturnRow).options(
        joinedload(ReturnRow.order).joinedload(OrderRow.customer),
        joinedload(ReturnRow.refund),
        selectinload(ReturnRow.lines),
    )


def _find_refunds_of(session: Session, order_number: str) -> tuple[Refund, ...]:
    newest_first = (RefundRow.opened_on.desc(), RefundRow.number.desc())
    rows = session.scalars(select(RefundRow).where(RefundRow.order_number == order_number).order_by(*newest_first))
    return tuple(_refund(row) for row in rows)


def _find_quote(session: Session, number: str) -> Optional[Quote]:
    query = (
        select(QuoteRow)
        .where(QuoteRow.number == number)
        .options(joinedload(QuoteRow.customer), joinedload(QuoteRow.seller), selectinload(QuoteRow.lines))
    )
    row = session.scalars(query).one_or_none()
    return row and _quote(row)


def _order(row: Any, lines: Sequence[Line], parcels: Sequence[Parcel]) -> Order:
    return Order(
        number=row.number,
        email=row.email,
        first_name=row.first_name,
        state=row.state,
        placed_at=row.placed_at,
        total=row.total,
        payment_method=row.payment_method,
        lines=tuple(lines),
        parcels=tuple(parcels),
        paid_at=row.paid_at,
        prepared_at=row.prepared_at,
        cancelled_at=row.cancelled_at,
        promised_on=row.promised_on,
        delay=_delay(row),
    )


def _line(row: Any) -> Line:
    return Line(sku=row.sku, description=row.description, quantity=row.quantity, unit_price=row.unit_price)


def _parcel(row: Any, events: Sequence[Any]) -> Parcel:
    return Parcel(
        courier=row.courier,
        tracking_code=row.tracking_code,
        state=row.state,
        events=tuple(ParcelEvent(at=event.at, state=event.state, place=event.place) for event in events),
        pickup_point=row.pickup_point,
        hold_until=row.hold_until,
    )


def _delay(row: Any) -> Optional[Delay]:
    if row.delay_reason is None:
        return None
    return Delay(
        reason=row.delay_reason,
        told_by=row.delay_told_by,
        new_date=row.delay_new_date,
        update_by=row.delay_update_by,
    )


def _return(row: ReturnRow) -> Return:
    return Return(
        number=row.number,
        order_number=row.order_number,
        email=row.order.email,
        first_name=row.order.customer.first_name,
        state=row.state,
        requested_at=row.requested_at,
        lines=tuple(
            ReturnLine(sku=line.sku, description=line.description, quantity=line.quantity, received=line.received)
            for line in row.lines
        ),
        approved_at=row.approved_at,
        sent_at=row.sent_at,
        received_at=row.received_at,
        decided_at=row.decided_at,
        refusal_reason=row.refusal_reason,
        send_by=row.send_by,
        refund=row.refund and _refund(row.refund),
    )


def _refund(row: RefundRow) -> Refund:
    return Refund(
        order_number=row.order_number,
        amount=row.amount,
        method=row.method,
        state=row.state,
        return_number=row.return_number,
        deduction=row.deduction,
        deduction_reason=row.deduction_reason,
        issued_on=row.issued_on,
        credited_on=row.credited_on,
        expected_by=row.expected_by,
    )


def _quote(row: QuoteRow) -> Quote:
    return Quote(
        number=row.number,
        email=row.email,
        first_name=row.customer.first_name,
        state=row.state,
        requested_at=row.requested_at,
        lines=tuple(_line(line) for line in row.lines),
        seller=row.seller and Seller(name=row.seller.name, email=row.seller.email, phone=row.seller.phone),
        due_on=row.due_on,
        sent_at=row.sent_at,
        amount=row.amount,
        valid_until=row.valid_until,
        answered_at=row.answered_at,
    )
