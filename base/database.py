"""The database: one engine for SQLite and PostgreSQL, short transactions, and the column types all tables share.

Code that is async calls `await db.write(function, …)`: the function gets a session and is one short transaction, run in
a small thread pool. On SQLite it runs at once, in the caller's own thread: it takes a fraction of a millisecond there,
less than another thread needs to begin. Only a write that finds the file locked by another process waits in a thread,
and those that come meanwhile wait behind it; what looks through a whole table is read aside. A write on SQLite starts
with BEGIN IMMEDIATE, because a transaction that reads first and writes later fails at once with "database is locked"
when another one wrote in between.
"""

import asyncio
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, Callable, Iterator, Optional, TypeVar, Union

import ujson
from sqlalchemy import BigInteger, DateTime, String, bindparam, create_engine, event, func, select
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, declarative_base
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import TypeDecorator

Base = declarative_base()
Result = TypeVar("Result")

LOCK_WAIT_MS = 5_000
STATEMENT_MS = 5_000
CONNECT_S = 5
THREADS = 4
JSON = {"json_serializer": ujson.dumps, "json_deserializer": ujson.loads}  # a fifth of the time of Python's own
IMMEDIATE = {"begin_mode": "IMMEDIATE"}
LOCKED = "database is locked"

_LOCK_NAME = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name", type_=String), 0)))


class UtcDateTime(TypeDecorator):
    """A moment: timezone-aware in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: Optional[datetime], dialect: Any) -> Optional[datetime]:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        utc = value.astimezone(timezone.utc)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Optional[datetime], dialect: Any) -> Optional[datetime]:
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


class Euro(TypeDecorator):
    """An amount in euro: `Decimal` with two places in Python, whole cents in the database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Optional[Decimal], dialect: Any) -> Optional[int]:
        if value is None:
            return None
        cents = Decimal(value) * 100
        if cents != cents.to_integral_value():
            raise ValueError("an amount has at most two decimal places")
        return int(cents)

    def process_result_value(self, value: Optional[int], dialect: Any) -> Optional[Decimal]:
        return None if value is None else (Decimal(value) / 100).quantize(Decimal("0.01"))


class Database:
    """A pool of connections and a pool of threads over one database."""

    def __init__(self, url: str, threads: int = THREADS) -> None:
        self.url = url
        self.engine = _engine(url, threads)
        self._writer = self.engine.execution_options(**IMMEDIATE)
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="database")
        self._writers = ThreadPoolExecutor(1, "database-writer") if is_sqlite(url) else self._threads
        self._at_once = _AtOnce(url, self.engine) if is_sqlite(url) else None
        self._waiting = 0  # writes that found the file locked, or came behind such a one

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction that may write: committed at the end, rolled back on any error."""
        with _session(self._writer) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One transaction that only reads."""
        with _session(self.engine) as session, session.begin():
            yield session

    async def write(self, function: Callable[..., Result], *args: Any) -> Result:
        """Run `function(session, *args)` as one writing transaction."""
        if self._at_once is not None and not self._waiting:
            with suppress(_Locked), self._at_once.writing() as session:
                return function(session, *args)
        self._waiting += 1
        try:
            return await self._in_thread(self._writers, self.writing, function, args)
        finally:
            self._waiting -= 1

    async def read(self, function: Callable[..., Result], *args: Any) -> Result:
        """Run `function(session, *args)` as one reading transaction."""
        if self._at_once is None:
            return await self.read_aside(function, *args)
        with self._at_once.reading() as session:
            return function(session, *args)

    async def read_aside(self, function: Callable[..., Result], *args: Any) -> Result:
        """As `read`, in another thread on every database: for what looks through a whole table."""
        return await self._in_thread(self._threads, self.reading, function, args)

    async def _in_thread(
        self, threads: Executor, transaction: Callable, function: Callable[..., Result], args: tuple
    ) -> Result:
        def run() -> Result:
            with transaction() as session:
                return function(session, *args)

        return await asyncio.get_running_loop().run_in_executor(threads, run)

    def close(self) -> None:
        """Wait for running transactions and close every connection."""
        self._writers.shutdown(wait=True)
        self._threads.shutdown(wait=True)
        if self._at_once is not None:
            self._at_once.close()
        self.engine.dispose()


