"""Statements compiled once: SQLAlchemy builds them, psycopg runs them.

To execute a statement through SQLAlchemy takes some 90 µs more than psycopg needs. That is nothing
for a page and half of the time of a step, which sends a dozen (docs/adr/0005).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ClauseElement, Table
from sqlalchemy.dialects.postgresql.psycopg import dialect
from sqlalchemy.sql.dml import UpdateBase


def dumps(value: object) -> str:
    """Write JSON as every connection does."""
    return orjson.dumps(value).decode()


_DIALECT = dialect(json_serializer=dumps, json_deserializer=orjson.loads)  # type: ignore[no-untyped-call]


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A statement as psycopg takes it."""

    text: str
    #: the table it changes
    table: str | None
    #: what makes a value fit for the driver, by parameter
    converters: Mapping[str, Callable[[Any], Any]]

    def parameters(self, values: Mapping[str, object]) -> Mapping[str, object]:
        """Return the values as the driver takes them."""
        if not self.converters:
            return values
        converted = {name: convert(values[name]) for name, convert in self.converters.items()}
        return {**values, **converted}


def prepared(
    statement: ClauseElement, keys: Sequence[str] | None = None, *, changes: str | None = None
) -> Prepared:
    """Compile a statement; `keys` are the columns that an insert or update sets.

    `changes` names the table when the statement is text.
    """
    compiled: Any = statement.compile(dialect=_DIALECT, column_keys=keys)
    table = statement.table if isinstance(statement, UpdateBase) else None
    converters = dict(compiled._bind_processors)  # what SQLAlchemy itself applies
    return Prepared(
        text=str(compiled),
        table=table.name if isinstance(table, Table) else changes,
        converters=converters,
    )
