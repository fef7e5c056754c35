"""A real PostgreSQL for every test that asks for one; a frozen clock for all."""

import os
import tempfile
import warnings
from datetime import UTC, datetime
from pathlib import Path

import pytest
from freezegun import freeze_time
from sqlalchemy import text
from sqlalchemy.engine import URL

from engine.store import Database, connect, embedded
from engine.store.migrate import migrate
from tests.emptying import empty

#: Monday, before any deadline of the tests.
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    """Freeze the clock; a test moves it with `clock.move_to(...)`."""
    # FEEL tells values apart by their exact type, which the frozen classes would not have
    with freeze_time(START, ignore=["feel", "engine.timelimits", "engine.decisions"]) as frozen:
        yield frozen


@pytest.fixture(scope="session")
def server():
    """The address of a server with an empty, migrated template database."""
    # not pytest's folder: another run closes that to the user whom the server runs as
    folder = Path(tempfile.mkdtemp(prefix="cursus-tests-"))
    folder.chmod(0o755)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        url = embedded.start(folder / "data", keep_running=False)
    admin = connect(url.set(database="postgres"), pool_size=1)
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # nothing here outlives its test, not even the machine's crash
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text("CREATE DATABASE template_cursus"))
    template = connect(url.set(database="template_cursus"), pool_size=1)
    migrate(template)
    _migrate_recruitment(template)
    template.engine.dispose()
    yield url
    admin.engine.dispose()


def _migrate_recruitment(database: Database) -> None:
    from recruitment.store.migrate import migrate as migrate_recruitment  # noqa: PLC0415

    migrate_recruitment(database)


@pytest.fixture(scope="session")
def own(server):
    """The address of the database of this process, which each test finds empty."""
    url = server.set(database=f"t_{os.getpid()}")
    _renew(url)
    return url


def _renew(url: URL) -> None:
    admin = connect(url.set(database="postgres"), pool_size=1)
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{url.database}" TEMPLATE template_cursus'))
    admin.engine.dispose()


@pytest.fixture
def database(own, request):
    """An empty migrated database; at the end every case's history must give its state."""
    database = connect(own, pool_size=4)
    yield database
    tampers = request.node.get_closest_marker("tampers")
    try:
        if not tampers:
            from tests.proving import prove_all  # noqa: PLC0415  # only tests with a database pay

            prove_all(database)
    finally:
        database.engine.dispose()
        if tampers:
            _renew(own)
        else:
            empty(own)


@pytest.fixture
def office(database):
    """A small office with its people, on the fresh database, with the review published."""
    from tests.support import Office  # noqa: PLC0415  # only tests with a database pay for it

    office = Office(database)
    office.hire()
    office.publish()
    return office


@pytest.fixture
def front(office):
    """The web application over the office."""
    from tests.support import Front  # noqa: PLC0415  # only tests with a database pay for it

    return Front(office)
