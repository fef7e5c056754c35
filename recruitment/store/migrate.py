"""Bring a database up to the tables of recruitment."""

from engine.store import Database
from engine.store.migrate import migrate as apply
from recruitment.store.tables import metadata


def migrate(database: Database) -> None:
    """Apply the migrations that the database has not seen yet."""
    apply(
        database,
        "recruitment.store.migrations",
        version_table="recruitment_version",
        metadata=metadata,
    )