class _Locked(Exception):
    """Another process is writing; nothing was done."""


class _AtOnce:
    """Two connections to an SQLite file that stay open, for the thread of the event loop: one reads, one writes."""

    def __init__(self, url: str, readers: Engine) -> None:
        self._readers, self._writers = readers, _sqlite_engine(url, 1, wait_ms=0).execution_options(**IMMEDIATE)
        self._reader: Optional[Connection] = None
        self._writer: Optional[Connection] = None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """See `Database.reading`."""
        self._reader = self._reader or self._readers.connect()
        try:
            with _session(self._reader) as session, session.begin():
                yield session
        finally:
            self._reader = _if_free(self._reader)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """See `Database.writing`.

        Raises:
            _Locked: the file's lock could not be had at once.
        """
        self._writer = self._writer or self._writers.connect()
        with _session(self._writer) as session:
            try:
                session.connection()  # begins
            except DBAPIError as error:
                self._writer.close()  # it takes itself for begun
                self._writer = None
                if str(error.orig) != LOCKED:  # Python 3.10 gives no code
                    raise
                raise _Locked from error
            try:
                yield session
                session.commit()
            finally:
                session.close()
                self._writer = _if_free(self._writer)

    def close(self) -> None:
        """Close both."""
        for connection in (self._reader, self._writer):
            if connection is not None:
                connection.close()
        self._writers.dispose()


def _if_free(connection: Connection) -> Optional[Connection]:
    """The connection, unless a transaction was left on it: a COMMIT that fails, on a full disk, keeps the file's lock.

    Such a connection is closed, by which SQLite takes back what was begun.
    """
    if connection.get_transaction() is None:
        return connection
    connection.invalidate()
    connection.close()
    return None


def _session(bind: Union[Engine, Connection]) -> Session:
    return Session(bind, expire_on_commit=False, future=True)


def lock_names(session: Session, *names: str) -> None:
    """Make transactions that lock one of the same names go one after the other, until their end.

    On SQLite writing transactions do so anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        for name in sorted(set(names)):
            session.execute(_LOCK_NAME, {"name": name})


def is_sqlite(url: str) -> bool:
    """Whether `url` names an SQLite file."""
    return make_url(url).get_backend_name() == "sqlite"


def is_made(url: str) -> bool:
    """Whether there is a database at `url`, as far as can be told without connecting: an SQLite file that exists."""
    return not is_sqlite(url) or Path(make_url(url).database or "").exists()


def _engine(url: str, threads: int) -> Engine:
    if is_sqlite(url):
        return _sqlite_engine(url, threads)
    return create_engine(
        url,
        future=True,
        **JSON,
        hide_parameters=True,  # they hold what customers write, and errors are logged
        pool_pre_ping=True,
        pool_size=threads,
        max_overflow=2,
        pool_timeout=CONNECT_S,
        connect_args={"connect_timeout": CONNECT_S, "options": _postgresql_options(url)},
    )


def _postgresql_options(url: str) -> str:
    """The options of the address itself, and our limit for a statement."""
    return f"{make_url(url).query.get('options', '')} -c statement_timeout={STATEMENT_MS}".strip()


def _sqlite_engine(url: str, threads: int, wait_ms: int = LOCK_WAIT_MS) -> Engine:
    engine = create_engine(
        url,
        future=True,
        **JSON,
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=threads + 1,  # the writer's
        max_overflow=2,
        connect_args={"check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={wait_ms}", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin_mode', 'DEFERRED')}")

    return engine
