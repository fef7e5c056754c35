"""A test's database: emptied for the next test, or filled again as a stage was."""

from pathlib import Path

from sqlalchemy import func, select

FUNCTIONS = Path(__file__).parent / "stages.sql"


def prepare(database):
    """Give a database the functions that the others call."""
    with database.engine.begin() as connection:
        connection.exec_driver_sql(FUNCTIONS.read_text("utf-8").replace("%", "%%"))


def empty(database):
    """Take out of a database what a test wrote into it."""
    _call(database, func.testing.empty())


def keep(database, stage):
    """Keep the rows as they are under the name of a stage, in the same database."""
    _call(database, func.testing.keep(stage))


def fill(database, stage):
    """Leave the rows of a stage in a database, and nothing else."""
    _call(database, func.testing.fill(stage))


def _call(database, function):
    # other sessions are ended: the pool must not hand them out again
    database.engine.dispose()
    with database.engine.begin() as connection:
        connection.execute(select(function))
