"""PostgreSQL: tables, the unit of work, migrations and the embedded server."""

from engine.store.database import Database, connect
from engine.store.unit_of_work import UnitOfWork, begin, reading

__all__ = ["Database", "UnitOfWork", "begin", "connect", "reading"]
