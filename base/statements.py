"""Statements of the hot path, compiled once and run on the driver's own cursor.

SQLAlchemy's core builds, checks and wraps for each execution what never changes: 50 microseconds a statement, where
SQLite itself needs five. A `Prepared` statement is written with the core like any other, takes part in the session's
transaction, converts values by the columns' types and raises SQLAlchemy's errors; docs/decisions/0003 says when it is
worth it.
"""

from collections import namedtuple
from dataclasses import dataclass
from typing import Any, Callable, Mapping, Optional, Sequence

from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

Convert = Callable[[Any], Any]
Values = Mapping[str, Any]


class Prepared:
    """One statement of the core. Parameters are given by name: those of its `bindparam`s, and columns to be written.

    One that is missing is an `sqlalchemy.exc.InvalidRequestError`.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._ready: dict[tuple[str, tuple[str, ...]], _Compiled] = {}

    def first(self, session: Session, values: Values) -> Optional[Any]:
        """The first row, with the columns' names as attributes; None when there is none."""
        compiled, row = self._executed(session, values, _first_row)
        return None if row is None else compiled.row(row)

    def one(self, session: Session, values: Values) -> Any:
        """The first row.

        Raises:
            sqlalchemy.exc.NoResultFound: there is none.
        """
        row = self.first(session, values)
        if row is None:
            raise NoResultFound("no row was found where one has to be")
        return row

    def all(self, session: Session, values: Values) -> list[Any]:
        """Every row."""
        compiled, rows = self._executed(session, values, _all_rows)
        return [compiled.row(row) for row in rows]

    def run(self, session: Session, values: Values) -> int:
        """How many rows were written."""
        return self._executed(session, values, _count)[1]

    def run_all(self, session: Session, rows: Sequence[Values]) -> None:
        """Once for each of `rows`, which all give the same names."""
        for values in rows:
            self.run(session, values)

    def _executed(self, session: Session, values: Values, result: Callable[[Any], Any]) -> tuple["_Compiled", Any]:
        """The compiled statement, and what `result` took from the cursor on which it was run."""
        connection = session.connection()
        compiled = self._compiled(connection.dialect, values)
        given, cursor = compiled.parameters(values), None
        try:
            cursor = connection.connection.dbapi_connection.cursor()
            cursor.execute(compiled.sql, given)
            taken = result(cursor)
            cursor.close()
        except connection.dialect.dbapi.Error as error:
            _raise(connection, error, compiled.sql, given, cursor)
        return compiled, taken

    def _compiled(self, dialect: Dialect, values: Values) -> "_Compiled":
        key = (dialect.name, tuple(values))
        ready = self._ready.get(key)
        if ready is None:
            ready = self._ready[key] = _compile(self._statement, dialect, list(values))
        return ready


@dataclass(frozen=True)
class _Compiled:
    """A statement in the words of one kind of database.

    Attributes:
        sql: what the driver gets.
        constants: parameters that nobody gives, converted already.
        converted: parameters that are given and have to be converted, with how.
        order: names of the parameters, where the driver counts them instead of naming them.
        make: makes a row of its columns' values.
        read: what converts which column of a row.
    """

    sql: str
    constants: Values
    converted: tuple[tuple[str, Convert], ...]
    order: Optional[tuple[str, ...]]
    make: Callable[[Sequence[Any]], Any]
    read: tuple[tuple[int, Convert], ...]

    def parameters(self, values: Values) -> Any:
        """`values` as the driver wants them."""
        given = {**self.constants, **values}
        for name, convert in self.converted:
            given[name] = convert(given[name])
        return given if self.order is None else tuple(given[name] for name in self.order)

    def row(self, raw: Sequence[Any]) -> Any:
        """A row as the core would give it."""
        if not self.read:
            return self.make(raw)
        values = list(raw)
        for place, convert in self.read:
            values[place] = convert(values[place])
        return self.make(values)


def _compile(statement: ClauseElement, dialect: Dialect, names: list[str]) -> _Compiled:
    keys = names if statement.is_dml else None  # an update without any sets every column
    compiled = statement.compile(dialect=dialect, column_keys=keys)
    convert = compiled._bind_processors
    given = compiled.construct_params(dict.fromkeys(names))
    constants = {name: value for name, value in given.items() if name not in names}
    constants.update(_defaults(compiled))
    return _Compiled(
        sql=str(compiled),
        constants={name: convert[name](value) if name in convert else value for name, value in constants.items()},
        converted=tuple((name, how) for name, how in convert.items() if name in names),
        order=tuple(compiled.positiontup) if compiled.positional else None,
        make=_row_class(compiled),
        read=tuple(_readers(compiled, dialect)),
    )


def _defaults(compiled: SQLCompiler) -> dict[str, Any]:
    """What the columns that are not given begin with.

    Raises:
        TypeError: a default that is worked out anew for each row: give the value.
    """
    begun = {}
    for column in (*compiled.insert_prefetch, *compiled.update_prefetch):
        default = column.default if column in compiled.insert_prefetch else column.onupdate
        if not default.is_scalar:
            raise TypeError(f"{column} has a default that is no constant")
        begun[column.key] = default.arg
    return begun


def _row_class(compiled: SQLCompiler) -> Callable[[Sequence[Any]], Any]:
    names = [name for name, *_ in compiled._result_columns]
    return namedtuple("Row", names, rename=True)._make  # type: ignore[attr-defined]


def _readers(compiled: SQLCompiler, dialect: Dialect) -> list[tuple[int, Convert]]:
    kinds = (type_._cached_result_processor(dialect, None) for *_, type_ in compiled._result_columns)
    return [(place, convert) for place, convert in enumerate(kinds) if convert]


def _first_row(cursor: Any) -> Optional[Sequence[Any]]:
    return cursor.fetchone()


def _all_rows(cursor: Any) -> Sequence[Sequence[Any]]:
    return cursor.fetchall()


def _count(cursor: Any) -> int:
    return cursor.rowcount


def _raise(connection: Connection, error: Exception, sql: str, given: Any, cursor: Any) -> None:
    """The driver's error as SQLAlchemy raises it: wrapped, without what customers write, a lost connection given up."""
    connection._handle_dbapi_exception(error, sql, given, cursor, None)
