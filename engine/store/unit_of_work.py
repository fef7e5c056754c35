"""One transaction; it refuses to commit a change that no event records."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    Executable,
    Select,
    Table,
    Uuid,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.sql.dml import Delete, Insert, Update

from engine.errors import UnrecordedChange
from engine.store.database import Database
from engine.store.prepared import Prepared
from engine.store.tables import UNRECORDED

#: A row by the names of its columns.
Row = dict[str, Any]

_FROM_TEXT: Mapping[type, Callable[[str], Any]] = {
    DateTime: datetime.fromisoformat,
    Uuid: UUID,
}


@dataclass
class UnitOfWork:
    """An open transaction at one instant.

    Every verb reads and writes through it; leaving it with an exception undoes everything.
    """

    connection: Connection
    #: the instant of everything that this transaction does
    now: datetime
    recorded: bool = False
    #: tables changed so far that need an event
    changed: set[str] = field(default_factory=set)

    def one(self, statement: Executable, **values: object) -> Row | None:
        """Return the only row, or None; `values` are those of its bound parameters."""
        found = self.connection.execute(statement, values).mappings().one_or_none()
        return None if found is None else dict(found)

    def all(self, statement: Executable, **values: object) -> list[Row]:
        """Return every row; `values` are those of its bound parameters."""
        found = self.connection.execute(statement, values)
        names = tuple(found.keys())
        # SQLAlchemy's own mappings cost ten times as much to read as these
        return [dict(zip(names, row, strict=True)) for row in found]

    def gathered(self, **questions: Select[Any]) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of several selects that are run as one statement.

        What they share (a CTE) is worked out once.
        """
        answers = (_as_json(name, question) for name, question in questions.items())
        (found,) = self.connection.execute(select(*answers)).mappings().all()
        return {name: _read(found[name], question) for name, question in questions.items()}

    def scalar(self, statement: Executable) -> Any:  # noqa: ANN401  # whatever the column holds
        """Return the first column of the first row, or None."""
        return self.connection.execute(statement).scalar()

    def write(
        self,
        statement: Insert | Update | Delete,
        rows: Sequence[Mapping[str, object]] | None = None,
    ) -> int:
        """Change rows; return how many."""
        table = statement.table
        if isinstance(table, Table) and table.name not in UNRECORDED:
            self.changed.add(table.name)
        if rows is None:
            return self.connection.execute(statement).rowcount
        if not rows:
            return 0
        return self.connection.execute(statement, rows).rowcount

    def rows(self, statement: Prepared, **values: object) -> list[dict[str, Any]]:
        """Return the rows of a prepared statement."""
        (found,) = self.together((statement, values))
        return found

    def together(
        self, *statements: tuple[Prepared, Mapping[str, object]]
    ) -> list[list[dict[str, Any]]]:
        """Return the rows of several prepared statements, sent together and run in order."""
        cursors = [self._driver.cursor(row_factory=dict_row) for _ in statements]
        with self._driver.pipeline() if len(cursors) > 1 else nullcontext():
            for cursor, (statement, values) in zip(cursors, statements, strict=True):
                cursor.execute(statement.text, statement.parameters(values))
        return [cursor.fetchall() for cursor in cursors]

    def send(self, statement: Prepared, *rows: Mapping[str, object]) -> None:
        """Change rows with a prepared statement, one execution per row."""
        if rows and statement.table not in UNRECORDED:
            self.changed.add(str(statement.table))
        for row in rows:
            self._driver.execute(statement.text, statement.parameters(row))

    @property
    def _driver(self) -> psycopg.Connection[Any]:
        """The driver's connection, inside the same transaction."""
        driver: psycopg.Connection[Any] = self.connection.connection.driver_connection  # type: ignore[assignment]  # psycopg is the only driver
        return driver

    @contextmanager
    def batched(self) -> Iterator[None]:
        """Send the writes inside together, waiting once; nothing can be read inside.

        A refusal of the database is raised at the end, as psycopg's own error.
        """
        with self._driver.pipeline():
            yield

    def ensure_recorded(self) -> None:
        """Raise UnrecordedChange when something changed and no event says so."""
        if self.changed and not self.recorded:
            raise UnrecordedChange(
                f"No event records the change of {', '.join(sorted(self.changed))}"
            )


@contextmanager
def reading(database: Database, *, now: datetime) -> Iterator[UnitOfWork]:
    """Read only, each statement by itself: it saves beginning and ending a transaction."""
    with database.engine.connect() as connection:
        yield UnitOfWork(
            connection=connection.execution_options(isolation_level="AUTOCOMMIT"), now=now
        )


@contextmanager
def begin(database: Database, *, now: datetime) -> Iterator[UnitOfWork]:
    """Open a transaction; commit at the end, or undo everything on an exception."""
    with database.engine.connect() as connection, connection.begin():
        uow = UnitOfWork(connection=connection, now=now)
        yield uow
        uow.ensure_recorded()


def _as_json(name: str, question: Select[Any]) -> ColumnElement[Any]:
    row = question.subquery(f"of_{name}")
    rows = func.json_agg(func.row_to_json(row.table_valued()))
    return select(func.coalesce(rows, literal([], JSON))).scalar_subquery().label(name)


def _read(rows: list[dict[str, Any]], question: Select[Any]) -> list[dict[str, Any]]:
    """Give instants and ids, which JSON has as texts, their types back."""
    read = {
        str(column.key): _FROM_TEXT[type(column.type)]
        for column in question.selected_columns
        if type(column.type) in _FROM_TEXT
    }
    for row in rows:
        for name, convert in read.items():
            if row[name] is not None:
                row[name] = convert(row[name])
    return rows
