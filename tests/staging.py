"""What many tests begin with is played once in a process; the others get a copy of its database."""

import os

from sqlalchemy import text

from engine import clock
from engine.store import connect
from tests.proving import PROVED, prove_all

#: What was played: the name of its database, its instant, what the play returned.
_PLAYED = {}


def staged(database, frozen, key, play):
    """Bring a database and the frozen clock to a stage, and return what `play` returned.

    The database must hold nothing yet that the play does not make itself: a copy replaces it.
    """
    own = database.engine.url.database
    if key not in _PLAYED:
        found = play()
        kept = f"stage_{os.getpid()}_{len(_PLAYED)}"
        revisions = prove_all(database)
        _PLAYED[key] = (kept, clock.now(), found, revisions)
        _run(database, f'CREATE DATABASE "{kept}" TEMPLATE "{own}"')
    else:
        kept, at, found, revisions = _PLAYED[key]
        _run(
            database,
            f'DROP DATABASE "{own}" WITH (FORCE)',
            f'CREATE DATABASE "{own}" TEMPLATE "{kept}"',
        )
        frozen.move_to(at)
    PROVED[own] = revisions
    return found


def _run(database, *statements):
    # a database that somebody is connected to is no template
    database.engine.dispose()
    admin = connect(database.engine.url.set(database="postgres"), pool_size=1)
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for one in statements:
            connection.execute(text(one))
    admin.engine.dispose()
