"""Bring a database up to the tables of this version."""

from importlib import resources

from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, text

from engine.store.database import Database

#: One process migrates at a time, whoever starts first.
_LOCK = 0x43555253


def configuration(package: str, *, version_table: str) -> Config:
    """Return the alembic configuration of the migrations in a package."""
    config = Config()
    config.set_main_option("script_location", str(resources.files(package)))
    config.set_main_option("path_separator", "os")
    config.attributes["version_table"] = version_table
    return config


def migrate(
    database: Database,
    package: str = "engine.store.migrations",
    *,
    version_table: str = "engine_version",
    metadata: MetaData | None = None,
) -> None:
    """Apply the migrations of a package that the database has not seen yet."""
    config = configuration(package, version_table=version_table)
    with database.engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        config.attributes["connection"] = connection
        config.attributes["metadata"] = metadata
        command.upgrade(config, "heads")
