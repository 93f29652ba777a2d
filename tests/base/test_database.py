"""The database both backends share: transactions, types, and no customer's words in errors."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from base.clock import ROME
from base.database import Database, Euro, UtcDateTime
from switchboard.models import Person

MOMENT = datetime(2026, 11, 23, 9, 30, 15, 250_000, tzinfo=timezone.utc)


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError), database.writing() as session:
        session.add(Person(id="pe_1", created_at=MOMENT))
        session.flush()
        raise RuntimeError

    with database.reading() as session:
        assert session.query(Person).count() == 0


def test_moments_come_back_in_utc_whatever_zone_they_went_in_with(database: Database) -> None:
    with database.writing() as session:
        session.add(Person(id="pe_1", created_at=MOMENT.astimezone(ROME)))

    with database.reading() as session:
        assert session.get(Person, "pe_1").created_at == MOMENT
        assert session.get(Person, "pe_1").created_at.utcoffset() == timedelta()


def test_a_moment_without_zone_is_refused(database: Database) -> None:
    with pytest.raises(sa.exc.StatementError, match="time zone"), database.writing() as session:
        session.add(Person(id="pe_1", created_at=datetime(2026, 1, 1)))


def test_an_error_of_the_database_quotes_no_values(database: Database) -> None:
    with pytest.raises(IntegrityError) as caught:
        for _ in range(2):
            with database.writing() as session:
                session.execute(sa.insert(Person), [{"id": "parole del cliente", "created_at": MOMENT}])

    ours = str(caught.value).replace(
        str(caught.value.orig), ""
    )  # the server's own words are kept out of logs elsewhere
    assert "INSERT INTO people" in ours and "parole del cliente" not in ours


def test_writers_wait_for_each_other_instead_of_failing(database: Database) -> None:
    def read_then_write(number: int) -> None:
        with database.writing() as session:
            session.query(Person).count()
            session.add(Person(id=f"pe_{number}", created_at=MOMENT))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(read_then_write, range(30)))

    with database.reading() as session:
        assert session.query(Person).count() == 30


async def test_async_code_gets_the_result_and_the_error(database: Database) -> None:
    async def count() -> int:
        return await database.read(lambda session: session.query(Person).count())

    await database.write(lambda session: session.add(Person(id="pe_1", created_at=MOMENT)))

    assert await count() == 1
    with pytest.raises(ZeroDivisionError):
        await database.write(lambda session: 1 / 0)


@given(st.decimals(min_value=-10_000_000, max_value=10_000_000, places=2))
def test_amounts_are_exact_to_the_cent(amount: Decimal) -> None:
    stored = Euro().process_bind_param(amount, None)

    assert Euro().process_result_value(stored, None) == amount


def test_an_amount_finer_than_a_cent_is_refused() -> None:
    with pytest.raises(ValueError, match="decimal places"):
        Euro().process_bind_param(Decimal("1.005"), None)


def test_nothing_stays_nothing() -> None:
    assert Euro().process_bind_param(None, None) is None
    assert UtcDateTime().process_result_value(None, None) is None


async def test_a_write_waits_while_another_process_writes_and_later_ones_wait_behind_it(database: Database) -> None:
    def add(session: Session, name: str) -> None:
        added.append(name)
        session.add(Person(id=name, created_at=MOMENT))

    other, added = Database(database.url), []
    with other.writing() as session:
        session.add(Person(id="pe_other", created_at=MOMENT))
        session.flush()
        waiting = [asyncio.create_task(database.write(add, name)) for name in ("pe_1", "pe_2", "pe_3")]
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    await database.write(add, "pe_4")
    other.close()

    assert added[-1] == "pe_4" and sorted(added) == ["pe_1", "pe_2", "pe_3", "pe_4"]
    with database.reading() as session:
        assert session.query(Person).count() == 5


async def test_a_write_that_fails_at_once_leaves_nothing_and_the_next_one_works(database: Database) -> None:
    def fail(session: Session) -> None:
        session.add(Person(id="pe_1", created_at=MOMENT))
        session.flush()
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(fail)

    assert await database.read(lambda session: session.query(Person).count()) == 0
    assert await database.write(lambda session: session.query(Person).count()) == 0


async def test_a_commit_that_fails_leaves_nothing_and_holds_up_nobody(database_url: str) -> None:
    def orphan(session: Session) -> None:
        session.execute(sa.text("INSERT INTO parents VALUES (1)"))
        session.execute(sa.text("INSERT INTO children VALUES (2)"))

    database, other = Database(database_url), Database(database_url)
    with database.writing() as session:
        session.execute(sa.text("CREATE TABLE parents (id INTEGER PRIMARY KEY)"))
        reference = "REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED"
        session.execute(sa.text(f"CREATE TABLE children (parent INTEGER {reference})"))
    with pytest.raises(IntegrityError):
        await database.write(orphan)

    await database.write(lambda session: session.execute(sa.text("INSERT INTO parents VALUES (3)")))
    await other.write(lambda session: session.execute(sa.text("INSERT INTO parents VALUES (4)")))
    found = await other.read(lambda session: session.execute(sa.text("SELECT id FROM parents ORDER BY id")).all())
    for one in (database, other):
        one.close()

    assert [row.id for row in found] == [3, 4]
