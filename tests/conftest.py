"""A real PostgreSQL for every test that asks for one; a frozen clock for all."""

import tempfile
import warnings
from datetime import UTC, datetime
from pathlib import Path

import pytest
from freezegun import freeze_time
from sqlalchemy import text

from engine.store import connect, embedded
from engine.store.migrate import migrate
from tests.emptying import empty, prepare

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
    """The address of a server that lasts as long as this process."""
    # not pytest's folder: another run closes that to the user whom the server runs as
    folder = Path(tempfile.mkdtemp(prefix="cursus-tests-"))
    folder.chmod(0o755)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        url = embedded.start(folder / "data", keep_running=False)
    admin = connect(url.set(database="postgres"), pool_size=1)
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # nothing here has to outlive its test, let alone a crash of the machine
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text("CREATE DATABASE own"))
    admin.engine.dispose()
    return url


@pytest.fixture(scope="session")
def own(server):
    """The migrated database of this process."""
    from recruitment.store.migrate import migrate as migrate_recruitment  # noqa: PLC0415  # as below

    database = connect(server.set(database="own"), pool_size=4)
    migrate(database)
    migrate_recruitment(database)
    prepare(database)
    yield database
    database.engine.dispose()


@pytest.fixture
def database(own, request):
    """An empty migrated database; at the end every case's history must give its state."""
    from tests.proving import PROVED, prove_all  # noqa: PLC0415  # only tests with a database pay

    PROVED.clear()
    yield own
    try:
        if not request.node.get_closest_marker("tampers"):
            prove_all(own)
    finally:
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
