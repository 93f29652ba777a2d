"""A prepared statement does what the core does with it, on both databases."""

from contextlib import suppress
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Iterator

import pytest
from sqlalchemy import JSON, Column, Integer, MetaData, String, Table, bindparam, func, select, update
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InvalidRequestError,
    NoResultFound,
    OperationalError,
    PendingRollbackError,
    ProgrammingError,
)
from sqlalchemy.orm import Session

from base.database import Database, Euro, UtcDateTime
from base.ids import new_id
from base.statements import Prepared

THINGS = Table(
    "test_statements_things",
    MetaData(),
    Column("id", String(30), primary_key=True),
    Column("name", String(30), unique=True),
    Column("at", UtcDateTime),
    Column("price", Euro),
    Column("body", JSON),
    Column("state", String(10), nullable=False, default="new"),
)
COUNTED = Table(
    "test_statements_counted",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("key", String(30), default=lambda: new_id("x")),
)
NEW = Prepared(THINGS.insert())
BY_NAME = Prepared(select(THINGS).where(THINGS.c.name == bindparam("wanted")))
STATE = Prepared(select(THINGS.c.name).where(THINGS.c.state == "new").order_by(THINGS.c.name).limit(bindparam("most")))
CHANGE = Prepared(update(THINGS).where(THINGS.c.id == bindparam("thing")))
SMALLEST = Decimal(-(2**63)) / 100  # whose absolute value no database can work out
NOON = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=1)))


@pytest.fixture
def things(database: Database) -> Iterator[Database]:
    THINGS.create(database.engine)
    yield database
    THINGS.drop(database.engine)


@pytest.fixture
def session(things: Database) -> Iterator[Session]:
    with things.writing() as session:
        yield session


def _thing(name: str, **more: Any) -> dict[str, Any]:
    return {"id": f"id_{name}", "name": name, "at": NOON, "price": None, "body": {"città": ["Forlì", 1.5]}, **more}


def test_a_row_comes_back_as_the_core_gives_it(session: Session) -> None:
    NEW.run(session, _thing("a", price="12.30"))

    row = BY_NAME.one(session, {"wanted": "a"})

    assert tuple(row) == tuple(session.execute(select(THINGS)).one())
    assert row.at == NOON and row.at.tzinfo is timezone.utc
    assert (row.body, row.state) == ({"città": ["Forlì", 1.5]}, "new")


def test_each_set_of_columns_is_written_alone(session: Session) -> None:
    NEW.run_all(session, [_thing("a"), _thing("b")])

    written = CHANGE.run(session, {"thing": "id_a", "state": "old"})
    CHANGE.run(session, {"thing": "id_b", "at": None, "body": None})

    assert written == 1
    assert CHANGE.run(session, {"thing": "nobody", "state": "old"}) == 0
    assert [row.name for row in STATE.all(session, {"most": 5})] == ["b"]
    assert BY_NAME.one(session, {"wanted": "b"}).at is None


def test_nothing_found_is_none_or_an_error(session: Session) -> None:
    assert BY_NAME.first(session, {"wanted": "x"}) is None
    assert BY_NAME.all(session, {"wanted": "x"}) == []
    with pytest.raises(NoResultFound):
        BY_NAME.one(session, {"wanted": "x"})


def test_errors_are_sqlalchemy_s_and_hide_what_was_written(things: Database) -> None:
    with pytest.raises(IntegrityError) as refused, things.writing() as session:
        NEW.run(session, _thing("a"))
        NEW.run(session, _thing("a"))

    assert "Forlì" not in str(refused.value) and "hide_parameters" in str(refused.value)
    with things.reading() as session:
        assert BY_NAME.first(session, {"wanted": "a"}) is None


def test_an_error_that_comes_with_a_later_row_is_sqlalchemy_s_too(session: Session) -> None:
    NEW.run_all(session, [_thing("a", price=1), _thing("b", price=SMALLEST)])
    sizes = Prepared(select(THINGS.c.name, func.abs(THINGS.c.price)))

    with pytest.raises(DBAPIError):
        sizes.all(session, {})


def test_a_connection_that_was_closed_is_reported_and_the_next_transaction_has_another(things: Database) -> None:
    reported = []
    with suppress(PendingRollbackError), things.writing() as session:
        NEW.run(session, _thing("a"))
        session.connection().connection.dbapi_connection.close()
        with pytest.raises(DBAPIError) as refused:
            NEW.run(session, _thing("b"))
        reported.append(refused.value)

    assert reported
    with things.writing() as session:
        NEW.run(session, _thing("c"))
        assert [row.name for row in STATE.all(session, {"most": 5})] == ["c"]


def test_a_parameter_that_is_missing_is_not_taken_for_nothing(session: Session) -> None:
    NEW.run(session, _thing("a"))

    with pytest.raises(InvalidRequestError):
        BY_NAME.first(session, {})
    with pytest.raises(InvalidRequestError):
        CHANGE.run(session, {"state": "old"})


def test_a_statement_that_cannot_run_says_so(database: Database) -> None:
    gone = Prepared(COUNTED.select())
    with pytest.raises((OperationalError, ProgrammingError)), database.reading() as session:
        gone.all(session, {})


def test_a_default_that_is_made_anew_each_time_is_refused(database: Database) -> None:
    with pytest.raises(TypeError), database.reading() as session:
        Prepared(COUNTED.insert()).run(session, {"id": 1})
